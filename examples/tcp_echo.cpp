// SPDX-License-Identifier: Apache-2.0
// A TCP echo server: every byte comes back, also over TLS. One task a connection, at most 100,000 a
// shard.
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/sync/task_group.hpp>

#include "listen_options.hpp"

#include <functional>
#include <utility>

namespace {

weir::task<> echo(weir::net::tcp_socket socket, const listen_options& listening) {
    const bool is_secured = co_await listening.secure(socket);
    if (!is_secured) co_return;
    for (;;) {
        auto chunk = co_await socket.receive();
        if (!chunk || chunk->empty()) co_return;  // an error, or the peer has finished
        if (!co_await socket.send(std::move(*chunk))) co_return;
    }
}

weir::task<weir::result<void>> serve(const listen_options& listening) {
    auto acceptor = weir::ok(listening.listen());
    weir::task_group connections(co_await weir::this_task(), 100'000);
    while (auto socket = co_await acceptor.accept()) {
        auto started = connections.spawn(echo, std::move(*socket), std::cref(listening));
        if (!co_await started) break;
    }
    co_return co_await connections.join();
}

}  // namespace

int main(int argc, char** argv) {
    const listen_options options(argc, argv);
    weir::runtime runtime(options.runtime());
    const auto outcome = runtime.run([&](weir::shard&) { return serve(options); });
    if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().message().c_str());
    return outcome ? 0 : 1;
}
