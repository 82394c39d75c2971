// SPDX-License-Identifier: Apache-2.0
// The example of README.md, to the letter: a TCP echo server on one shard.
#include <weir/weir.hpp>

weir::task<> echo(weir::net::tcp_socket socket) {
    for (;;) {
        auto chunk = co_await socket.receive();   // a lease on received bytes: no copy
        if (!chunk || chunk->empty()) co_return;  // an error, or the peer has finished
        if (!co_await socket.send(std::move(*chunk))) co_return;
    }
}

weir::task<weir::result<void>> serve() {
    auto acceptor = weir::ok(weir::net::tcp_acceptor::listen(weir::net::endpoint::loopback(7000)));
    weir::task_group connections(co_await weir::this_task(), 10'000);  // at most 10,000 at once
    while (auto socket = co_await acceptor.accept()) {
        auto started = connections.spawn(echo, std::move(*socket));
        if (!co_await started) break;  // waits while 10,000 are in flight
    }
    co_return co_await connections.join();  // nothing outlives its group
}

int main() { return weir::run(serve()) ? 0 : 1; }
