// SPDX-License-Identifier: Apache-2.0
// Test support: both ends of a WebSocket connection, or one end and a plain stream that can say
// what no client of weir would.
#pragma once

#include "../../unit/ws/frame_script.hpp"
#include "pattern.hpp"
#include "streams.hpp"

#include <weir/coro/when_all.hpp>
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

/// Everything that comes until `size` bytes are there or the stream ends.
inline task<std::string> read_until(net::stream_socket& from, std::size_t size) {
    std::string all;
    while (all.size() < size) {
        const auto chunk = co_await from.receive();
        if (!chunk || chunk->empty()) break;
        all += as_text(chunk->data());
    }
    co_return all;
}
inline task<std::string> read_to_end(net::stream_socket& from) {
    co_return co_await read_until(from, SIZE_MAX);
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

/// Runs tasks at once until all have ended; what they give is theirs to check.
template <class... Tasks>
task<> together(Tasks... tasks) {
    static_cast<void>(co_await when_all(std::move(tasks)...));
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

/// Runs one test body on a fresh reactor; a body that hangs is stopped and fails. Over the
/// simulated kernel a hang shows without a time limit.
template <class Body>
void run_limited(Body&& body) {
    if (weir::test::is_simulated())
        return weir::test::run_simulated([&] { return task<>(body()); });
    auto main = [](task<> inner) -> task<> {
        const auto ended = co_await with_timeout(60s, std::move(inner));
        BOOST_TEST(ended.has_value(), "the test waits for ever");
    };
    run(main(body()));
}

}  // namespace weir::ws::test

/// A Boost.Test case whose body is a coroutine on a real reactor.
#define RING_TEST(name)                                                        \
    static ::weir::task<> name##_body();                                       \
    BOOST_AUTO_TEST_CASE(name) { ::weir::ws::test::run_limited(name##_body); } \
    static ::weir::task<> name##_body()
