// SPDX-License-Identifier: Apache-2.0
// What can go wrong with a client that outlives its connections, as error codes of its own
// category.
#pragma once

#include <cstdint>
#include <system_error>

namespace weir::ws {

/// Errors of a client, of what was asked of it, and those that its hooks may give.
enum class client_errc : std::uint8_t {
    connection_lost = 1,     ///< the request was sent, and its connection broke before a reply
    closed,                  ///< the client was closed
    gave_up,                 ///< no further connection is tried; `run` has said why
    message_dropped,         ///< it left the queue unsent: by the queue's policy, or at a break
    duplicate_id,            ///< a request of that id waits, or its late reply still may come
    authentication_refused,  ///< for hooks: the peer said no, and would say so again
    subscription_refused,    ///< for hooks: the peer said no to this channel
    subscription_pending,    ///< another subscription to the channel is not decided yet
    too_many_subscriptions,  ///< there are as many as the options allow
    heartbeat_timeout,       ///< nobody answered a ping or heartbeat in time
    reconnect_asked,         ///< a layer wanted another connection
    malformed_state,         ///< what was imported had not been exported
};

/// The category of client_errc.
[[nodiscard]] const std::error_category& client_category() noexcept;
/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(client_errc error) noexcept {
    return {static_cast<int>(error), client_category()};
}

}  // namespace weir::ws

template <>
struct std::is_error_code_enum<weir::ws::client_errc> : std::true_type {};
