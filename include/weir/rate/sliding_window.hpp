// SPDX-License-Identifier: Apache-2.0
// sliding_window: never more than so many within any period, wherever it begins. Exact, because it
// remembers the moment of each: a ring of as many moments as the limit.
//
//   oldest ... newest      the one of the last `amount` that is taken again next is the oldest
//   12:00  ... 12:58       with a period of 60 s, there is room for one more at 13:00
#pragma once

#include <weir/rate/quota.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::rate {

/// 8 bytes for each of `amount`; taking costs a step for each that is taken. A value; belongs to
/// one thread at a time.
class sliding_window {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// @param most  without a burst of its own: `amount` may begin at once.
    explicit sliding_window(const quota& most, time_point now);

    /// Takes `cost` if the window has room for it.
    [[nodiscard]] bool try_take(std::uint64_t cost, time_point now) noexcept;
    /// When the window will have room for `cost`; `time_point::max()` when it never has so much.
    [[nodiscard]] time_point ready_at(std::uint64_t cost, time_point now) const noexcept;
    /// Whether nothing is within the window.
    [[nodiscard]] bool is_rested(time_point now) const noexcept;

private:
    [[nodiscard]] std::size_t wrapped(std::size_t place) const noexcept {
        return place < taken_.size() ? place : place - taken_.size();
    }
    [[nodiscard]] time_point newest() const noexcept {
        return taken_[wrapped(oldest_ + taken_.size() - 1)];
    }

    std::vector<time_point> taken_;  // a ring in the order of time
    std::size_t oldest_ = 0;
    std::chrono::nanoseconds period_;
};

}  // namespace weir::rate
