// SPDX-License-Identifier: Apache-2.0
// server_settings: the command line of the event server.
#pragma once

#include <weir/net/port_reservation.hpp>
#include <weir/pubsub/rooms_options.hpp>

#include <chrono>
#include <cstddef>
#include <string>

/// How the server runs; a value, the same for all shards.
class server_settings {
public:
    /// Parses the command line; ends the process on `--help` or an error.
    server_settings(int argc, char** argv);

    /// Claims the port; ends the process when it cannot.
    [[nodiscard]] weir::net::port_reservation claim() const;

    static constexpr std::size_t max_message_bytes = std::size_t{64} << 10U;
    static constexpr std::size_t max_room_bytes = 128;
    static constexpr std::size_t max_rooms_a_connection = 100;
    /// How long a request may take to arrive, and a kept-alive connection may be silent.
    static constexpr std::chrono::seconds request_timeout{10};

    std::string where = "127.0.0.1:0";
    unsigned shards = 1;
    std::size_t max_connections = 100'000;
    weir::pubsub::rooms_options rooms;
    std::chrono::seconds drain{10};
    bool announces = true;  ///< says on stdout where it listens
};
