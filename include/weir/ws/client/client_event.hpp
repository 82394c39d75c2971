// SPDX-License-Identifier: Apache-2.0
// client_event: what happens to a client, as its listeners are told.
#pragma once

#include <weir/ws/client/client_state.hpp>
#include <weir/ws/client/error_policy.hpp>
#include <weir/ws/client/subscription_set.hpp>
#include <weir/ws/message.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace weir::ws {

/// It has gone from one state to another.
class state_changed {
public:
    explicit state_changed(client_state before, client_state after) noexcept
        : from(before), to(after) {}
    client_state from;
    client_state to;
};

/// A connection, or an attempt to make one, has ended.
class connection_down {
public:
    explicit connection_down(std::uint64_t which, failure reason, decision then) noexcept
        : epoch(which), why(std::move(reason)), next(then) {}
    std::uint64_t epoch;  ///< of the connection, or of the last one before the attempt
    failure why;
    decision next;
    std::size_t requests_lost = 0;  ///< sent, and not answered
    std::size_t unsent_bytes = 0;   ///< handed to the connection, and still there when it ended
};

/// A connection is ready: authenticated, and subscribed to what there was before.
class connection_ready {
public:
    explicit connection_ready(std::uint64_t which) noexcept : epoch(which) {}
    /// Whether there was one before.
    [[nodiscard]] bool is_reconnection() const noexcept { return epoch > 1; }
    std::uint64_t epoch;
};

/// A message has come that answers nothing.
class message_arrived {
public:
    explicit message_arrived(std::uint64_t over, message arrived) noexcept
        : epoch(over), what(std::move(arrived)) {}
    std::uint64_t epoch;
    message what;
};

/// Messages left the outbox unsent.
class messages_dropped {
public:
    explicit messages_dropped(std::size_t how_many) noexcept : count(how_many) {}
    std::size_t count;
};

/// A subscription has another status.
class subscription_changed {
public:
    explicit subscription_changed(std::string which, subscription_status now,
                                  std::error_code reason = {}) noexcept
        : channel(std::move(which)), status(now), why(reason) {}
    std::string channel;
    subscription_status status;
    std::error_code why;  ///< of `failed` and `expired`
};

/// An error of one message, reported by a layer; the connection stays.
class message_failed {
public:
    explicit message_failed(std::error_code reason) noexcept : why(reason) {}
    std::error_code why;
};

/// What a listener gets; `std::visit` it.
using client_event = std::variant<state_changed, connection_down, connection_ready, message_arrived,
                                  messages_dropped, subscription_changed, message_failed>;

}  // namespace weir::ws
