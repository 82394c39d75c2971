// SPDX-License-Identifier: Apache-2.0
#include <weir/balance/peak_latency.hpp>

#include <algorithm>
#include <cmath>

namespace weir::balance {

double peak_latency::weight(time_point now) const noexcept {
    const auto age = std::max(now - observed_at_, std::chrono::nanoseconds::zero());
    return std::exp(-static_cast<double>(age.count()) / static_cast<double>(decay_.count()));
}

void peak_latency::observe(std::chrono::nanoseconds latency, time_point now) noexcept {
    const auto observed = static_cast<double>(latency.count());
    const double kept = is_known_ ? weight(now) : 0;
    value_ = observed >= value_ ? observed : value_ * kept + observed * (1 - kept);
    observed_at_ = std::max(observed_at_, now);
    is_known_ = true;
}

}  // namespace weir::balance
