// SPDX-License-Identifier: Apache-2.0
// client_state, client_lifecycle: where a client stands, and the only ways from there.
//
//   initialized --> connecting --> connected --> websocket_connected --> ready
//        |          ^  ^    |          |                 |    |           |  |
//        |          |  |    +----------+--- lost --------+    +--closing--+  |
//        |          |  |    v          v                 v         |         v
//        |          |  +--disconnected <------------------<--------+<--------+
//        |          |     |    |    |
//        |   reconnecting<+    |    +--> error --> connecting, closed
//        +---------------------+-------> closed
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::ws {

/// Where a client stands.
enum class client_state : std::uint8_t {
    initialized,          ///< nobody has run it yet
    connecting,           ///< the name is looked up, a TCP connection is made
    connected,            ///< over TCP; the handshakes of TLS and WebSocket follow
    websocket_connected,  ///< it authenticates, and subscribes again to what it had
    ready,                ///< what is sent leaves
    closing,              ///< what is queued leaves, then a close frame
    disconnected,         ///< the connection has ended; what follows is not decided
    reconnecting,         ///< it waits before the next attempt
    error,                ///< it has given up; it may be run again
    closed,               ///< for good
};

/// How many states there are.
inline constexpr std::size_t client_state_count = 10;

/// Its name, as in a log.
[[nodiscard]] std::string_view name_of(client_state state) noexcept;

namespace detail {

using state_set = std::uint16_t;

template <class... States>
[[nodiscard]] constexpr state_set states(States... each) noexcept {
    return static_cast<state_set>((0U | ... | (1U << static_cast<unsigned>(each))));
}

/// Which states may follow, by the state that they follow.
inline constexpr std::array<state_set, client_state_count> followers = [] {
    using enum client_state;
    std::array<state_set, client_state_count> table{};
    const auto from = [&table](client_state state) -> state_set& {
        return table[static_cast<std::size_t>(state)];
    };
    from(initialized) = states(connecting, closed);
    from(connecting) = states(connected, disconnected);
    from(connected) = states(websocket_connected, disconnected);
    from(websocket_connected) = states(ready, closing, disconnected);
    from(ready) = states(closing, disconnected);
    from(closing) = states(disconnected);
    from(disconnected) = states(connecting, reconnecting, error, closed);
    from(reconnecting) = states(connecting, disconnected);
    from(error) = states(connecting, closed);
    from(closed) = states();
    return table;
}();

}  // namespace detail

/// Whether `next` may follow directly on `now`.
[[nodiscard]] constexpr bool may_follow(client_state now, client_state next) noexcept {
    return (detail::followers[static_cast<std::size_t>(now)] & detail::states(next)) != 0;
}

/// The state of one client, which refuses what may not follow. A value; no clock, no I/O.
class client_lifecycle {
public:
    client_lifecycle() noexcept = default;

    [[nodiscard]] client_state state() const noexcept { return state_; }
    /// Goes on to `next`; stays, and returns false, where that may not follow.
    [[nodiscard]] bool enter(client_state next) noexcept {
        if (!may_follow(state_, next)) return false;
        state_ = next;
        return true;
    }
    /// Whether there is an open WebSocket connection.
    [[nodiscard]] bool is_open() const noexcept {
        return state_ == client_state::websocket_connected || state_ == client_state::ready ||
               state_ == client_state::closing;
    }
    /// Whether no connection is there or will be made by itself.
    [[nodiscard]] bool is_over() const noexcept {
        return state_ == client_state::error || state_ == client_state::closed;
    }

private:
    client_state state_ = client_state::initialized;
};

}  // namespace weir::ws
