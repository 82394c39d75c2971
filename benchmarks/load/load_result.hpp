// SPDX-License-Identifier: Apache-2.0
// load_result: what a run has shown, and how it is told: progress lines, a table, a judgement
// against the targets, and JSON.
#pragma once

#include "load_options.hpp"
#include "measurements.hpp"

#include <weir/metrics/slo.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

/// A target and what was measured against it.
class judged_target {
public:
    explicit judged_target(std::string_view called, std::string_view measured_in,
                           weir::metrics::slo wanted, double measured)
        : name(called), unit(measured_in), target(wanted), value(measured) {}
    [[nodiscard]] weir::metrics::slo_level level() const noexcept { return target.judge(value); }

    std::string_view name;
    std::string_view unit;
    weir::metrics::slo target;
    double value;
};

/// Everything measured in one run.
class load_result {
public:
    explicit load_result(const load_options& asked) : options(asked) {}

    [[nodiscard]] double seconds() const noexcept { return window.count(); }
    /// Answers or deliveries a second.
    [[nodiscard]] double throughput() const noexcept;
    [[nodiscard]] std::vector<judged_target> judge() const;
    /// The worst level among the targets.
    [[nodiscard]] weir::metrics::slo_level verdict() const;
    [[nodiscard]] std::string table() const;
    [[nodiscard]] std::string json() const;
    /// Whether the run measured what it was asked to.
    [[nodiscard]] bool succeeded() const noexcept;

    const load_options& options;
    shard_measurements counts;
    std::chrono::duration<double> opening{};  // from the first dial to the last connection
    std::chrono::duration<double> window{};   // of sending
    std::uint64_t received_in_window = 0;     // answers that came later do not count as throughput
    std::optional<std::size_t> server_bytes;
    std::optional<double> server_processors;  // 1.0 = one processor fully busy
    std::error_code first_error;
};

/// One line a second while the run is on.
class progress_printer {
public:
    /// @param counts  of all shards, so far.
    void print(std::chrono::duration<double> elapsed, std::string_view phase,
               const shard_measurements& counts);

private:
    std::uint64_t received_ = 0;
    std::uint64_t opened_ = 0;
    std::chrono::duration<double> at_{};
};
