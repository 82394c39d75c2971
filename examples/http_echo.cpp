// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 echo server: whatever is asked, the answer is 200 with the body of the request, sent
// on as it arrives; over TLS with a certificate. SIGTERM or SIGINT: what is under way is finished,
// then it ends.
#include <weir/coro/ok.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/server.hpp>
#include <weir/io/shard.hpp>
#include <weir/io/signal.hpp>

#include "listen_options.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace {

weir::task<weir::result<void>> echo(weir::http::exchange& exchange) {
    const auto named = exchange.request().headers().find("Content-Type");
    const auto type = named.value_or("text/plain; charset=utf-8");
    if (exchange.body().is_complete()) {  // there is none
        co_return co_await exchange.respond(weir::http::status::ok, type);
    }
    weir::http::response_writer& answer = exchange.answer();
    // A client may wait for our 100 Continue, which the first read sends: so it comes before
    // `start`.
    weir::buffer_lease piece = co_await weir::ok(exchange.body().read());
    co_await weir::ok(answer.start(weir::http::status::ok, type, exchange.body().length()));
    while (!piece.empty()) {
        co_await weir::ok(answer.write(std::move(piece)));  // waits while the client is slow
        piece = co_await weir::ok(exchange.body().read());
    }
    co_return co_await answer.finish();
}

/// One server a shard, and the end of all of them.
class echo_servers {
public:
    explicit echo_servers(const listen_options& where, const weir::http::server_options& options,
                          weir::runtime& runtime, weir::signal_set& signals)
        : where_(where),
          options_(options),
          runtime_(runtime),
          signals_(signals),
          servers_(where.runtime().shards) {}

    weir::task<weir::result<void>> serve(weir::shard& here) {
        if (here.index() != 0) co_return co_await serve_one(here);
        auto race = co_await weir::when_any(serve_one(here), drain_at_signal(here));
        co_return race.outcome<0>();
    }

private:
    weir::task<weir::result<void>> serve_one(weir::shard& here) {
        weir::http::server server(echo, options_);
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
        runtime_.request_stop();  // a second one ends it at once
        co_return weir::result<void>();
    }

    const listen_options& where_;
    const weir::http::server_options& options_;
    weir::runtime& runtime_;
    weir::signal_set& signals_;
    std::vector<weir::http::server*> servers_;  // each touched by its own shard only
};

}  // namespace

int main(int argc, char** argv) {
    weir::http::server_options options;
    const listen_options where(argc, argv, [&](CLI::App& app) {
        app.add_option("--max-requests", options.max_requests, "requests on one connection")
            ->check(CLI::PositiveNumber);
        const auto stay = [&options](const std::int64_t& count) {
            options.idle_drain_timeout = std::chrono::milliseconds(count);
        };
        app.add_option_function<std::int64_t>("--idle-drain-ms", stay,
                                              "how long idle connections stay after SIGTERM")
            ->check(CLI::Range(0, 60'000));
    });
    options.prepare = where.securing();
    weir::signal_set signals(SIGINT, SIGTERM);
    weir::runtime runtime(where.runtime());
    echo_servers servers(where, options, runtime, signals);
    const auto outcome = runtime.run([&](weir::shard& here) { return servers.serve(here); });
    if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().message().c_str());
    return outcome ? 0 : 1;
}
