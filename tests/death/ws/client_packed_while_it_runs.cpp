// expect: a WebSocket client was packed while it runs
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/when_all.hpp>
#include <weir/io/run.hpp>
#include <weir/ws/client/client.hpp>

weir::task<> pack(weir::ws::client& peer) {
    const auto parcel = peer.pack();
    co_return;
}

weir::task<> run_and_pack() {
    weir::ws::client peer{weir::ws::client_setup(*weir::ws::url::parse("ws://127.0.0.1:9/"))};
    auto both = weir::when_all(peer.run(), pack(peer));
    static_cast<void>(co_await both);
}

int main() { weir::run(run_and_pack()); }
