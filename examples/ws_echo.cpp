// SPDX-License-Identifier: Apache-2.0
// A WebSocket echo server: text comes back as text, binary as binary, on any path; over TLS with a
// certificate. With --deflate it compresses, with --keep-context with reference to earlier messages
// if the client wants that.
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/ws/accept.hpp>
#include <weir/ws/deflate/coder_pool.hpp>

#include "listen_options.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace {

using weir::ws::deflate_options;

/// How long a silent connection is left alone, in seconds.
class patience {
public:
    int until_ping = 30;
    int until_hibernation = 300;
};

weir::ws::server_options echo_options(const std::optional<deflate_options>& deflate,
                                      const patience& waits) {
    weir::ws::server_options options;
    options.connection.ping_interval = std::chrono::seconds(waits.until_ping);
    options.connection.hibernation.idle_time = std::chrono::seconds(waits.until_hibernation);
    options.connection.limits.max_message_bytes(16 << 20).max_fragments(65'536);
    options.connection.deflate = deflate;
    options.rules.allow_any_origin();  // an echo has nothing to protect
    return options;
}

weir::task<> echo(weir::net::tcp_socket socket, const listen_options& listening,
                  const weir::ws::server_options& options) {
    const bool is_secured = co_await listening.secure(socket);
    if (!is_secured) co_return;
    auto peer = co_await weir::ws::accept(std::move(socket), options);
    if (!peer) co_return;  // not a WebSocket handshake: it got its HTTP answer
    while (auto message = co_await peer->receive()) {
        if (!co_await peer->send(std::move(*message))) co_return;
    }
    static_cast<void>(co_await peer->close());
}

weir::task<weir::result<void>> serve(const listen_options& listening,
                                     const weir::ws::server_options& options) {
    auto acceptor = weir::ok(listening.listen());
    weir::task_group connections(co_await weir::this_task(), 100'000);
    while (auto socket = co_await acceptor.accept()) {
        auto started =
            connections.spawn(echo, std::move(*socket), std::cref(listening), std::cref(options));
        if (!co_await started) break;
    }
    co_return co_await connections.join();
}

}  // namespace

int main(int argc, char** argv) {
    bool compresses = false;
    bool keeps_context = false;
    patience waits;
    std::size_t coder_pool_mib = 16;
    const listen_options options(argc, argv, [&](CLI::App& app) {
        app.add_flag("--deflate", compresses, "agree on permessage-deflate");
        app.add_flag("--keep-context", keeps_context, "let messages refer to earlier ones");
        app.add_option("--coder-pool-mib", coder_pool_mib, "for the coders of a shard");
        app.add_option("--ping-after", waits.until_ping, "seconds of silence; 0 = no keep-alive");
        app.add_option("--hibernate-after", waits.until_hibernation, "seconds without a message");
    });
    std::optional<deflate_options> deflate;
    if (compresses || keeps_context) {
        deflate.emplace().keep_send_context(keeps_context).keep_receive_context(keeps_context);
    }
    const weir::ws::server_options behaviour = echo_options(deflate, waits);
    weir::runtime runtime(options.runtime());
    const auto outcome = runtime.run([&](weir::shard&) {
        weir::ws::coder_pool::of_this_thread().set_max_bytes(coder_pool_mib << 20U);
        return serve(options, behaviour);
    });
    if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().message().c_str());
    return outcome ? 0 : 1;
}
