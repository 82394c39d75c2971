// SPDX-License-Identifier: Apache-2.0
// A chat over https and wss on one port: http::server with TLS, whose connections become WebSockets
// that meet in rooms. SIGTERM or SIGINT: everybody is told to go, then it ends; a second one ends
// it at once.
//
//   wss_chat --listen 127.0.0.1:8443 --tls-cert chain.pem --tls-key key.pem
#include "chat.hpp"

#include "../listen_options.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/http/server/server.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/signal.hpp>

#include <csignal>
#include <cstdio>

namespace {

weir::task<weir::result<void>> close_at_signal(weir::signal_set& signals, chat& place,
                                               weir::http::server& server) {
    co_await weir::ok(signals.next());
    server.drain();
    place.close();
    co_await weir::ok(signals.next());
    co_return weir::result<void>();
}

weir::task<weir::result<void>> serve(const listen_options& where, weir::signal_set& signals) {
    chat place;
    weir::http::server_options options;
    options.prepare = where.securing();
    const auto answer = [&place](weir::http::exchange& exchange) { return place.answer(exchange); };
    weir::http::server server(answer, options);
    auto acceptor = weir::ok(where.listen());
    auto race =
        co_await weir::when_any(server.serve(acceptor), close_at_signal(signals, place, server));
    co_return race.outcome<0>();
}

}  // namespace

int main(int argc, char** argv) {
    const listen_options where(argc, argv);
    if (where.runtime().shards != 1) {
        std::fprintf(stderr, "wss_chat: the history of a room belongs to one shard\n");
        return 2;
    }
    weir::signal_set signals(SIGINT, SIGTERM);
    weir::runtime runtime(where.runtime());
    const auto outcome = runtime.run([&](weir::shard&) { return serve(where, signals); });
    if (!outcome) std::fprintf(stderr, "wss_chat: %s\n", outcome.error().message().c_str());
    return outcome ? 0 : 1;
}
