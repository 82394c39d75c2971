// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/client_state.hpp>

namespace weir::ws {

std::string_view name_of(client_state state) noexcept {
    switch (state) {
        case client_state::initialized:
            return "initialized";
        case client_state::connecting:
            return "connecting";
        case client_state::connected:
            return "connected";
        case client_state::websocket_connected:
            return "websocket_connected";
        case client_state::ready:
            return "ready";
        case client_state::closing:
            return "closing";
        case client_state::disconnected:
            return "disconnected";
        case client_state::reconnecting:
            return "reconnecting";
        case client_state::error:
            return "error";
        case client_state::closed:
            return "closed";
    }
    return "unknown";
}

}  // namespace weir::ws
