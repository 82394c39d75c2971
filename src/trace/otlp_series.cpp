// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/otlp_series.hpp>

#include "json_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace weir::trace {

namespace {

constexpr std::array<double, 14> seconds{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,
                                         0.5,   0.75, 1,     2.5,  5,     7.5, 10};
constexpr std::array<double, 15> numbers{0,   5,   10,   25,   50,   75,   100,   250,
                                         500, 750, 1000, 2500, 5000, 7500, 10'000};

std::string in_json(double number) {
    std::string text;
    append_json(text, number);
    return text;
}

}  // namespace

std::span<const double> otlp_series::bounds_for(std::string_view unit) noexcept {
    if (unit == "s") return seconds;
    return numbers;
}

otlp_series::otlp_series(const metric& first, std::string attributes)
    : kind_(first.kind()), attributes_(std::move(attributes)) {
    if (kind_ != metric_kind::histogram) return;
    bounds_ = bounds_for(first.unit());
    buckets_.resize(bounds_.size() + 1);
}

void otlp_series::add(double value) noexcept {
    least_ = count_ == 0 ? value : std::min(least_, value);
    most_ = count_ == 0 ? value : std::max(most_, value);
    ++count_;
    sum_ += value;
    last_ = value;
    if (kind_ != metric_kind::histogram) return;
    // A bound belongs to the bucket below it.
    const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
    ++buckets_[static_cast<std::size_t>(bucket)];
}

std::string otlp_series::distribution() const {
    std::string counts;
    for (const std::uint64_t each : buckets_) {
        if (!counts.empty()) counts += ',';
        append_json(counts, each);
    }
    return fmt::format(
        R"("count":"{}","sum":{},"min":{},"max":{},"bucketCounts":[{}],"explicitBounds":[{}])",
        count_, in_json(sum_), in_json(least_), in_json(most_), counts, fmt::join(bounds_, ","));
}

std::string otlp_series::to_json(std::uint64_t began, std::uint64_t now) const {
    const double single = kind_ == metric_kind::counter ? sum_ : last_;
    const std::string value =
        kind_ == metric_kind::histogram ? distribution() : "\"asDouble\":" + in_json(single);
    return fmt::format(R"({{"attributes":[{}],"startTimeUnixNano":"{}","timeUnixNano":"{}",{}}})",
                       attributes_, began, now, value);
}

}  // namespace weir::trace
