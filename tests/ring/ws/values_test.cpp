// SPDX-License-Identifier: Apache-2.0
// Connections that say and hear values.
#include <weir/ws/routing/values.hpp>

#include "reading_codec.hpp"
#include "ws_peers.hpp"

using namespace weir::ws::test;
using weir::test::question;
using weir::test::reading;
using weir::ws::receive_value;
using weir::ws::routing_errc;
using weir::ws::send_value;

BOOST_AUTO_TEST_SUITE(values_test)

RING_TEST(a_value_arrives_as_it_was_sent) {
    both_ends ends = co_await connected();
    const auto asked = co_await send_value(ends.client, question("roof"));
    BOOST_TEST(asked.has_value());
    const auto heard = co_await receive_value<question>(ends.server);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->sensor == "roof");
    const auto answered = co_await send_value(ends.server, reading(1, -20));
    BOOST_TEST(answered.has_value());
    const auto answer = co_await receive_value<reading>(ends.client);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST((*answer == reading(1, -20)));
}

RING_TEST(a_message_that_is_no_such_value_is_an_error_and_the_next_is_read) {
    both_ends ends = co_await connected();
    const auto wrong = co_await send_value(ends.client, reading(1, 20));
    BOOST_TEST(wrong.has_value());
    const auto right = co_await send_value(ends.client, question("roof"));
    BOOST_TEST(right.has_value());
    const auto first = co_await receive_value<question>(ends.server);
    BOOST_TEST((error_of(first) == routing_errc::other_kind));
    const auto second = co_await receive_value<question>(ends.server);
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST(second->sensor == "roof");
}

RING_TEST(the_end_of_a_connection_is_the_end_of_its_values) {
    both_ends ends = co_await connected();
    ends.client.start_close(weir::ws::close_code::normal);
    const auto none = co_await receive_value<question>(ends.server);
    BOOST_TEST((error_of(none) == weir::ws::connection_errc::closed));
    const auto late = co_await send_value(ends.server, reading(1, 20));
    BOOST_TEST((error_of(late) == weir::ws::connection_errc::closed));
}

BOOST_AUTO_TEST_SUITE_END()
