// SPDX-License-Identifier: Apache-2.0
// load_run: one run over all shards: opens the connections, opens the window of sending, watches,
// and ends it.
#pragma once

#include "load_options.hpp"
#include "load_result.hpp"
#include "load_shard.hpp"
#include "measurements.hpp"
#include "process_usage.hpp"

#include <weir/coro/task.hpp>
#include <weir/io/shard.hpp>
#include <weir/io/signal.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

/// Runs once. `serve` is the main of every shard; shard 0 also conducts.
class load_run {
public:
    /// @param signals  SIGINT and SIGTERM: they end the run early.
    explicit load_run(const load_options& options, weir::signal_set& signals);

    [[nodiscard]] weir::task<weir::result<void>> serve(weir::shard& here);
    /// Sums up, once, after the end.
    [[nodiscard]] const load_result& finish();

private:
    class cell;

    [[nodiscard]] weir::task<> conduct(weir::shard& here);
    [[nodiscard]] weir::task<> await_opening();
    [[nodiscard]] weir::task<> watch_window();
    [[nodiscard]] weir::task<> await_answers();
    /// Sleeps a tick; prints a line each second. False = the run is to end.
    [[nodiscard]] weir::task<bool> tick(std::string_view phase);
    [[nodiscard]] bool is_settled() const;
    [[nodiscard]] shard_measurements& total();
    void conclude(load_clock::duration window, const std::optional<process_usage>& before);

    const load_options& options_;
    weir::signal_set& signals_;
    std::vector<std::unique_ptr<shard_measurements>> counts_;
    std::vector<load_shard*> shards_;  // each written by its own shard, read after it is ready
    std::atomic<unsigned> ready_{0};
    load_clock::time_point began_ = load_clock::now();
    load_clock::time_point next_line_;
    progress_printer progress_;
    std::unique_ptr<shard_measurements> total_;
    load_result result_;
    bool interrupted_ = false;
};
