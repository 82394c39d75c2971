// SPDX-License-Identifier: Apache-2.0
// text_format: metrics as the text that Prometheus scrapes.
// Source: Prometheus text exposition format, version 0.0.4.
#pragma once

#include <weir/metrics/histogram.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weir::metrics {

/// The Content-Type of the text.
inline constexpr std::string_view text_format_content_type =
    "text/plain; version=0.0.4; charset=utf-8";

/// Whether `name` may name a metric: [a-zA-Z_:][a-zA-Z0-9_:]*
[[nodiscard]] bool is_metric_name(std::string_view name) noexcept;

/// One label as text, its value escaped: `room="a \"b\""`. Join several with commas.
/// @param name  [a-zA-Z_][a-zA-Z0-9_]*; anything else is a contract violation.
[[nodiscard]] std::string label(std::string_view name, std::string_view value);

/// Writes metric families one after the other. The samples of a family follow its `family`.
///
/// ```cpp
/// weir::metrics::text_writer text;
/// text.family("http_requests_total", "counter", "Requests answered.");
/// text.sample("http_requests_total", weir::metrics::label("code", "200"), 17);
/// serve(text.take());
/// ```
class text_writer {
public:
    text_writer() = default;

    /// @param type  counter, gauge, histogram, summary or untyped.
    void family(std::string_view name, std::string_view type, std::string_view help);
    /// @param labels  of `label`, joined by commas; empty = none.
    void sample(std::string_view name, std::string_view labels, double value);
    void sample(std::string_view name, std::string_view labels, std::uint64_t value);
    void sample(std::string_view name, std::string_view labels, std::int64_t value);
    /// The samples of a summary: p50, p95, p99, p99.9, sum and count.
    /// @param unit  what one recorded 1 is in the metric's unit: 1e-9 for nanoseconds as seconds.
    void summary(std::string_view name, std::string_view labels, const histogram& values,
                 double unit);
    /// The samples of a histogram: cumulative counts at `bounds`, sum and count.
    /// @param bounds  rising, in the metric's unit; +Inf is added.
    void buckets(std::string_view name, std::string_view labels, const histogram& values,
                 double unit, std::span<const double> bounds);

    [[nodiscard]] std::string take() noexcept { return std::move(text_); }

private:
    void line(std::string_view name, std::string_view suffix, std::string_view labels,
              std::string_view extra_label, std::string_view value);
    void sum_and_count(std::string_view name, std::string_view labels, double sum,
                       std::uint64_t count);

    std::string text_;
};

}  // namespace weir::metrics
