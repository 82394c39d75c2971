// SPDX-License-Identifier: Apache-2.0
// slot_list: lists of slots by number, for the eviction policies: twelve bytes a slot instead of
// two pointers and a flag.
//
// Moving a slot to the front touches three others, which are usually in nobody's cache. So a slot
// that stands in the first quarter of its list stays where it is: each slot remembers the number of
// the push that brought it to the front, and so knows at most how far behind it has fallen.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace weir {

/// What a slot carries for the list that it is in.
struct slot_links {
    std::uint32_t previous = 0;
    std::uint32_t next = 0;
    std::uint32_t pushed : 21 = 0;
    std::uint32_t touched : 1 = 0;  ///< the policy's: used since it was last looked at
    std::uint32_t uses : 4 = 0;     ///< the policy's
    std::uint32_t epoch : 4 = 0;    ///< the policy's: when `uses` were counted
    std::uint32_t segment : 2 = 0;  ///< the policy's: 0 = in no list
};

/// What an eviction policy may ask about slots.
template <class S>
concept slot_access = requires(S& slots, std::uint32_t slot) {
    { slots.links(slot) } -> std::same_as<slot_links&>;
    { slots.hash(slot) } -> std::same_as<std::uint32_t>;
    { slots.weight(slot) } -> std::same_as<std::uint64_t>;
};

/// A list of slots, newest first. `Slots` holds them.
template <class Slots>
class slot_list {
public:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    /// @param segment  1 ... 3: marks the slots of this list.
    explicit slot_list(std::uint32_t segment) noexcept : segment_(segment) {}

    void push_front(Slots& slots, std::uint32_t slot) noexcept {
        slot_links& links = slots.links(slot);
        links.previous = none;
        links.next = front_;
        links.pushed = ++pushes_ & push_mask;
        links.segment = segment_ & 3U;
        (front_ == none ? back_ : slots.links(front_).previous) = slot;
        front_ = slot;
        ++size_;
        weight_ += slots.weight(slot);
    }
    void erase(Slots& slots, std::uint32_t slot) noexcept {
        slot_links& links = slots.links(slot);
        (links.previous == none ? front_ : slots.links(links.previous).next) = links.next;
        (links.next == none ? back_ : slots.links(links.next).previous) = links.previous;
        links.segment = 0;
        --size_;
        weight_ -= slots.weight(slot);
    }
    /// `slot`, which is in this list, weighs something else than it did.
    void reweighed(Slots& slots, std::uint32_t slot, std::uint64_t weight_before) noexcept {
        weight_ += slots.weight(slot) - weight_before;
    }
    /// Brings `slot`, which is in this list, to the front or leaves it near there.
    void refresh(Slots& slots, std::uint32_t slot) noexcept {
        const std::uint32_t pushes_since = (pushes_ - slots.links(slot).pushed) & push_mask;
        if (pushes_since <= std::min<std::size_t>(size_ / 4, largest_front)) return;
        erase(slots, slot);
        push_front(slots, slot);
    }
    /// Brings the last one to the front.
    void rotate(Slots& slots) noexcept {
        const std::uint32_t last = back_;
        erase(slots, last);
        push_front(slots, last);
    }

    [[nodiscard]] bool holds(const slot_links& links) const noexcept {
        return links.segment == segment_;
    }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint64_t weight() const noexcept { return weight_; }
    /// The slot that has been longest in the list, or `none`.
    [[nodiscard]] std::uint32_t back() const noexcept { return back_; }

private:
    static constexpr std::uint32_t push_mask = (std::uint32_t{1} << 21U) - 1;
    // Of lists of more than 2^21: what has fallen farther behind than the numbers reach looks near
    // by a chance of a quarter, not always.
    static constexpr std::uint32_t largest_front = push_mask / 4;

    std::uint32_t segment_;
    std::uint32_t front_ = none;
    std::uint32_t back_ = none;
    std::uint32_t pushes_ = 0;
    std::size_t size_ = 0;
    std::uint64_t weight_ = 0;
};

}  // namespace weir
