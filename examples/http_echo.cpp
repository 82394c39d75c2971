// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 echo server: whatever is asked, the answer is 200 with the body of the request, sent
// on as it arrives; over TLS with a certificate. SIGTERM or SIGINT: what is under way is finished,
// then it ends.
#include <weir/coro/ok.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/server.hpp>
#include <weir/io/shard.hpp>
#include <weir/io/signal.hpp>

#include "http_servers.hpp"
#include "listen_options.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <utility>

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

weir::task<weir::result<void>> serve(weir::shard& here, const weir::http::server_options& options,
                                     http_servers& servers) {
    weir::http::server server(echo, options);
    co_return co_await servers.serve(here, server);
}

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
    http_servers servers(where, runtime, signals);
    const auto outcome =
        runtime.run([&](weir::shard& here) { return serve(here, options, servers); });
    if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().message().c_str());
    return outcome ? 0 : 1;
}
