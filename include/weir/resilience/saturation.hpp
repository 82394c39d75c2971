// SPDX-License-Identifier: Apache-2.0
// saturation: how full something bounded is, in levels that alarms and decisions can hang on. It
// rises at once and falls only when it has stayed lower for a while, so that what swings around a
// threshold raises one alarm and not hundreds.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir::resilience {

/// How full, in words.
enum class load_level : std::uint8_t { calm, high, critical, full };

/// Where the levels begin, and how long they last.
class saturation_options {
public:
    saturation_options() {}

    /// Shares in use at which `high`, `critical` and `full` begin; rising.
    std::array<double, 3> thresholds{0.8, 0.9, 1.0};
    std::chrono::nanoseconds cooldown = std::chrono::seconds(60);
};

/// The level of one queue, pool or number of connections: no clock, time is told. A value.
///
/// ```cpp
/// if (level.update(connections.in_flight(), 10'000, now)) report(level.level());
/// ```
class saturation {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit saturation(const saturation_options& options = saturation_options()) noexcept
        : options_(options) {}

    /// Notes how much is in use. Returns whether the level is another one now.
    /// @param capacity  1 or more.
    [[nodiscard]] bool update(std::size_t in_use, std::size_t capacity, time_point now) noexcept;

    [[nodiscard]] load_level level() const noexcept { return level_; }
    /// What was in use at the last update, 0 ... 1 and beyond: for a gauge.
    [[nodiscard]] double share() const noexcept { return share_; }

private:
    [[nodiscard]] load_level level_of(double share) const noexcept;

    saturation_options options_;
    load_level level_ = load_level::calm;
    double share_ = 0;
    time_point reached_at_{};  // or passed, the level that it has
};

}  // namespace weir::resilience
