// SPDX-License-Identifier: Apache-2.0
#include <weir/metrics/text_format.hpp>

#include <weir/base/assert.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace weir::metrics {

namespace {

constexpr std::array summary_quantiles{0.5, 0.95, 0.99, 0.999};

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{:.12g}", value);  // without the noise of binary fractions
}

/// `quotes` too in label values, but not in help texts.
std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || (quotes && c == '"')) out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

bool is_metric_name(std::string_view name) noexcept {
    if (name.empty() || is_digit(name.front())) return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == ':'; });
}

std::string label(std::string_view name, std::string_view value) {
    WEIR_ASSERT(is_metric_name(name) && name.find(':') == std::string_view::npos,
                "a label has a name that Prometheus does not allow");
    return fmt::format("{}=\"{}\"", name, escaped(value, true));
}

void text_writer::family(std::string_view name, std::string_view type, std::string_view help) {
    WEIR_ASSERT(is_metric_name(name), "a metric has a name that Prometheus does not allow");
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escaped(help, false), name, type);
}

void text_writer::line(std::string_view name, std::string_view suffix, std::string_view labels,
                       std::string_view extra_label, std::string_view value) {
    text_ += fmt::format("{}{}", name, suffix);
    if (!labels.empty() || !extra_label.empty()) {
        const bool both = !labels.empty() && !extra_label.empty();
        text_ += fmt::format("{{{}{}{}}}", labels, both ? "," : "", extra_label);
    }
    text_ += fmt::format(" {}\n", value);
}

void text_writer::sample(std::string_view name, std::string_view labels, double value) {
    line(name, "", labels, "", number(value));
}

void text_writer::sample(std::string_view name, std::string_view labels, std::uint64_t value) {
    line(name, "", labels, "", std::to_string(value));
}

void text_writer::sample(std::string_view name, std::string_view labels, std::int64_t value) {
    line(name, "", labels, "", std::to_string(value));
}

void text_writer::summary(std::string_view name, std::string_view labels, const histogram& values,
                          double unit) {
    const bool is_empty = values.count() == 0;
    for (const double fraction : summary_quantiles) {
        const double value = static_cast<double>(values.quantile(fraction)) * unit;
        line(name, "", labels, label("quantile", number(fraction)),
             is_empty ? "NaN" : number(value));
    }
    sum_and_count(name, labels, static_cast<double>(values.sum()) * unit, values.count());
}

void text_writer::buckets(std::string_view name, std::string_view labels, const histogram& values,
                          double unit, std::span<const double> bounds) {
    for (const double bound : bounds) {
        const auto raw = static_cast<std::uint64_t>(bound / unit);
        line(name, "_bucket", labels, label("le", number(bound)),
             std::to_string(values.count_up_to(raw)));
    }
    // Values may be recorded meanwhile; the last bucket and the count must be the same number.
    const std::uint64_t count = values.count_up_to(histogram::max_value);
    line(name, "_bucket", labels, label("le", "+Inf"), std::to_string(count));
    sum_and_count(name, labels, static_cast<double>(values.sum()) * unit, count);
}

void text_writer::sum_and_count(std::string_view name, std::string_view labels, double sum,
                                std::uint64_t count) {
    line(name, "_sum", labels, "", number(sum));
    line(name, "_count", labels, "", std::to_string(count));
}

}  // namespace weir::metrics
