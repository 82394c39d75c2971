// expect: a listener cannot hold up a WebSocket client
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/run.hpp>
#include <weir/ws/client/client.hpp>

weir::task<> listen() {
    weir::ws::client peer{weir::ws::client_setup(*weir::ws::url::parse("ws://127.0.0.1:9/"))};
    const auto slow = peer.listen(1, weir::when_lagging::wait);
    co_return;
}

int main() { weir::run(listen()); }
