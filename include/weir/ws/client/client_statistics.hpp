// SPDX-License-Identifier: Apache-2.0
// client_statistics: what a client has counted since it was made.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir::ws {

/// A snapshot; everything counts up, but for the last round trip.
class client_statistics {
public:
    client_statistics() noexcept = default;

    std::uint64_t attempts = 0;       ///< to connect
    std::uint64_t connections = 0;    ///< that became WebSocket connections
    std::uint64_t messages_sent = 0;  ///< handed to a connection
    std::uint64_t bytes_sent = 0;     ///< of their payloads
    std::uint64_t messages_received = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t messages_dropped = 0;     ///< that left the outbox unsent
    std::uint64_t messages_unread = 0;      ///< that left the inbox unread
    std::uint64_t replies = 0;              ///< that found their requests
    std::uint64_t late_replies = 0;         ///< whose requests had been given up; dropped
    std::uint64_t requests_lost = 0;        ///< whose connections broke
    std::chrono::nanoseconds round_trip{};  ///< of the last ping that was answered; 0 = none was
};

}  // namespace weir::ws
