// SPDX-License-Identifier: Apache-2.0
// lru: what was not used for longest goes first. The plain policy, for what is used by recency
// alone, and what the others are measured against.
#pragma once

#include <weir/eviction/slot_list.hpp>

#include <cstddef>
#include <cstdint>

namespace weir {

/// An eviction policy of `bounded_map`.
template <slot_access Slots>
class lru {
public:
    explicit lru(std::uint64_t /*max_weight*/) noexcept {}

    void resize(std::uint64_t /*max_weight*/) noexcept {}
    void expect_entries(std::size_t /*entries*/) noexcept {}
    void inserted(Slots& slots, std::uint32_t slot) noexcept { all_.push_front(slots, slot); }
    void hit(Slots& slots, std::uint32_t slot, std::uint32_t /*hash*/) noexcept {
        all_.refresh(slots, slot);
    }
    void reweighed(Slots& slots, std::uint32_t slot, std::uint64_t weight_before) noexcept {
        all_.reweighed(slots, slot, weight_before);
    }
    void erased(Slots& slots, std::uint32_t slot) noexcept { all_.erase(slots, slot); }
    [[nodiscard]] std::uint32_t victim(Slots& /*slots*/) noexcept { return all_.back(); }
    void settle(Slots& /*slots*/) noexcept {}
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return 0; }

private:
    slot_list<Slots> all_{1};
};

}  // namespace weir
