// SPDX-License-Identifier: Apache-2.0
// backoff: how long to wait before the next attempt. A policy is a value that many share; a
// `backoff` walks along it. No clock, no coroutine.
//
// Chance spreads those who failed together: without it they come back together, each time.
// (Exponential Backoff And Jitter, AWS Architecture Blog, 2015, measured the kinds.)
#pragma once

#include <weir/base/random.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace weir::resilience {

/// The delays between attempts: how they grow, how chance spreads them, and how many there are.
///
/// ```cpp
/// const auto policy = weir::resilience::backoff_policy::exponential(1s, 30s).spread(0.8, 1.0);
/// ```
class backoff_policy {
public:
    using duration = std::chrono::nanoseconds;

    /// Always `delay`.
    [[nodiscard]] static backoff_policy constant(duration delay);
    /// `base`, 2 x `base`, 3 x `base` ... `longest`.
    [[nodiscard]] static backoff_policy linear(duration base, duration longest);
    /// `base`, `factor` x `base`, `factor`^2 x `base` ... `longest`. @param factor  1 or more.
    [[nodiscard]] static backoff_policy exponential(duration base, duration longest,
                                                    double factor = 2);
    /// Drawn from `base` ... three times the delay before, at most `longest`.
    [[nodiscard]] static backoff_policy decorrelated(duration base, duration longest);
    /// The `delays` in their order, then always `rest`.
    [[nodiscard]] static backoff_policy table(std::vector<duration> delays, duration rest);

    /// Draws each delay from `low` x ... `high` x what it would be; 0 and 1 is "full jitter".
    /// @param low, high  0 <= low <= high.
    backoff_policy& spread(double low, double high);
    /// No delay is shorter.
    backoff_policy& at_least(duration shortest) noexcept {
        shortest_ = shortest;
        return *this;
    }
    /// How many delays there are: attempts after the first. Default: no end.
    backoff_policy& max_retries(unsigned count) noexcept {
        max_retries_ = count;
        return *this;
    }

private:
    friend class backoff;
    enum class growth : std::uint8_t { constant, linear, exponential, decorrelated, table };

    explicit backoff_policy(growth how, duration base, duration longest) noexcept
        : growth_(how), base_(base), longest_(longest) {}

    growth growth_;
    duration base_;
    duration longest_;
    duration shortest_{0};
    double factor_ = 2;
    double low_ = 1;
    double high_ = 1;
    unsigned max_retries_ = std::numeric_limits<unsigned>::max();
    std::vector<duration> delays_;
};

/// One walk along a policy. A value of some 150 bytes; belongs to one thread at a time.
class backoff {
public:
    using duration = backoff_policy::duration;

    /// @param seed  the same seed draws the same delays.
    explicit backoff(backoff_policy policy, std::uint64_t seed);

    /// The delay before the next attempt; none when there have been as many as the policy has.
    [[nodiscard]] std::optional<duration> next();
    /// Something has worked: the next failure begins at the first delay again.
    void reset() noexcept {
        taken_ = 0;
        before_ = policy_.base_;
    }
    /// Delays handed out since the beginning or the last `reset`.
    [[nodiscard]] unsigned retries() const noexcept { return taken_; }

private:
    /// Without rounding, so that growth cannot overflow.
    using real_duration = std::chrono::duration<double, std::nano>;

    [[nodiscard]] real_duration grown();

    backoff_policy policy_;
    random chance_;
    duration before_;
    unsigned taken_ = 0;
};

}  // namespace weir::resilience
