// SPDX-License-Identifier: Apache-2.0
// Test support: a server that echoes, and a client that says something and hears it back, as users
// would write them: nothing here knows that it is simulated.
#pragma once

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace weir::sim::test {

using namespace std::chrono_literals;

inline task<> echo(net::tcp_socket socket) {
    for (;;) {
        auto chunk = co_await socket.receive();
        if (!chunk || chunk->empty()) co_return;
        const auto sent = co_await socket.send(std::move(*chunk));
        if (!sent) co_return;
    }
}

inline task<result<void>> serve_echo(std::uint16_t port) {
    auto acceptor = ok(net::tcp_acceptor::listen(net::endpoint::any(port)));
    task_group connections(co_await this_task(), 1000);
    while (auto socket = co_await acceptor.accept()) {
        auto started = connections.spawn(echo, std::move(*socket));
        if (!co_await started) break;
    }
    co_return co_await connections.join();
}

/// Everything that comes until `size` bytes are there or the stream ends.
inline task<result<std::string>> hear(net::stream_socket& from, std::size_t size) {
    std::string all;
    while (all.size() < size) {
        const buffer_lease chunk = co_await ok(from.receive());
        if (chunk.empty()) break;
        all += as_text(chunk.data());
    }
    co_return all;
}

/// Says `what` once and gives the answer.
inline task<result<std::string>> say(net::endpoint where, std::string what) {
    net::tcp_socket socket = co_await ok(net::connect(where));
    co_await ok(socket.send_copy(as_bytes(what)));
    std::string answer = co_await ok(hear(socket, what.size()));
    co_return answer;
}

}  // namespace weir::sim::test
