// SPDX-License-Identifier: Apache-2.0
// rooms on one shard: who gets what, how often, in which order, and what happens to the slow.
#include <weir/pubsub/rooms.hpp>

#include "co_test.hpp"
#include "metric_text.hpp"
#include "recording_member.hpp"

#include <weir/io/sleep.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(rooms_test)

namespace {

using namespace std::chrono_literals;
using weir::pubsub::rooms_options;
using weir::pubsub::slow_policy;
using weir::test::recording_member;
using weir::test::text_rooms;
using lines = std::vector<std::string>;

rooms_options with_budget(std::size_t bytes, slow_policy slow) {
    rooms_options options;
    options.budget_bytes = bytes;
    options.slow = slow;
    return options;
}

}  // namespace

CO_TEST(members_of_a_room_get_its_messages_in_order_and_others_do_not) {
    text_rooms rooms(1);
    recording_member ann;
    recording_member bob;
    auto first = rooms.subscribe(ann, "news");
    auto second = rooms.subscribe(bob, "sports");
    CO_CHECK(rooms.publish("news", "one").has_value());
    CO_CHECK(rooms.publish("news", "two").has_value());
    CO_CHECK(rooms.publish("nobody is here", "three").has_value());
    CO_CHECK((ann.received == lines{"one", "two"}));
    CO_CHECK(bob.received.empty());
    CO_CHECK_EQUAL(rooms.statistics().delivered, 2U);
    co_return;
}

CO_TEST(a_destroyed_subscription_leaves_the_room) {
    text_rooms rooms(1);
    recording_member ann;
    {
        auto place = rooms.subscribe(ann, "news");
        CO_CHECK_EQUAL(place.room(), "news");
        CO_CHECK_EQUAL(ann.subscriptions(), 1U);
    }
    CO_CHECK(rooms.publish("news", "late").has_value());
    CO_CHECK(ann.received.empty());
    CO_CHECK_EQUAL(rooms.statistics().subscriptions, 0);
    CO_CHECK(rooms.largest_here(10).empty());
    co_return;
}

CO_TEST(members_may_leave_in_any_order) {
    text_rooms rooms(1);
    recording_member members[5];
    std::vector<text_rooms::subscription> places;
    for (auto& each : members) places.push_back(rooms.subscribe(each, "r"));
    places[1].cancel();
    places[4].cancel();
    places[0] = text_rooms::subscription();
    CO_CHECK(rooms.publish("r", "x").has_value());
    const int expected[] = {0, 0, 1, 1, 0};
    for (int i = 0; i < 5; ++i) {
        CO_CHECK_EQUAL(static_cast<int>(members[i].received.size()), expected[i]);
    }
    co_return;
}

CO_TEST(a_union_of_rooms_reaches_each_member_once) {
    text_rooms rooms(1);
    recording_member in_both;
    recording_member in_one;
    auto a = rooms.subscribe(in_both, "contract:1");
    auto b = rooms.subscribe(in_both, "event:sale");
    auto c = rooms.subscribe(in_one, "event:sale");
    CO_CHECK(rooms.to("contract:1").to("event:sale").publish("once").has_value());
    CO_CHECK(rooms.to("event:sale").to("contract:1").publish("again").has_value());
    CO_CHECK((in_both.received == lines{"once", "again"}));
    CO_CHECK((in_one.received == lines{"once", "again"}));
    co_return;
}

CO_TEST(a_slow_member_is_ended_once_and_others_get_everything) {
    text_rooms rooms(1, with_budget(10, slow_policy::close));
    recording_member slow;
    recording_member fast;
    slow.is_fast = false;
    auto a = rooms.subscribe(slow, "r");
    auto b = rooms.subscribe(fast, "r");
    for (int i = 0; i < 5; ++i) CO_CHECK(rooms.publish("r", "1234").has_value());
    CO_CHECK_EQUAL(slow.received.size(), 2U);
    CO_CHECK_EQUAL(slow.ended, 1);
    CO_CHECK_EQUAL(fast.received.size(), 5U);
    CO_CHECK_EQUAL(rooms.statistics().fell_behind, 1U);
    CO_CHECK_EQUAL(rooms.statistics().dropped, 3U);
    co_return;
}

