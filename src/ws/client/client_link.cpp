// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/client_link.hpp>

#include "client_core.hpp"

#include <utility>

namespace weir::ws {

task<result<void>> client_link::send(outgoing what) {
    return core_->send_express(epoch_, std::move(what));
}
task<result<message>> client_link::request(outgoing what, correlation reply) {
    return core_->request_express(epoch_, std::move(what), std::move(reply));
}
task<result<std::chrono::nanoseconds>> client_link::ping() { return core_->ping(epoch_); }
bool client_link::is_alive() const noexcept { return core_->is_alive(epoch_); }

}  // namespace weir::ws
