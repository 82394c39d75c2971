// SPDX-License-Identifier: Apache-2.0
// The event server: rooms over WebSocket on all shards, a live page, and an orderly end.
//
//   event_server --listen 127.0.0.1:8080 --shards 2
//
// SIGTERM or SIGINT: the port is closed, clients are told to go (1001), exit 0 when they have gone
// or the time is over. A second signal ends at once, with 1.
#include "event_server.hpp"
#include "server_settings.hpp"
#include "server_state.hpp"

#include <weir/coro/when_any.hpp>
#include <weir/io/open_files.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/signal.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/latch.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <utility>
#include <vector>

namespace {

/// Ties the shards' servers to the signals of the process.
class application {
public:
    explicit application(const server_settings& settings, weir::runtime& runtime,
                         weir::signal_set& signals)
        : state_(settings),
          runtime_(runtime),
          signals_(signals),
          servers_(settings.shards),
          others_(settings.shards - 1) {}

    weir::task<weir::result<void>> serve(weir::shard& here, weir::net::endpoint where) {
        if (here.index() != 0) co_return co_await serve_one(here, where);
        auto race = co_await weir::when_any(serve_first(here, where), watch_signals(here));
        co_return race.outcome<0>();
    }

    [[nodiscard]] bool was_forced() const noexcept { return forced_; }

private:
    weir::task<weir::result<void>> serve_one(weir::shard& here, weir::net::endpoint where) {
        event_server server(state_);
        servers_.at(here.index()) = &server;
        const auto ended = co_await server.serve(where);
        servers_.at(here.index()) = nullptr;
        if (here.index() != 0) {
            static_cast<void>(here.sibling(0).post([this] { others_.count_down(); }));
        }
        co_return ended;
    }

    /// Shard 0 watches the signals, so it stays until the others have ended.
    weir::task<weir::result<void>> serve_first(weir::shard& here, weir::net::endpoint where) {
        const auto ended = co_await serve_one(here, where);
        static_cast<void>(co_await others_.wait());
        co_return ended;
    }

    weir::task<> watch_signals(weir::shard& here) {
        const auto first = co_await signals_.next();
        if (!first) co_return;
        state_.draining.store(true);
        say("draining %lld connections\n", state_.metrics.clients.total());
        for (unsigned i = 0; i < here.count(); ++i) {
            auto begin = [this, i] {
                if (servers_.at(i) != nullptr) servers_.at(i)->drain();
            };
            // A full inbox is no reason to miss a shard.
            while (!here.sibling(i).post(begin)) {
                if (!co_await weir::sleep_for(std::chrono::milliseconds(1))) co_return;
            }
        }
        const auto second = co_await signals_.next();
        if (!second) co_return;
        forced_ = true;
        runtime_.request_stop();
    }

    template <class... Args>
    static void say(const char* format, Args... args) {
        std::printf(format, static_cast<long long>(args)...);
        std::fflush(stdout);
    }

    server_state state_;
    weir::runtime& runtime_;
    weir::signal_set& signals_;
    std::vector<event_server*> servers_;  // each touched by its own shard only
    weir::latch others_;  // the shards but the first that have not ended; the first one's own
    bool forced_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    const server_settings settings(argc, argv);
    constexpr std::size_t spare_files = 256;
    static_cast<void>(weir::raise_open_files(settings.max_connections + spare_files));
    weir::signal_set signals(SIGINT, SIGTERM);
    const auto port = settings.claim();

    weir::runtime_options options;
    options.shards = settings.shards;
    weir::runtime runtime(options);
    application server(settings, runtime, signals);
    const auto ended =
        runtime.run([&](weir::shard& here) { return server.serve(here, port.where()); });
    if (server.was_forced()) return 1;
    if (!ended && ended.error() != std::errc::timed_out) {
        std::fprintf(stderr, "event_server: %s\n", ended.error().message().c_str());
        return 1;
    }
    std::puts(ended ? "drained" : "drained; some clients were cut off");
    return 0;
}
