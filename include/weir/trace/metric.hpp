// SPDX-License-Identifier: Apache-2.0
// metric: one measurement, and how those of its name belong together.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace weir::trace {

/// What is made of the measurements of one name.
enum class metric_kind : std::uint8_t {
    counter,    ///< their sum, which only grows
    gauge,      ///< the last one
    histogram,  ///< how they are distributed
};

/// Given away as an argument; refers to its texts.
class metric {
public:
    /// @param amount  0 or more.
    [[nodiscard]] static metric counter(std::string_view name, double amount = 1) noexcept {
        return metric(metric_kind::counter, name, amount, {});
    }
    [[nodiscard]] static metric gauge(std::string_view name, double value) noexcept {
        return metric(metric_kind::gauge, name, value, {});
    }
    [[nodiscard]] static metric histogram(std::string_view name, double value) noexcept {
        return metric(metric_kind::histogram, name, value, {});
    }
    /// A time, in seconds.
    [[nodiscard]] static metric histogram(std::string_view name,
                                          std::chrono::nanoseconds value) noexcept {
        return metric(metric_kind::histogram, name, std::chrono::duration<double>(value).count(),
                      "s");
    }

    [[nodiscard]] metric_kind kind() const noexcept { return kind_; }
    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    [[nodiscard]] double value() const noexcept { return value_; }
    /// As UCUM writes it; empty = a number of something.
    [[nodiscard]] std::string_view unit() const noexcept { return unit_; }

private:
    explicit metric(metric_kind kind, std::string_view name, double value,
                    std::string_view unit) noexcept
        : kind_(kind), name_(name), value_(value), unit_(unit) {}

    metric_kind kind_;
    std::string_view name_;
    double value_;
    std::string_view unit_;
};

}  // namespace weir::trace
