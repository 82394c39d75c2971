// SPDX-License-Identifier: Apache-2.0
// slo: a target in three levels, as alerts, reports and CI use it: what is wanted, what is still
// acceptable, and what is an emergency.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::metrics {

/// How a measured value stands against an `slo`.
enum class slo_level : std::uint8_t {
    good,      ///< reaches the target
    warn,      ///< misses the target, and is still acceptable
    bad,       ///< not acceptable, and no emergency
    critical,  ///< beyond the critical bound
};

/// "good", "warn", "bad" or "critical".
[[nodiscard]] std::string_view to_string(slo_level level) noexcept;

/// Three bounds for one quantity, in its own unit; a value. Whether small or large values are good
/// follows from the order of the bounds.
///
/// ```cpp
/// constexpr weir::metrics::slo connection_ms(200, 500, 1000);    // lower is better
/// constexpr weir::metrics::slo events_a_second(10e3, 5e3, 1e3);  // higher is better
/// ```
class slo {
public:
    /// Good within `good`, acceptable within `warn`, critical beyond `critical`; the bounds rise or
    /// fall. A value at a bound is on the better side of it.
    constexpr slo(double good, double warn, double critical) noexcept
        : good_(good), warn_(warn), critical_(critical) {}

    [[nodiscard]] constexpr slo_level judge(double value) const noexcept {
        if (is_within(value, good_)) return slo_level::good;
        if (is_within(value, warn_)) return slo_level::warn;
        return is_within(value, critical_) ? slo_level::bad : slo_level::critical;
    }
    [[nodiscard]] constexpr bool lower_is_better() const noexcept { return good_ < critical_; }
    [[nodiscard]] constexpr double good() const noexcept { return good_; }
    [[nodiscard]] constexpr double warn() const noexcept { return warn_; }
    [[nodiscard]] constexpr double critical() const noexcept { return critical_; }

private:
    [[nodiscard]] constexpr bool is_within(double value, double bound) const noexcept {
        return lower_is_better() ? value <= bound : value >= bound;
    }

    double good_;
    double warn_;
    double critical_;
};

}  // namespace weir::metrics
