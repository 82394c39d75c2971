// SPDX-License-Identifier: Apache-2.0
#include "load_run.hpp"

#include "dialer.hpp"
#include "echo_load.hpp"
#include "fanout_load.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/task_group.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace {

using namespace std::chrono_literals;

constexpr auto tick_length = 20ms;
/// How long answers are waited for once nothing more is sent.
constexpr auto answer_patience = 3s;

/// Keeps a connection open and takes what comes.
weir::task<> hold(load_shard& load, weir::ws::connection peer) {
    for (;;) {
        const auto message = co_await peer.receive();
        if (message) continue;
        if (!weir::is_stopped(message.error())) load.counts.note(trouble::lost, message.error());
        co_return;
    }
}

weir::task<> hold(load_shard& load, weir::net::tcp_socket peer) {
    for (;;) {
        const auto chunk = co_await peer.receive();
        if (chunk && !chunk->empty()) continue;
        if (chunk || !weir::is_stopped(chunk.error())) load.counts.note(trouble::lost);
        co_return;
    }
}

weir::task<> run_tcp(load_shard& load, std::size_t index) {
    auto socket = co_await dial_tcp(load, index);
    if (!socket) co_return;
    load.counts.opened.add();
    if (load.options.mode == load_mode::connect) co_return co_await hold(load, std::move(*socket));
    echo_load<tcp_peer> echo(load, tcp_peer(std::move(*socket)), index);
    co_await echo.run();
}

weir::task<> run_websocket(load_shard& load, std::size_t index) {
    auto peer = co_await dial_websocket(load, index);
    if (!peer) co_return;
    if (load.options.mode == load_mode::fanout) {
        fanout_load fanout(load, std::move(*peer), index);
        co_return co_await fanout.run();
    }
    load.counts.opened.add();
    if (load.options.mode == load_mode::connect) co_return co_await hold(load, std::move(*peer));
    echo_load<websocket_peer> echo(load, websocket_peer(std::move(*peer)), index);
    co_await echo.run();
}

weir::task<> run_connection(load_shard& load, std::size_t index) {
    auto connection =
        load.options.is_websocket() ? run_websocket(load, index) : run_tcp(load, index);
    co_await weir::with_stop(load.over, std::move(connection));
}

}  // namespace

load_run::load_run(const load_options& options, weir::signal_set& signals)
    : options_(options), signals_(signals), shards_(options.shards), result_(options) {
    for (unsigned i = 0; i < options.shards; ++i) {
        counts_.push_back(std::make_unique<shard_measurements>());
    }
    next_line_ = began_ + 1s;
}

weir::task<weir::result<void>> load_run::serve(weir::shard& here) {
    load_shard load(options_, *counts_.at(here.index()));
    shards_.at(here.index()) = &load;
    ready_.fetch_add(1);
    weir::task_group connections(co_await weir::this_task(), options_.connections + 1);
    for (std::size_t i = here.index(); i < options_.connections; i += options_.shards) {
        auto started = connections.spawn(run_connection, std::ref(load), i);
        if (!co_await started) break;
    }
    if (here.index() == 0) co_await conduct(here);
    static_cast<void>(co_await load.ended.wait());
    co_return co_await connections.join();
}

weir::task<> load_run::conduct(weir::shard& here) {
    while (ready_.load() < options_.shards) static_cast<void>(co_await weir::sleep_for(1ms));
    co_await await_opening();
    result_.opening = load_clock::now() - began_;
    const auto before = process_usage::read(options_.server_pid);
    const auto begin = load_clock::now() + 10ms;
    const auto end = begin + options_.duration();
    for (unsigned i = 0; i < options_.shards; ++i) {
        auto open = [load = shards_.at(i), begin, end] { load->open_window(begin, end); };
        static_cast<void>(co_await here.sibling(i).run(std::move(open)));
    }
    co_await watch_window();
    const auto window = std::min(load_clock::now(), end) - begin;
    conclude(window, before);
    co_await await_answers();
    for (unsigned i = 0; i < options_.shards; ++i) {
        auto stop = [load = shards_.at(i)] { load->end(); };
        static_cast<void>(co_await here.sibling(i).run(std::move(stop)));
    }
}

weir::task<> load_run::await_opening() {
    for (;;) {
        const auto& so_far = total();
        if (so_far.opened.value() + so_far.errors() >= options_.connections) co_return;
        if (!co_await tick("opening")) co_return;
    }
}

weir::task<> load_run::watch_window() {
    while (load_clock::now() < shards_.at(0)->window_end) {
        const bool go_on =
            co_await tick(options_.mode == load_mode::connect ? "holding" : "running");
        if (!go_on) break;
    }
}

weir::task<> load_run::await_answers() {
    const auto patience_ends = load_clock::now() + answer_patience;
    while (!is_settled() && load_clock::now() < patience_ends) {
        if (!co_await tick("ending")) co_return;
    }
}

weir::task<bool> load_run::tick(std::string_view phase) {
    static_cast<void>(co_await weir::sleep_for(tick_length));
    if (load_clock::now() >= next_line_) {
        next_line_ += 1s;
        progress_.print(load_clock::now() - began_, phase, total());
    }
    const auto signal = signals_.try_next();
    interrupted_ = interrupted_ || (signal && *signal);
    co_return !interrupted_;
}

bool load_run::is_settled() const {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint64_t opened = 0;
    for (const auto& each : counts_) {
        sent += each->sent.value();
        received += each->received.value();
        opened += each->opened.value();
    }
    return received >= (options_.mode == load_mode::fanout ? sent * opened : sent);
}

shard_measurements& load_run::total() {
    total_ = std::make_unique<shard_measurements>();
    for (const auto& each : counts_) total_->merge(*each);
    return *total_;
}

void load_run::conclude(load_clock::duration window, const std::optional<process_usage>& before) {
    result_.window = window;
    result_.received_in_window = total().received.value();
    const auto now = process_usage::read(options_.server_pid);
    if (!now) return;
    result_.server_bytes = now->resident_bytes();
    if (before && result_.seconds() > 0) {
        result_.server_processors =
            (now->processor_time() - before->processor_time()).count() / result_.seconds();
    }
}

const load_result& load_run::finish() {
    for (const auto& each : counts_) {
        result_.counts.merge(*each);
        if (!result_.first_error) result_.first_error = each->first_error;
    }
    const auto& counts = result_.counts;
    const std::uint64_t expected = counts.sent.value() * counts.opened.value();
    if (options_.mode == load_mode::fanout && counts.received.value() < expected) {
        result_.counts.note(trouble::missing, expected - counts.received.value());
    }
    return result_;
}
