// SPDX-License-Identifier: Apache-2.0
// Forty callers share four connections. Whoever gives up before the answer has come takes the
// connection along: that answer will never be read by another caller, as its own.
#include <weir/coro/ok.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/pool/pool.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>

using namespace std::chrono_literals;
using connection_pool = weir::pool<weir::net::tcp_socket>;

/// Gives each byte back, but 'z' only after a while.
weir::task<weir::result<void>> answer(weir::net::tcp_socket socket) {
    for (;;) {
        auto question = co_await weir::ok(socket.receive());
        if (question.empty()) co_return weir::result<void>();
        if (question.data()[0] == std::byte('z')) co_await weir::ok(weir::sleep_for(50ms));
        co_await weir::ok(socket.send(std::move(question)));
    }
}
weir::task<> serve(weir::net::tcp_acceptor& acceptor) {
    weir::task_group connections(co_await weir::this_task(), 100, weir::on_error::collect_all);
    while (auto socket = co_await acceptor.accept()) {
        auto started = connections.spawn(answer, std::move(*socket));
        if (!co_await started) break;
    }
    static_cast<void>(co_await connections.join());
}

weir::task<weir::result<std::byte>> ask(weir::net::tcp_socket& connection, std::byte question) {
    co_await weir::ok(connection.send_copy(weir::bytes(&question, 1)));
    std::byte reply{};
    co_await weir::ok(connection.read_some(weir::mutable_bytes(&reply, 1)));
    co_return reply;
}
weir::task<> call(connection_pool& connections, std::byte question, int& right) {
    auto connection = co_await connections.acquire();
    if (!connection) co_return;
    connection->begin_conversation();
    const auto reply = co_await weir::with_timeout(20ms, ask(**connection, question));
    if (!reply) co_return;
    connection->end_conversation();  // the answer has been read: the next one may have it
    if (*reply == question) ++right;
}

weir::task<int> run_both() {
    auto acceptor = weir::net::tcp_acceptor::listen(weir::net::endpoint::loopback(0));
    if (!acceptor) co_return 1;
    weir::task_group server(co_await weir::this_task(), 1);
    static_cast<void>(server.try_spawn(serve, std::ref(*acceptor)));

    const auto open = [&acceptor] { return weir::net::connect(acceptor->local_endpoint()); };
    connection_pool connections(co_await weir::this_task(), open, weir::pool_options(1, 4));
    weir::task_group callers(co_await weir::this_task(), 40);
    int right = 0;
    for (int i = 0; i < 40; ++i) {
        const auto question = std::byte(i % 10 == 0 ? 'z' : 'a' + i % 10);
        static_cast<void>(
            callers.try_spawn(call, std::ref(connections), question, std::ref(right)));
    }
    static_cast<void>(co_await callers.join());
    static_cast<void>(co_await connections.drain());
    server.request_stop();
    static_cast<void>(co_await server.join());
    const auto seen = connections.statistics();
    std::printf("%d right; %d of %d connections were closed with an answer under way\n", right,
                int(seen.poisoned), int(seen.opened));
    co_return right + int(seen.poisoned) == 40 && seen.poisoned >= 4 ? 0 : 1;
}

int main() { return weir::run(run_both()); }
