// SPDX-License-Identifier: Apache-2.0
// gcra: the generic cell rate algorithm (ITU-T I.371, ATM Forum TM 4.1): a limit is one moment, the
// theoretical arrival time, at which the next would come if all came evenly.
//
//   one takes an interval of `period / amount`; it may come early by what is left of a burst
//   moment - (burst - cost) intervals <= now:   moment = max(moment, now) + cost intervals
//
// An interval need not be a whole number of nanoseconds, so the moment has a fraction, of which
// `amount` make a nanosecond: nothing is rounded, however long it runs.
#pragma once

#include <weir/rate/quota.hpp>

#include <chrono>
#include <cstdint>

namespace weir::rate {

/// Answers as a token_bucket does. A value of 40 bytes, 24 of which are the quota; belongs to one
/// thread at a time.
class gcra {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit gcra(const quota& most, time_point now) noexcept : most_(most), moment_(now) {}

    /// Takes `cost` if it does not come too early.
    [[nodiscard]] bool try_take(std::uint64_t cost, time_point now) noexcept;
    /// When `cost` would not come too early; `time_point::max()` when it is more than a burst.
    [[nodiscard]] time_point ready_at(std::uint64_t cost, time_point now) const noexcept;
    /// Whether there is a whole burst left.
    [[nodiscard]] bool is_rested(time_point now) const noexcept {
        return moment_ < now || (moment_ == now && fraction_ == 0);
    }

private:
    quota most_;
    time_point moment_;
    std::uint64_t fraction_ = 0;  // of a nanosecond: 0 ... amount - 1
};

}  // namespace weir::rate
