// SPDX-License-Identifier: Apache-2.0
// op::connect: one attempt to connect one socket.
#include <weir/io/op/connect.hpp>

#include <weir/base/unique_fd.hpp>
#include <weir/io/run.hpp>
#include <weir/net/endpoint.hpp>
#include <weir/net/port_reservation.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

BOOST_AUTO_TEST_SUITE(op_connect_test)

namespace {

weir::task<weir::result<void>> attempt(int fd, weir::net::endpoint where) {
    co_return co_await weir::op::connect(fd, where.native(), where.native_size());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_listening_peer_is_reached) {
    const auto claimed = weir::net::port_reservation::claim(weir::net::endpoint::loopback(0));
    BOOST_REQUIRE(claimed.has_value());
    const weir::unique_fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(listener.value(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    ::setsockopt(listener.value(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto& where = claimed->where();
    BOOST_REQUIRE(::bind(listener.value(), where.native(), where.native_size()) == 0);
    BOOST_REQUIRE(::listen(listener.value(), 1) == 0);
    const weir::unique_fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    BOOST_TEST(weir::run(attempt(socket.value(), where)).has_value());
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_refuses) {
    const auto claimed = weir::net::port_reservation::claim(weir::net::endpoint::loopback(0));
    BOOST_REQUIRE(claimed.has_value());
    const weir::unique_fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto outcome = weir::run(attempt(socket.value(), claimed->where()));
    BOOST_REQUIRE(!outcome.has_value());
    BOOST_TEST((outcome.error() == std::errc::connection_refused));
}

BOOST_AUTO_TEST_SUITE_END()
