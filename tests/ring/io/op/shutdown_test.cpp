// SPDX-License-Identifier: Apache-2.0
// op::shutdown: the end of one direction.
#include <weir/io/op/shutdown.hpp>

#include <weir/base/unique_fd.hpp>
#include <weir/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

BOOST_AUTO_TEST_SUITE(op_shutdown_test)

namespace {

weir::task<weir::result<void>> shut_down(int fd) {
    co_return co_await weir::op::shutdown(fd, SHUT_WR);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_peer_reads_the_end_of_the_stream) {
    int pair[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    const weir::unique_fd ours(pair[0]);
    const weir::unique_fd theirs(pair[1]);
    BOOST_TEST(weir::run(shut_down(ours.value())).has_value());
    char byte = 0;
    BOOST_TEST(::recv(theirs.value(), &byte, 1, 0) == 0);
}

BOOST_AUTO_TEST_CASE(a_socket_that_is_not_connected_says_so) {
    const weir::unique_fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto outcome = weir::run(shut_down(socket.value()));
    BOOST_REQUIRE(!outcome.has_value());
    BOOST_TEST((outcome.error() == std::errc::not_connected));
}

BOOST_AUTO_TEST_SUITE_END()
