// SPDX-License-Identifier: Apache-2.0
// What a TLS connection that waits costs in user space: no buffers, and on a server no OpenSSL.
#include "tls_streams.hpp"

#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <vector>

BOOST_AUTO_TEST_SUITE(idle_memory_test)

namespace {

// After the handshake a server's end is protected by a record_engine; OpenSSL is gone.
constexpr std::size_t max_bytes_of_server = 1024;
// Of a client OpenSSL 3.0 takes 13.8 KiB: 7.6 for the connection itself, the rest for keys and
// session. It keeps the server's certificate besides, and a buffer of 16 KiB since the tickets
// came.
constexpr std::size_t max_bytes_of_client = 40 * 1024;

std::size_t heap_in_use() {
    const auto state = ::mallinfo2();
    return state.uordblks + state.hblkhd;
}

/// Says something both ways, so that every buffer was needed once.
weir::task<> say_something(weir::net::tcp_socket& from, weir::net::tcp_socket& to) {
    weir::test::expect_success(co_await from.send_copy(weir::as_bytes("a word")));
    auto piece = co_await to.receive();
    weir::test::expect_size(weir::test::must(std::move(piece)), 6);
}

weir::task<> idle_connections_are_small() {
    constexpr std::size_t count = 200;
    const auto server = weir::test::must_serve(weir::test::serving_options());
    const auto client = weir::test::must_trust(weir::test::trusting_options());
    std::vector<weir::net::tcp_socket> clients;
    std::vector<weir::net::tcp_socket> servers;
    clients.reserve(count);
    servers.reserve(count);
    std::size_t before = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (i == count / 2) before = heap_in_use();  // the first pay for what is shared
        auto both = co_await weir::test::shake_hands(client, server);
        weir::test::must(std::move(both.client));
        weir::test::must(std::move(both.server));
        clients.push_back(std::move(both.sockets.a));
        servers.push_back(std::move(both.sockets.b));
        co_await say_something(clients.back(), servers.back());
        co_await say_something(servers.back(), clients.back());
    }
    const std::size_t with_both = heap_in_use();
    // Only the clients: the difference is theirs.
    for (std::size_t i = count / 2; i < count; ++i) {
        const auto closed = co_await clients[i].close();
        weir::test::expect_success(closed);
    }
    const std::size_t with_servers = heap_in_use();
    const std::size_t of_server = (with_servers - before) / (count / 2);
    const std::size_t of_client = (with_both - with_servers) / (count / 2);
    BOOST_TEST_MESSAGE("bytes of a connection: server " << of_server << ", client " << of_client);
    BOOST_TEST(of_server <= max_bytes_of_server);
    BOOST_TEST(of_client <= max_bytes_of_client);
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_idle_connection_has_given_its_buffers_back, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(idle_connections_are_small);
}

BOOST_AUTO_TEST_SUITE_END()
