// SPDX-License-Identifier: Apache-2.0
// A steady stream of echoed messages takes nothing from the heap, on the thread of the server.
#include "ws_peers.hpp"

#include "allocation_count.hpp"

#include <sys/socket.h>

#include <thread>

using namespace weir::ws::test;
using weir::ws::connection;

BOOST_AUTO_TEST_SUITE(allocation_test)

namespace {

constexpr int warm_up = 200;
constexpr int measured = 2000;

weir::task<> serve(int fd, std::uint64_t& taken) {
    connection peer(weir::net::stream_socket(fd), weir::ws::role::server, quick());
    for (int i = 0; i < warm_up; ++i) {
        auto message = co_await peer.receive();
        static_cast<void>(co_await peer.send(std::move(*message)));
    }
    const weir::test::allocation_count count;
    for (int i = 0; i < measured; ++i) {
        auto message = co_await peer.receive();
        static_cast<void>(co_await peer.send(std::move(*message)));
    }
    taken = count.value();
    static_cast<void>(co_await peer.close());
}

weir::task<> ask(int fd, std::size_t size) {
    connection peer(weir::net::stream_socket(fd), weir::ws::role::client, quick());
    const std::string text(size, 'a');
    for (int i = 0; i < warm_up + measured; ++i) {
        static_cast<void>(co_await peer.send_text(text));
        const auto answer = co_await peer.receive();
        BOOST_REQUIRE(answer.has_value());
    }
    static_cast<void>(co_await peer.receive());
}

/// Over TCP, whose buffers grow with the need; a unix socket's would be full at 208 KiB.
void connect_over_tcp(int (&ends)[2]) {
    const weir::unique_fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    weir::net::endpoint where = weir::net::endpoint::loopback(0);
    BOOST_REQUIRE(::bind(listener.value(), where.native(), where.native_size()) == 0);
    BOOST_REQUIRE(::listen(listener.value(), 1) == 0);
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    ::getsockname(listener.value(), reinterpret_cast<sockaddr*>(&bound), &size);
    ends[0] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BOOST_REQUIRE(::connect(ends[0], reinterpret_cast<sockaddr*>(&bound), size) == 0);
    ends[1] = ::accept4(listener.value(), nullptr, nullptr, SOCK_CLOEXEC);
    BOOST_REQUIRE(ends[1] >= 0);
}

std::uint64_t allocations_of_the_server(std::size_t size) {
    int ends[2];
    connect_over_tcp(ends);
    std::uint64_t taken = 0;
    std::thread server([&] { weir::run(serve(ends[0], taken)); });
    weir::run(ask(ends[1], size));
    server.join();
    return taken;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_steady_echo_allocates_nothing, WEIR_LINUX_ONLY) {
    if (!weir::test::allocations_are_counted()) return;
    for (const std::size_t size : {0U, 20U, 125U, 1024U, 4096U, 16'384U, 65'536U, 262'144U}) {
        const std::uint64_t taken = allocations_of_the_server(size);
        BOOST_TEST(taken == 0U,
                   taken << " allocations for " << measured << " messages of " << size << " bytes");
    }
}

BOOST_AUTO_TEST_SUITE_END()
