// SPDX-License-Identifier: Apache-2.0
#include <weir/metrics/recent_values.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace weir::metrics {

recent_values::recent_values(std::size_t window) : window_(window) {
    WEIR_ASSERT(window > 0, "a window of recent values has room for at least one");
    values_.reserve(window);
}

void recent_values::record(double value) noexcept {
    ++recorded_;
    if (values_.size() < window_) {
        values_.push_back(value);  // within what is reserved
        return;
    }
    values_[oldest_] = value;
    oldest_ = oldest_ + 1 == window_ ? 0 : oldest_ + 1;
}

void recent_values::clear() noexcept {
    values_.clear();
    oldest_ = 0;
}

double recent_values::min() const noexcept {
    return values_.empty() ? 0 : *std::min_element(values_.begin(), values_.end());
}

double recent_values::max() const noexcept {
    return values_.empty() ? 0 : *std::max_element(values_.begin(), values_.end());
}

double recent_values::mean() const noexcept {
    if (values_.empty()) return 0;
    return std::accumulate(values_.begin(), values_.end(), 0.0) /
           static_cast<double>(values_.size());
}

double recent_values::quantile(double fraction) const {
    if (values_.empty()) return 0;
    std::vector<double> sorted = values_;
    std::sort(sorted.begin(), sorted.end());
    const double place = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
}

}  // namespace weir::metrics
