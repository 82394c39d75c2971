// SPDX-License-Identifier: Apache-2.0
// Test support: reads the text of a metrics::registry as Prometheus does, and says what is wrong
// with it. Source: Prometheus text exposition format, version 0.0.4.
#pragma once

#include <weir/metrics/text_format.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace weir::test {

/// The samples of a text whose metrics are all counters and gauges.
class metric_text {
public:
    explicit metric_text(std::string_view text) {
        if (!text.ends_with('\n')) fault_ = "the last line has no end";
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size() - 1);
            take(text.substr(0, end));
            text.remove_prefix(end + 1);
        }
    }

    /// What is wrong first; empty = nothing.
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }
    /// Of a series as it is written, with its labels; empty = there is none.
    [[nodiscard]] std::string value_of(std::string_view series) const {
        const auto found = samples_.find(series);
        return found == samples_.end() ? std::string() : found->second;
    }
    /// Series of one name.
    [[nodiscard]] std::size_t count_of(std::string_view name) const {
        std::size_t count = 0;
        for (const auto& [series, value] : samples_) count += name_of(series) == name ? 1U : 0U;
        return count;
    }

private:
    [[nodiscard]] static std::string_view name_of(std::string_view series) {
        return series.substr(0, series.find('{'));
    }
    void complain(std::string_view about, std::string_view line) {
        if (fault_.empty()) fault_ = std::string(about) + ": " + std::string(line);
    }
    void take(std::string_view line) {
        if (line.starts_with("# HELP ")) return take_help(line.substr(7));
        if (line.starts_with("# TYPE ")) return take_type(line.substr(7));
        const std::size_t space = line.rfind(' ');
        if (space == std::string_view::npos) return complain("no value", line);
        const std::string_view series = line.substr(0, space);
        const bool has_labels = series.find('{') != std::string_view::npos;
        if (has_labels && !series.ends_with('}')) complain("labels have no end", line);
        if (name_of(series) != family_) complain("a sample of another metric", line);
        if (!samples_.emplace(series, line.substr(space + 1)).second) complain("twice", line);
    }
    void take_help(std::string_view rest) {
        family_ = rest.substr(0, rest.find(' '));
        if (!metrics::is_metric_name(family_)) complain("no name", rest);
        if (!families_.insert(family_).second) complain("a metric in two places", rest);
    }
    void take_type(std::string_view rest) {
        const bool is_counter = rest == family_ + " counter";
        if (!is_counter && rest != family_ + " gauge") complain("no type", rest);
        if (is_counter != family_.ends_with("_total")) complain("_total is of counters", rest);
    }

    std::string fault_;
    std::string family_;
    std::set<std::string, std::less<>> families_;
    std::map<std::string, std::string, std::less<>> samples_;
};

}  // namespace weir::test
