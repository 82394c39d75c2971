// SPDX-License-Identifier: Apache-2.0
// inbox: bounded in messages and bytes; what it keeps is a copy.
#include <weir/ws/client/inbox.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(inbox_test)

namespace {

using weir::when_full;
using weir::ws::inbox;
using weir::ws::inbox_options;
using weir::ws::message;

message text(std::string_view what) {
    return message(weir::ws::message_kind::text, weir::buffer_lease::copy_of(weir::as_bytes(what)));
}
inbox box_of(when_full policy, std::size_t messages, std::size_t size_bytes) {
    inbox_options options;
    options.policy = policy;
    options.max_messages = messages;
    options.max_bytes = size_bytes;
    return inbox(options);
}
std::string take_all(inbox& box) {
    std::string all;
    while (const auto next = box.take()) all += next->text();
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(messages_come_out_in_the_order_of_their_arrival) {
    inbox box = box_of(when_full::drop_oldest, 10, 100);
    for (const char* each : {"a", "b", "c"}) box.push(text(each));
    BOOST_TEST(take_all(box) == "abc");
    BOOST_TEST(box.dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(a_full_one_loses_the_oldest_or_the_newest_and_counts) {
    inbox oldest = box_of(when_full::drop_oldest, 2, 100);
    inbox newest = box_of(when_full::drop_newest, 2, 100);
    for (const char* each : {"a", "b", "c", "d"}) {
        oldest.push(text(each));
        newest.push(text(each));
    }
    BOOST_TEST(take_all(oldest) == "cd");
    BOOST_TEST(take_all(newest) == "ab");
    BOOST_TEST(oldest.dropped() == 2U);
    BOOST_TEST(newest.dropped() == 2U);
}

BOOST_AUTO_TEST_CASE(many_bytes_leave_like_many_messages_but_one_may_always_wait) {
    inbox box = box_of(when_full::drop_oldest, 100, 10);
    box.push(text("aaaa"));
    box.push(text("bbbb"));
    box.push(text("cccc"));
    BOOST_TEST(box.size() == 2U);
    box.push(text(std::string(50, 'd')));
    BOOST_TEST(take_all(box) == std::string(50, 'd'));
    BOOST_TEST(box.has_room(50));
}

BOOST_AUTO_TEST_CASE(what_it_keeps_is_not_the_memory_that_was_received_into) {
    inbox box = box_of(when_full::drop_oldest, 10, 100);
    message arrived = text("abc");
    box.push(arrived);
    arrived.data()[0] = std::byte{'x'};
    BOOST_TEST(take_all(box) == "abc");
}

BOOST_AUTO_TEST_SUITE_END()
