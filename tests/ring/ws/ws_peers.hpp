// SPDX-License-Identifier: Apache-2.0
// Test support: both ends of a WebSocket connection, or one end and a plain stream that can say
// what no client of weir would.
#pragma once

#include "../../unit/ws/protocol/frame_script.hpp"
#include "pattern.hpp"
#include "ring_test.hpp"

#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/ws/connection.hpp>
#include <weir/ws/connection_options.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace weir::ws::test {

using namespace std::chrono_literals;
using script::close_payload;
using script::frame;
using script::wire;
using weir::test::error_of;
using weir::test::must;
using weir::test::read_to_end;
using weir::test::read_until;
using weir::test::run_limited;
using weir::test::together;

/// Options without a keep-alive and with short times, so that a broken test ends soon.
inline connection_options quick_options() {
    connection_options options;
    options.limits.max_message_bytes(std::size_t{16} << 20U).max_fragments(65'536);
    options.ping_interval = 0ms;
    options.close_timeout = 200ms;
    return options;
}

inline const connection_options& quick() {
    static const connection_options options = quick_options();
    return options;
}

/// A server's and a client's end, without the opening handshake.
class both_ends {
public:
    explicit both_ends(connection one, connection other) noexcept
        : server(std::move(one)), client(std::move(other)) {}
    connection server;
    connection client;
};

inline task<both_ends> connected(const connection_options& options = quick()) {
    auto pair = co_await weir::test::tcp_streams::connect();
    connection server(std::move(pair.a), role::server, options);
    connection client(std::move(pair.b), role::client, options);
    co_return both_ends(std::move(server), std::move(client));
}

/// A server's end, and the plain stream that it talks to.
class half_wild {
public:
    explicit half_wild(connection tame, net::tcp_socket plain) noexcept
        : server(std::move(tame)), wild(std::move(plain)) {}
    connection server;
    net::tcp_socket wild;
};

inline task<half_wild> with_wild_client(const connection_options& options = quick()) {
    auto pair = co_await weir::test::tcp_streams::connect();
    connection server(std::move(pair.a), role::server, options);
    co_return half_wild(std::move(server), std::move(pair.b));
}

inline task<> send_wild(net::stream_socket& to, std::string data) {
    static_cast<void>(co_await to.send_copy(as_bytes(data)));
}

/// A frame as a server sends it.
inline std::string from_server(unsigned code, std::string_view content) {
    return wire(frame(code, content).unmasked());
}

/// Echoes until the connection ends, then closes it; gives how it ended.
inline task<std::error_code> echo(connection& peer) {
    std::error_code end;
    for (;;) {
        auto message = co_await peer.receive();
        if (!message) {
            end = message.error();
            break;
        }
        const auto sent = co_await peer.send(std::move(*message));
        if (!sent) {
            end = sent.error();
            break;
        }
    }
    static_cast<void>(co_await peer.close());
    co_return end;
}

/// Sends so much through the shared receive buffers that each is filled and given back, unless
/// somebody still holds a part of it: then it is missing in `ring_available`.
inline task<> turn_buffers_over() {
    auto pair = co_await weir::test::tcp_streams::connect();
    const std::string some(4000, 'x');
    for (int i = 0; i < 300; ++i) {
        co_await send_wild(pair.a, some);
        static_cast<void>(co_await read_until(pair.b, some.size()));
    }
}

}  // namespace weir::ws::test
