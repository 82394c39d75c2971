// SPDX-License-Identifier: Apache-2.0
#include <weir/io/timer.hpp>

#include <algorithm>
#include <bit>

namespace weir {

namespace {
constexpr unsigned tick_shift = 16;  // 2^16 ns = timer_wheel::resolution
}

void timer_wheel::arm(timer& entry, time_point deadline) noexcept {
    WEIR_ASSERT(!entry.is_armed(), "a timer was armed twice");
    const auto since_start = std::max(deadline - start_, time_point::duration(0)).count();
    // Rounded up, so that no timer fires early; at least the next tick, so that it fires at all.
    const std::uint64_t tick =
        (static_cast<std::uint64_t>(since_start) + resolution.count() - 1) >> tick_shift;
    entry.tick_ = std::max(tick, elapsed_ + 1);
    ++armed_;
    place(entry);
}

void timer_wheel::place(timer& entry) noexcept {
    // The level is the highest group of 6 bits in which the expiry differs from the present.
    const std::uint64_t differing = (elapsed_ ^ entry.tick_) | (slots - 1);
    const unsigned highest = 63 - static_cast<unsigned>(std::countl_zero(differing));
    const unsigned level = std::min(highest / slot_bits, levels - 1);
    unsigned slot = static_cast<unsigned>(entry.tick_ >> (level * slot_bits)) % slots;
    if (highest / slot_bits >= levels) {
        // Past the end of the top level's round: in its own slot of the next round, or, beyond the
        // wheel (52 days), parked in the farthest slot and placed again from there.
        const std::uint64_t present = elapsed_ >> (level * slot_bits);
        const std::uint64_t ahead = (entry.tick_ >> (level * slot_bits)) - present;
        slot = static_cast<unsigned>(present + std::min<std::uint64_t>(ahead, slots - 1)) % slots;
    }
    entry.slot_ = static_cast<std::uint16_t>(level * slots + slot);
    wheel_[level][slot].push_back(entry);
    occupied_[level] |= std::uint64_t{1} << slot;
}

void timer_wheel::disarm(timer& entry) noexcept {
    if (!entry.is_armed()) return;
    entry.unlink();
    --armed_;
    const unsigned level = entry.slot_ / slots;
    const unsigned slot = entry.slot_ % slots;
    if (wheel_[level][slot].empty()) occupied_[level] &= ~(std::uint64_t{1} << slot);
}

bool timer_wheel::next_expiry(expiry& out) const noexcept {
    for (unsigned level = 0; level < levels; ++level) {
        if (occupied_[level] == 0) continue;
        const unsigned shift = level * slot_bits;
        const unsigned present = static_cast<unsigned>(elapsed_ >> shift) % slots;
        const unsigned ahead = static_cast<unsigned>(
            std::countr_zero(std::rotr(occupied_[level], static_cast<int>(present))));
        const unsigned slot = (present + ahead) % slots;
        const std::uint64_t rotation = (elapsed_ >> shift) - present;
        std::uint64_t tick = (rotation + slot) << shift;
        if (slot < present) tick += std::uint64_t{slots} << shift;
        out = {level, slot, std::max(tick, elapsed_)};
        return true;
    }
    return false;
}

timer_wheel::time_point timer_wheel::next_wakeup() const noexcept {
    expiry next{};
    if (!next_expiry(next)) return time_point::max();
    return start_ + std::chrono::nanoseconds(next.tick << tick_shift);
}

void timer_wheel::advance(time_point now) noexcept {
    if (now <= start_) return;
    const std::uint64_t present = static_cast<std::uint64_t>((now - start_).count()) >> tick_shift;
    expiry next{};
    while (next_expiry(next) && next.tick <= present) {
        elapsed_ = next.tick;
        intrusive_list<timer> due;
        due.splice_back(wheel_[next.level][next.slot]);
        occupied_[next.level] &= ~(std::uint64_t{1} << next.slot);
        while (!due.empty()) {
            timer& entry = due.pop_front();
            if (entry.tick_ > elapsed_) {
                place(entry);
            } else {
                --armed_;
                entry.expired();
            }
        }
    }
    elapsed_ = std::max(elapsed_, present);
}

}  // namespace weir
