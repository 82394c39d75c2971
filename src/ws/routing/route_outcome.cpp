// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/routing/route_outcome.hpp>

#include <weir/base/bytes.hpp>
#include <weir/ws/connection.hpp>

namespace weir::ws {

task<result<void>> reply_to(connection& peer, route_outcome outcome) {
    result<void> sent;
    if (outcome.constant() != nullptr) {
        sent = co_await peer.send(*outcome.constant());
    } else if (outcome.has_payload()) {
        sent = co_await peer.send(outcome.kind(), as_bytes(outcome.payload()));
    }
    for (const auto& each : outcome.further()) {
        if (!sent) break;
        sent = co_await peer.send(each.kind, as_bytes(each.payload));
    }
    if (sent && outcome.result() == route_result::close) {
        peer.start_close(outcome.code(), outcome.reason());
    }
    co_return sent;
}

}  // namespace weir::ws
