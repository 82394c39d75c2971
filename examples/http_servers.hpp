// SPDX-License-Identifier: Apache-2.0
// One HTTP server a shard, and the end of all of them: SIGTERM or SIGINT drains them, a second one
// ends everything at once.
#pragma once

#include <weir/coro/ok.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/http/server/server.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/shard.hpp>
#include <weir/io/signal.hpp>

#include "listen_options.hpp"

#include <vector>

/// Make it before the runtime runs.
class http_servers {
public:
    explicit http_servers(const listen_options& where, weir::runtime& runtime,
                          weir::signal_set& signals)
        : where_(where), runtime_(runtime), signals_(signals), servers_(where.runtime().shards) {}

    /// Serves what this shard accepts, until the end.
    weir::task<weir::result<void>> serve(weir::shard& here, weir::http::server& server) {
        if (here.index() != 0) co_return co_await serve_one(here, server);
        auto race = co_await weir::when_any(serve_one(here, server), drain_at_signal(here));
        co_return race.outcome<0>();
    }

private:
    weir::task<weir::result<void>> serve_one(weir::shard& here, weir::http::server& server) {
        servers_.at(here.index()) = &server;
        auto acceptor = weir::ok(where_.listen());
        const auto ended = co_await server.serve(acceptor);
        servers_.at(here.index()) = nullptr;
        co_return ended;
    }

    weir::task<weir::result<void>> drain_at_signal(weir::shard& here) {
        co_await weir::ok(signals_.next());
        for (unsigned i = 0; i < here.count(); ++i) {
            auto drain = [this, i] {
                if (servers_.at(i) != nullptr) servers_.at(i)->drain();
            };
            static_cast<void>(here.sibling(i).post(std::move(drain)));
        }
        co_await weir::ok(signals_.next());
        runtime_.request_stop();
        co_return weir::result<void>();
    }

    const listen_options& where_;
    weir::runtime& runtime_;
    weir::signal_set& signals_;
    std::vector<weir::http::server*> servers_;  // each touched by its own shard only
};
