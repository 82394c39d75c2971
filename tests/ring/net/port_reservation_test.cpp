// SPDX-License-Identifier: Apache-2.0
// port_reservation: a port that several acceptors share and nobody else gets.
#include <weir/net/port_reservation.hpp>

#include "streams.hpp"

#include <weir/net/tcp_acceptor.hpp>

#include <boost/test/unit_test.hpp>

using weir::net::endpoint;
using weir::net::port_reservation;
using weir::test::error_of;

BOOST_AUTO_TEST_SUITE(port_reservation_test)

namespace {

weir::task<> listen_twice(endpoint where) {
    weir::net::socket_options options;
    options.reuse_port = true;
    const auto first = weir::net::tcp_acceptor::listen(where, options);
    const auto second = weir::net::tcp_acceptor::listen(where, options);
    BOOST_REQUIRE(first.has_value());
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST(first->local_endpoint().port() == where.port());
    BOOST_TEST(second->local_endpoint().port() == where.port());
    co_return;
}

weir::task<> nobody_answers(endpoint where) {
    const auto socket = co_await weir::net::connect(where);
    BOOST_REQUIRE(!socket.has_value());
    BOOST_TEST((error_of(socket) == std::errc::connection_refused));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_system_chooses_a_port_that_all_shards_can_listen_on, WEIR_LINUX_ONLY) {
    const auto claimed = port_reservation::claim(endpoint::loopback(0));
    BOOST_REQUIRE(claimed.has_value());
    BOOST_TEST(claimed->where().port() != 0);
    weir::run(listen_twice(claimed->where()));
}

BOOST_AUTO_TEST_CASE(a_reservation_alone_takes_no_connections, WEIR_LINUX_ONLY) {
    const auto claimed = port_reservation::claim(endpoint::loopback(0));
    BOOST_REQUIRE(claimed.has_value());
    weir::run(nobody_answers(claimed->where()));
}

BOOST_AUTO_TEST_CASE(a_unix_path_cannot_be_reserved) {
    const auto claimed = port_reservation::claim(*endpoint::unix_socket("/tmp/some.socket"));
    BOOST_REQUIRE(!claimed.has_value());
    BOOST_TEST((error_of(claimed) == std::errc::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()
