// SPDX-License-Identifier: Apache-2.0
// otlp_series: all measurements of one metric with the same attributes, summed up since the
// beginning as OTLP's "cumulative" temporality wants it: a message that is lost loses no counts.
#pragma once

#include <weir/trace/metric.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::trace {

/// A value; belongs to one thread.
class otlp_series {
public:
    /// @param attributes  as JSON objects, with commas.
    explicit otlp_series(const metric& first, std::string attributes);

    void add(double value) noexcept;
    /// Its data point. @param began, now  nanoseconds since 1970.
    [[nodiscard]] std::string to_json(std::uint64_t began, std::uint64_t now) const;

    /// The upper bounds of a histogram's buckets: those of OpenTelemetry's SDK, for seconds and for
    /// other units.
    [[nodiscard]] static std::span<const double> bounds_for(std::string_view unit) noexcept;

private:
    [[nodiscard]] std::string distribution() const;

    metric_kind kind_;
    std::string attributes_;
    std::span<const double> bounds_;      // of a histogram
    std::vector<std::uint64_t> buckets_;  // one more than bounds_
    std::uint64_t count_ = 0;
    double sum_ = 0;
    double last_ = 0;
    double least_ = 0;
    double most_ = 0;
};

}  // namespace weir::trace
