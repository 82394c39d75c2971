// expect: a WebSocket client is run twice at once
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/when_all.hpp>
#include <weir/io/run.hpp>
#include <weir/ws/client/client.hpp>

weir::task<> run_twice() {
    weir::ws::client peer{weir::ws::client_setup(*weir::ws::url::parse("ws://127.0.0.1:9/"))};
    auto both = weir::when_all(peer.run(), peer.run());
    static_cast<void>(co_await both);
}

int main() { weir::run(run_twice()); }
