// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/routing/values.hpp>

namespace weir::ws::detail {

task<result<void>> send_encoded(connection& peer, message_kind kind, std::string payload) {
    co_return co_await peer.send(kind, as_bytes(payload));
}

}  // namespace weir::ws::detail
