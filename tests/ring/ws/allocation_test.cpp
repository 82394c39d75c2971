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

std::uint64_t allocations_of_the_server(std::size_t size) {
    int ends[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    std::uint64_t taken = 0;
    std::thread server([&] { weir::run(serve(ends[0], taken)); });
    weir::run(ask(ends[1], size));
    server.join();
    return taken;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_steady_echo_allocates_nothing) {
    if (!weir::test::allocations_are_counted()) return;
    for (const std::size_t size : {0U, 20U, 125U, 1024U, 4096U, 16'384U, 65'536U, 262'144U}) {
        const std::uint64_t taken = allocations_of_the_server(size);
        BOOST_TEST(taken == 0U,
                   taken << " allocations for " << measured << " messages of " << size << " bytes");
    }
}

BOOST_AUTO_TEST_SUITE_END()
