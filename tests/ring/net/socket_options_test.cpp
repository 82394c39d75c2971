// SPDX-License-Identifier: Apache-2.0
// Options reach the socket, on both sides, without a system call per accepted connection.
#include "stream_conformance.hpp"

#include <weir/net/socket_options.hpp>

#include <boost/test/unit_test.hpp>

#include <netinet/tcp.h>

using namespace std::chrono_literals;
using weir::net::socket_options;
using weir::test::error_of;
using weir::test::must;

BOOST_AUTO_TEST_SUITE(socket_options_test)

namespace {

int option(const weir::net::tcp_socket& of, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(of.native_handle(), level, name, &value, &size);
    return value;
}

weir::task<> defaults() {
    auto pair = co_await weir::test::tcp_streams::connect();
    for (const auto* each : {&pair.a, &pair.b}) {
        BOOST_TEST(option(*each, IPPROTO_TCP, TCP_NODELAY) != 0);
        BOOST_TEST(option(*each, SOL_SOCKET, SO_KEEPALIVE) != 0);
        BOOST_TEST(option(*each, IPPROTO_TCP, TCP_KEEPIDLE) == 30);
        BOOST_TEST(option(*each, IPPROTO_TCP, TCP_KEEPINTVL) == 10);
        BOOST_TEST(option(*each, IPPROTO_TCP, TCP_KEEPCNT) == 3);
    }
}

weir::task<> chosen() {
    socket_options options;
    options.nodelay = false;
    options.keepalive.reset();
    options.user_timeout = 1234ms;
    options.receive_buffer_bytes = 8192;
    options.send_buffer_bytes = 16384;
    auto pair = co_await weir::test::tcp_streams::connect(options);
    for (const auto* each : {&pair.a, &pair.b}) {
        BOOST_TEST(option(*each, IPPROTO_TCP, TCP_NODELAY) == 0);
        BOOST_TEST(option(*each, SOL_SOCKET, SO_KEEPALIVE) == 0);
        BOOST_TEST(option(*each, IPPROTO_TCP, TCP_USER_TIMEOUT) == 1234);
        // The kernel doubles both for its own book-keeping (socket(7)).
        BOOST_TEST(option(*each, SOL_SOCKET, SO_RCVBUF) == 2 * 8192);
        BOOST_TEST(option(*each, SOL_SOCKET, SO_SNDBUF) == 2 * 16384);
    }
}

weir::task<> refused_option() {
    socket_options options;
    options.congestion_control = "no_such_algorithm";
    const auto acceptor =
        weir::net::tcp_acceptor::listen(weir::net::endpoint::loopback(0), options);
    BOOST_REQUIRE(!acceptor);
    BOOST_TEST((error_of(acceptor) == std::errc::no_such_file_or_directory));
    const auto listening = weir::test::listen_on_loopback();
    const auto socket = co_await weir::net::connect(listening.local_endpoint(), options);
    BOOST_TEST(!socket.has_value());
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_defaults_suit_small_messages_and_dying_peers, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(defaults);
}

BOOST_AUTO_TEST_CASE(chosen_options_reach_both_ends, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(chosen);
}

BOOST_AUTO_TEST_CASE(an_option_that_the_kernel_refuses_is_an_error, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(refused_option);
}

BOOST_AUTO_TEST_SUITE_END()
