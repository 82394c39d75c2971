// SPDX-License-Identifier: Apache-2.0
// A TCP echo server: every byte comes back. One task a connection, at most 100,000 at once.
#include <weir/io/runtime.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/sync/task_group.hpp>

#include "listen_arguments.hpp"

#include <cstdio>
#include <utility>

namespace {

weir::task<> echo(weir::net::tcp_socket socket) {
    for (;;) {
        auto chunk = co_await socket.receive();
        if (!chunk || chunk->empty()) co_return;  // an error, or the peer has finished
        if (!co_await socket.send(std::move(*chunk))) co_return;
    }
}

weir::task<weir::result<void>> serve(weir::net::tcp_acceptor acceptor) {
    weir::task_group connections(co_await weir::this_task(), 100'000);
    for (;;) {
        auto socket = co_await acceptor.accept();
        if (!socket) break;  // asked to stop
        auto started = connections.spawn(echo, std::move(*socket));
        co_await started;
    }
    co_return co_await connections.join();
}

}  // namespace
