// SPDX-License-Identifier: Apache-2.0
// send_queue: how what was queued leaves.
#include "net/send_queue.hpp"

#include "stream_conformance.hpp"

#include <weir/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(send_queue_test)

namespace {

weir::task<> many_pieces() {
    auto pair = co_await weir::test::raw_peer();
    std::string expected;
    const std::string large(1000, 'L');
    // More pieces than one send can gather, small and large in turn.
    for (int i = 0; i < 200; ++i) {
        const std::string small = std::to_string(i) + ",";
        BOOST_REQUIRE((co_await pair.ours.send_copy(weir::as_bytes(small))).has_value());
        const weir::send_buffer shared(weir::as_bytes(large));
        BOOST_REQUIRE((co_await pair.ours.send(shared)).has_value());
        expected += small + large;
    }
    co_await weir::test::turns(20);
    BOOST_TEST(weir::test::raw_read(pair.theirs.value(), expected.size()) == expected);
    static_cast<void>(co_await pair.ours.close());
}

weir::task<> nothing_left() {
    auto pair = co_await weir::test::raw_peer();
    auto& sender = pair.ours.core().sender();
    BOOST_TEST(sender.is_idle());
    BOOST_REQUIRE((co_await pair.ours.send_copy(weir::as_bytes("hello"))).has_value());
    BOOST_TEST(sender.queued_bytes() == 5U);
    const auto ticket = sender.queued_through();
    co_await weir::test::turns(3);
    BOOST_TEST(sender.is_idle());
    BOOST_TEST(sender.sent_through(ticket));
    BOOST_TEST(weir::test::raw_read(pair.theirs.value(), 5) == "hello");
    static_cast<void>(co_await pair.ours.close());
}

}  // namespace

BOOST_AUTO_TEST_CASE(more_pieces_than_one_send_gathers_arrive_whole_and_in_order, WEIR_LINUX_ONLY) {
    weir::run(many_pieces());
}

BOOST_AUTO_TEST_CASE(a_queue_that_has_run_empty_leaves_only_its_count_behind, WEIR_LINUX_ONLY) {
    weir::run(nothing_left());
}

BOOST_AUTO_TEST_SUITE_END()
