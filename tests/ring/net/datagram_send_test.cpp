// SPDX-License-Identifier: Apache-2.0
// The request that sends one datagram: what it borrows, and what more requests at once than the
// submission queue holds do to it.
#include "stream_conformance.hpp"

#include <weir/net/detail/datagram_send.hpp>
#include <weir/net/udp_socket.hpp>
#include <weir/sync/task_group.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using weir::net::endpoint;
using weir::net::udp_options;
using weir::net::udp_socket;
using weir::test::error_of;
using weir::test::must;

BOOST_AUTO_TEST_SUITE(datagram_send_test)

namespace {

weir::task<> send_number(udp_socket* from, endpoint to, std::size_t number) {
    const std::string text = std::to_string(number);
    const auto sent = co_await from->send_to(weir::as_bytes(text), to);
    BOOST_TEST(must(sent) == text.size());
}

weir::task<> many_at_once() {
    constexpr std::size_t count = 500;
    udp_options options;
    options.max_queued_datagrams = count;
    udp_socket a = must(udp_socket::bind(endpoint::loopback(0)));
    udp_socket b = must(udp_socket::bind(endpoint::loopback(0), options));
    weir::task_group group(co_await weir::this_task(), count);
    for (std::size_t i = 0; i < count; ++i) {
        auto started = group.spawn(send_number, &a, b.local_endpoint(), i);
        weir::test::must(co_await started);
    }
    weir::test::expect_success(co_await group.join());
    std::set<std::string> arrived;
    while (arrived.size() < 100) {
        const auto next = co_await weir::with_timeout(std::chrono::seconds(2), b.receive());
        BOOST_REQUIRE(next.has_value());
        BOOST_TEST(arrived.emplace(weir::as_text(next->data.data())).second);
    }
}

weir::task<> stopped_before() {
    udp_socket a = must(udp_socket::bind(endpoint::loopback(0)));
    weir::stop_source stop;
    stop.request_stop();
    const auto sent =
        co_await weir::with_stop(stop, a.send_to(weir::as_bytes("x"), a.local_endpoint()));
    BOOST_REQUIRE(!sent);
    BOOST_TEST((error_of(sent) == std::errc::operation_canceled));
}

}  // namespace

BOOST_AUTO_TEST_CASE(more_sends_at_once_than_the_queue_holds_send_the_right_bytes) {
    weir::reactor_options options;
    options.sq_entries = 64;
    options.cq_entries = 128;
    weir::test::on_reactor(many_at_once, options);
}
BOOST_AUTO_TEST_CASE(a_stop_before_the_call_sends_nothing) {
    weir::test::on_reactor(stopped_before);
}

BOOST_AUTO_TEST_SUITE_END()
