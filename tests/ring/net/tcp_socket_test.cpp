// SPDX-License-Identifier: Apache-2.0
// Connecting: refusals, silence, stops; none of them leaves a descriptor behind.
#include "blackhole.hpp"
#include "fd_count.hpp"
#include "stream_conformance.hpp"

#include <weir/net/tcp_socket.hpp>

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using weir::net::endpoint;
using weir::test::error_of;
using weir::test::must;

BOOST_AUTO_TEST_SUITE(tcp_socket_test)

namespace {

weir::task<> refused() {
    endpoint where;
    {
        const auto acceptor = weir::test::listen_on_loopback();
        where = acceptor.local_endpoint();
    }
    co_await weir::test::turns(3);
    const std::size_t descriptors = weir::test::fd_count();
    const auto socket = co_await weir::net::connect(where);
    BOOST_REQUIRE(!socket);
    BOOST_TEST((error_of(socket) == std::errc::connection_refused));
    BOOST_TEST(weir::test::fd_count() == descriptors);
}

weir::task<> silent_peer() {
    const weir::test::blackhole hole;
    const std::size_t descriptors = weir::test::fd_count();
    auto connecting = weir::with_timeout(30ms, weir::net::connect(hole.where()));
    const auto socket = co_await connecting;
    BOOST_REQUIRE(!socket);
    BOOST_TEST((error_of(socket) == std::errc::timed_out));
    BOOST_TEST(weir::test::fd_count() == descriptors);
}

weir::task<> stopped_before() {
    const auto acceptor = weir::test::listen_on_loopback();
    weir::stop_source stop;
    stop.request_stop();
    const std::size_t descriptors = weir::test::fd_count();
    auto connecting = weir::with_stop(stop, weir::net::connect(acceptor.local_endpoint()));
    const auto socket = co_await connecting;
    BOOST_REQUIRE(!socket);
    BOOST_TEST((error_of(socket) == std::errc::operation_canceled));
    BOOST_TEST(weir::test::fd_count() == descriptors);
}

weir::task<> from_an_address() {
    weir::net::tcp_acceptor acceptor = weir::test::listen_on_loopback();
    const endpoint from = must(endpoint::ip("127.0.0.9", 0));
    auto client = must(co_await weir::net::connect_from(from, acceptor.local_endpoint()));
    auto server = must(co_await acceptor.accept());
    BOOST_TEST(must(server.peer_endpoint()).address() == "127.0.0.9");
    const auto foreign = must(endpoint::ip("203.0.113.1", 0));
    const auto failed = co_await weir::net::connect_from(foreign, acceptor.local_endpoint());
    BOOST_REQUIRE(!failed);
    BOOST_TEST((error_of(failed) == std::errc::address_not_available));
}

weir::task<> nowhere() {
    const auto socket = co_await weir::net::connect(endpoint());
    BOOST_REQUIRE(!socket);
    BOOST_TEST((error_of(socket) == std::errc::invalid_argument));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_refused_connection_is_an_error) { weir::test::on_reactor(refused); }

BOOST_AUTO_TEST_CASE(a_deadline_ends_connecting_to_a_silent_peer, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(silent_peer);
}

BOOST_AUTO_TEST_CASE(a_stop_before_the_call_opens_nothing) {
    weir::test::on_reactor(stopped_before);
}

BOOST_AUTO_TEST_CASE(the_local_address_can_be_chosen) { weir::test::on_reactor(from_an_address); }

BOOST_AUTO_TEST_CASE(an_endpoint_without_an_address_is_an_invalid_argument) {
    weir::test::on_reactor(nowhere);
}

BOOST_AUTO_TEST_SUITE_END()
