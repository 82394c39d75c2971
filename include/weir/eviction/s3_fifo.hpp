// SPDX-License-Identifier: Apache-2.0
// s3_fifo: two queues and the memory of a third. New entries pass a small queue; those asked for
// again meanwhile go on into the main queue, the others leave, and their keys are remembered: one
// that comes back soon enters the main queue at once. A hit moves nothing.
// Source: Yang, Zhang, Qiu, Yue, Rashmi, "FIFO Queues are All You Need for Cache Eviction",
// SOSP 2023.
#pragma once

#include <weir/eviction/ghost_queue.hpp>
#include <weir/eviction/slot_list.hpp>

#include <cstddef>
#include <cstdint>

namespace weir {

/// An eviction policy of `bounded_map`.
template <slot_access Slots>
class s3_fifo {
public:
    explicit s3_fifo(std::uint64_t max_weight) noexcept { resize(max_weight); }

    void resize(std::uint64_t max_weight) noexcept { small_max_ = max_weight / 10; }
    void expect_entries(std::size_t entries) { ghosts_.resize(entries); }
    void inserted(Slots& slots, std::uint32_t slot) noexcept {
        enter(slots, slot, ghosts_.holds(slots.hash(slot)) ? main_ : small_);
    }
    void hit(Slots& slots, std::uint32_t slot, std::uint32_t /*hash*/) noexcept {
        slot_links& links = slots.links(slot);
        if (links.uses < max_uses) ++links.uses;
    }
    void reweighed(Slots& slots, std::uint32_t slot, std::uint64_t weight_before) noexcept {
        queue_of(slots.links(slot)).reweighed(slots, slot, weight_before);
    }
    void erased(Slots& slots, std::uint32_t slot) noexcept {
        queue_of(slots.links(slot)).erase(slots, slot);
    }
    [[nodiscard]] std::uint32_t victim(Slots& slots) noexcept {
        while (!small_.empty() && (small_.weight() > small_max_ || main_.empty())) {
            const std::uint32_t oldest = small_.back();
            if (slots.links(oldest).uses == 0) {
                ghosts_.remember(slots.hash(oldest));
                return oldest;
            }
            small_.erase(slots, oldest);
            enter(slots, oldest, main_);
        }
        for (;;) {
            const std::uint32_t oldest = main_.back();
            slot_links& links = slots.links(oldest);
            if (links.uses == 0) return oldest;
            --links.uses;
            main_.rotate(slots);
        }
    }
    void settle(Slots& /*slots*/) noexcept {}
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return ghosts_.memory_bytes(); }

private:
    using queue = slot_list<Slots>;
    static constexpr std::uint32_t max_uses = 3;

    [[nodiscard]] queue& queue_of(const slot_links& links) noexcept {
        return small_.holds(links) ? small_ : main_;
    }
    static void enter(Slots& slots, std::uint32_t slot, queue& to) noexcept {
        to.push_front(slots, slot);
        slots.links(slot).uses = 0;
    }

    queue small_{1};
    queue main_{2};
    std::uint64_t small_max_ = 0;
    ghost_queue ghosts_;
};

}  // namespace weir
