// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/latency_sample.hpp>

#include <algorithm>
#include <cmath>

namespace weir::resilience {

std::optional<std::chrono::nanoseconds> latency_sample::quantile(double fraction) const noexcept {
    if (count_ == 0) return std::nullopt;
    auto sorted = latest_;
    const double wanted = std::ceil(fraction * static_cast<double>(count_));
    const auto rank = std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 1, count_) - 1;
    const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(sorted.begin(), nth, sorted.begin() + static_cast<std::ptrdiff_t>(count_));
    return *nth;
}

}  // namespace weir::resilience