CO_TEST(a_message_larger_than_the_budget_reaches_a_member_with_nothing_waiting) {
    text_rooms rooms(1, with_budget(4, slow_policy::close));
    recording_member member;
    member.is_fast = false;
    auto place = rooms.subscribe(member, "r");
    CO_CHECK(rooms.publish("r", "much larger").has_value());
    CO_CHECK_EQUAL(member.received.size(), 1U);
    CO_CHECK_EQUAL(member.ended, 0);
    co_return;
}

CO_TEST(under_drop_newest_a_slow_member_misses_what_came_while_it_was_full) {
    text_rooms rooms(1, with_budget(8, slow_policy::drop_newest));
    recording_member slow;
    slow.is_fast = false;
    auto place = rooms.subscribe(slow, "r");
    for (const char* text : {"aaaa", "bbbb", "cccc"})
        CO_CHECK(rooms.publish("r", text).has_value());
    slow.queued = 0;
    CO_CHECK(rooms.publish("r", "dddd").has_value());
    CO_CHECK((slow.received == lines{"aaaa", "bbbb", "dddd"}));
    CO_CHECK_EQUAL(slow.ended, 0);
    co_return;
}

CO_TEST(under_drop_oldest_a_slow_member_gets_the_newest_when_it_reads_again) {
    text_rooms rooms(1, with_budget(16, slow_policy::drop_oldest));
    recording_member slow;
    slow.is_fast = false;
    auto place = rooms.subscribe(slow, "r");
    for (const char* text : {"aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff"}) {
        CO_CHECK(rooms.publish("r", text).has_value());
    }
    CO_CHECK((slow.received == lines{"aaaa", "bbbb"}));
    slow.queued = 0;
    slow.is_fast = true;
    static_cast<void>(co_await weir::sleep_for(10ms));
    CO_CHECK((slow.received == lines{"aaaa", "bbbb", "eeee", "ffff"}));
    CO_CHECK_EQUAL(rooms.statistics().dropped, 2U);
    CO_CHECK(rooms.publish("r", "gggg").has_value());
    CO_CHECK_EQUAL(slow.received.back(), "gggg");
}

CO_TEST(a_member_that_leaves_while_it_lags_takes_its_backlog_along) {
    text_rooms rooms(1, with_budget(8, slow_policy::drop_oldest));
    recording_member slow;
    slow.is_fast = false;
    {
        auto place = rooms.subscribe(slow, "r");
        for (int i = 0; i < 4; ++i) CO_CHECK(rooms.publish("r", "1234").has_value());
    }
    slow.queued = 0;
    static_cast<void>(co_await weir::sleep_for(10ms));
    CO_CHECK_EQUAL(slow.received.size(), 1U);
}

CO_TEST(the_largest_rooms_come_first) {
    text_rooms rooms(1);
    recording_member ann;
    recording_member bob;
    auto a = rooms.subscribe(ann, "small");
    auto b = rooms.subscribe(ann, "large");
    auto c = rooms.subscribe(bob, "large");
    const auto sizes = rooms.largest_here(1);
    CO_REQUIRE(sizes.size() == 1);
    CO_CHECK_EQUAL(sizes[0].name, "large");
    CO_CHECK_EQUAL(sizes[0].members, 2U);
    co_return;
}

CO_TEST(what_rooms_count_is_shown_by_a_registry) {
    text_rooms rooms(1);
    weir::metrics::registry all(1);
    weir::pubsub::add_rooms_statistics(all, rooms);
    recording_member ann;
    auto place = rooms.subscribe(ann, "news");
    CO_CHECK(rooms.publish("news", "one").has_value());
    const weir::test::metric_text shown(all.text());
    CO_CHECK_EQUAL(shown.fault(), "");
    CO_CHECK_EQUAL(shown.value_of("weir_pubsub_published_total"), "1");
    CO_CHECK_EQUAL(shown.value_of("weir_pubsub_delivered_total"), "1");
    CO_CHECK_EQUAL(shown.value_of("weir_pubsub_dropped_total"), "0");
    CO_CHECK_EQUAL(shown.value_of("weir_pubsub_slow_members_total"), "0");
    CO_CHECK_EQUAL(shown.value_of("weir_pubsub_refused_total"), "0");
    CO_CHECK_EQUAL(shown.value_of("weir_pubsub_lost_total"), "0");
    CO_CHECK_EQUAL(shown.value_of("weir_pubsub_subscriptions"), "1");
    co_return;
}

BOOST_AUTO_TEST_SUITE_END()
