// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/sliding_window.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>

namespace weir::rate {

sliding_window::sliding_window(const quota& most, time_point now)
    : taken_(most.amount(), now - most.period()), period_(most.period()) {
    WEIR_ASSERT(most.burst() == most.amount(), "a sliding window has no burst of its own");
}

bool sliding_window::try_take(std::uint64_t cost, time_point now) noexcept {
    if (ready_at(cost, now) > now) return false;
    // In the order of time, even if the clock is not.
    const time_point at = std::max(now, newest());
    for (; cost > 0; --cost) {
        taken_[oldest_] = at;
        oldest_ = wrapped(oldest_ + 1);
    }
    return true;
}

sliding_window::time_point sliding_window::ready_at(std::uint64_t cost,
                                                    time_point now) const noexcept {
    if (cost == 0) return now;
    if (cost > taken_.size()) return time_point::max();
    // The last of those whose places it takes.
    return std::max(now, taken_[wrapped(oldest_ + cost - 1)] + period_);
}

bool sliding_window::is_rested(time_point now) const noexcept { return newest() + period_ <= now; }

}  // namespace weir::rate
