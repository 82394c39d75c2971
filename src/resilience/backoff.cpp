// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/backoff.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace weir::resilience {

backoff_policy backoff_policy::constant(duration delay) {
    return backoff_policy(growth::constant, delay, delay);
}
backoff_policy backoff_policy::linear(duration base, duration longest) {
    return backoff_policy(growth::linear, base, longest);
}
backoff_policy backoff_policy::exponential(duration base, duration longest, double factor) {
    WEIR_ASSERT(factor >= 1, "a back-off does not shrink: its factor is 1 or more");
    backoff_policy made(growth::exponential, base, longest);
    made.factor_ = factor;
    return made;
}
backoff_policy backoff_policy::decorrelated(duration base, duration longest) {
    return backoff_policy(growth::decorrelated, base, longest);
}
backoff_policy backoff_policy::table(std::vector<duration> delays, duration rest) {
    backoff_policy made(growth::table, rest, duration::max());
    made.delays_ = std::move(delays);
    return made;
}

backoff_policy& backoff_policy::spread(double low, double high) {
    WEIR_ASSERT(0 <= low && low <= high, "a delay is spread from a smaller to a larger share");
    low_ = low;
    high_ = high;
    return *this;
}

backoff::backoff(backoff_policy policy, std::uint64_t seed)
    : policy_(std::move(policy)), chance_(seed), before_(policy_.base_) {}

std::optional<backoff::duration> backoff::next() {
    if (taken_ >= policy_.max_retries_) return std::nullopt;
    real_duration wanted = std::min(grown(), real_duration(policy_.longest_));
    ++taken_;
    wanted *= chance_.between(policy_.low_, policy_.high_);
    // The largest whole number of nanoseconds that both a double and a duration can hold.
    constexpr real_duration most(9223372036854774784.0);
    before_ = std::chrono::duration_cast<duration>(std::clamp(wanted, real_duration(0), most));
    before_ = std::max(before_, policy_.shortest_);
    return before_;
}

/// What comes next before chance and the bounds.
backoff::real_duration backoff::grown() {
    const real_duration base = policy_.base_;
    switch (policy_.growth_) {
        case backoff_policy::growth::constant:
            break;
        case backoff_policy::growth::linear:
            return base * (static_cast<double>(taken_) + 1);
        case backoff_policy::growth::exponential:
            return base * std::pow(policy_.factor_, taken_);
        case backoff_policy::growth::decorrelated:
            return base + (3 * real_duration(before_) - base) * chance_.between(0.0, 1.0);
        case backoff_policy::growth::table:
            if (taken_ < policy_.delays_.size()) return policy_.delays_[taken_];
            break;
    }
    return base;
}

}  // namespace weir::resilience
