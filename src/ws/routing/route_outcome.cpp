// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/routing/route_outcome.hpp>

#include <weir/base/bytes.hpp>
#include <weir/ws/connection.hpp>

namespace weir::ws {

task<result<void>> reply_to(connection& peer, route_outcome outcome) {
    if (!outcome.has_answer()) co_return result<void>();
    if (outcome.constant() != nullptr) co_return co_await peer.send(*outcome.constant());
    co_return co_await peer.send(outcome.kind(), as_bytes(outcome.payload()));
}

}  // namespace weir::ws
