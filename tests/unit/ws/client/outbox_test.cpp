// SPDX-License-Identifier: Apache-2.0
// outbox: bounds, policies, order, and that nothing is handed out twice.
#include <weir/base/random.hpp>
#include <weir/ws/client/outbox.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(outbox_test)

namespace {

using weir::when_full;
using weir::rate::priority;
using weir::ws::outbox;
using weir::ws::outbox_options;
using weir::ws::outgoing;

outbox box_of(std::size_t messages, when_full policy, std::size_t size_bytes = 1000) {
    outbox_options options;
    options.max_messages = messages;
    options.max_bytes = size_bytes;
    options.policy = policy;
    return outbox(options);
}
/// Pushes; gives what had to leave, or the error.
std::string push(outbox& box, outgoing what) {
    std::vector<outbox::entry> displaced;
    const auto pushed = box.push(std::move(what), displaced);
    if (!pushed) return pushed.error().message();
    std::string gone;
    for (const auto& each : displaced) gone += each.what.payload();
    return gone;
}
std::string push(outbox& box, std::string what) { return push(box, outgoing(std::move(what))); }
std::string take_all(outbox& box) {
    std::string all;
    while (box.take() != nullptr) all += box.release().payload();
    return all;
}
std::string no_space() { return std::make_error_code(std::errc::no_buffer_space).message(); }

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_that_came_leaves_first) {
    outbox box = box_of(5, when_full::reject);
    for (const char* each : {"a", "b", "c"}) push(box, each);
    BOOST_TEST(box.size() == 3U);
    BOOST_TEST(box.size_bytes() == 3U);
    BOOST_TEST(take_all(box) == "abc");
    BOOST_TEST(box.empty());
    BOOST_TEST(box.size_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(the_usual_bound_is_five_hundred_messages) {
    const outbox_options usual;
    BOOST_TEST(usual.max_messages == 500U);
    outbox_options rejecting;
    rejecting.policy = when_full::reject;
    outbox box(rejecting);
    for (int i = 0; i < 500; ++i) BOOST_TEST(push(box, "x").empty());
    BOOST_TEST(push(box, "y") == no_space());
}

BOOST_AUTO_TEST_CASE(a_full_one_does_what_its_policy_says) {
    outbox rejecting = box_of(2, when_full::reject);
    outbox oldest = box_of(2, when_full::drop_oldest);
    outbox newest = box_of(2, when_full::drop_newest);
    for (outbox* each : {&rejecting, &oldest, &newest}) {
        push(*each, "a");
        push(*each, "b");
    }
    BOOST_TEST(push(rejecting, "c") == no_space());
    BOOST_TEST(push(oldest, "c") == "a");
    BOOST_TEST(push(newest, "c") == "c");
    BOOST_TEST(take_all(rejecting) == "ab");
    BOOST_TEST(take_all(oldest) == "bc");
    BOOST_TEST(take_all(newest) == "ab");
}

BOOST_AUTO_TEST_CASE(a_newer_price_takes_the_place_of_the_older_one) {
    outbox box = box_of(3, when_full::conflate);
    push(box, outgoing("a1").key("a"));
    push(box, outgoing("b1").key("b"));
    BOOST_TEST(push(box, outgoing("a2").key("a")) == "a1");
    BOOST_TEST(push(box, outgoing("x")).empty());
    BOOST_TEST(push(box, outgoing("c1").key("c")) == no_space());
    BOOST_TEST(push(box, outgoing("b2").key("b")) == "b1");
    BOOST_TEST(take_all(box) == "a2b2x");
}

BOOST_AUTO_TEST_CASE(a_newer_price_replaces_the_older_one_of_another_urgency) {
    outbox box = box_of(2, when_full::conflate, 4);
    push(box, outgoing("a1").key("a").urgency(priority::background));
    push(box, outgoing("b1").key("b"));
    BOOST_TEST(push(box, outgoing("a2").key("a").urgency(priority::urgent)) == "a1");
    BOOST_TEST(box.size() == 2U);
    BOOST_TEST(box.size_bytes() == 4U);
    BOOST_TEST(push(box, outgoing("a33").key("a")) == no_space());
    BOOST_TEST(take_all(box) == "a2b1");
}

BOOST_AUTO_TEST_CASE(bytes_are_bounded_as_messages_are) {
    outbox box = box_of(100, when_full::drop_oldest, 10);
    push(box, "aaaa");
    push(box, "bbbb");
    BOOST_TEST(push(box, "ccccccc") == "aaaabbbb");
    BOOST_TEST(box.size_bytes() == 7U);
    BOOST_TEST(push(box, std::string(11, 'd')) ==
               std::make_error_code(std::errc::message_size).message());
    outbox conflating = box_of(100, when_full::conflate, 10);
    push(conflating, outgoing("aaaa").key("a"));
    push(conflating, outgoing("bbbb").key("b"));
    BOOST_TEST(push(conflating, outgoing("aaaaaaa").key("a")) == no_space());
    BOOST_TEST(take_all(conflating) == "aaaabbbb");
}

BOOST_AUTO_TEST_CASE(the_urgent_leave_first_and_are_dropped_last) {
    outbox box = box_of(3, when_full::drop_oldest);
    push(box, outgoing("background").urgency(priority::background));
    push(box, outgoing("normal"));
    push(box, outgoing("urgent").urgency(priority::urgent));
    BOOST_TEST(push(box, outgoing("late").urgency(priority::urgent)) == "background");
    BOOST_TEST(take_all(box) == "urgentlatenormal");
}

BOOST_AUTO_TEST_CASE(what_was_not_sent_after_all_is_first_again) {
    outbox box = box_of(2, when_full::drop_oldest);
    push(box, "a");
    push(box, "b");
    BOOST_REQUIRE(box.take() != nullptr);
    BOOST_TEST(box.size() == 2U);
    // What is in the hand still counts, and cannot be dropped.
    BOOST_TEST(push(box, "c") == "b");
    box.put_back();
    BOOST_TEST(take_all(box) == "ac");
}

BOOST_AUTO_TEST_CASE(what_is_withdrawn_is_not_sent_wherever_it_is) {
    outbox box = box_of(5, when_full::reject);
    std::vector<outbox::entry> displaced;
    const auto first = box.push(outgoing("a"), displaced);
    const auto second = box.push(outgoing("b"), displaced);
    const auto third = box.push(outgoing("c"), displaced);
    BOOST_TEST(box.withdraw(*second));
    BOOST_TEST(!box.withdraw(*second));
    BOOST_REQUIRE(box.take() != nullptr);
    BOOST_TEST(box.is_wanted());
    BOOST_TEST(box.withdraw(*first));
    BOOST_TEST(!box.is_wanted());
    box.put_back();
    BOOST_TEST(take_all(box) == "c");
    BOOST_TEST(!box.withdraw(*third));
}

BOOST_AUTO_TEST_CASE(whatever_happens_each_message_ends_exactly_once) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        weir::random chance(seed);
        outbox box = box_of(1 + chance.below(8),
                            chance.chance(0.5) ? when_full::drop_oldest : when_full::reject);
        std::multiset<std::string> ended;
        int pushed = 0;
        const auto end = [&ended](const outbox::entry& each) { ended.insert(each.what.payload()); };
        for (int i = 0; i < 400; ++i) {
            std::vector<outbox::entry> displaced;
            if (chance.chance(0.5)) {
                outgoing next(std::to_string(pushed));
                next.urgency(static_cast<priority>(chance.below(3)));
                if (box.push(std::move(next), displaced)) ++pushed;
                std::for_each(displaced.begin(), displaced.end(), end);
            } else if (box.take() != nullptr) {
                if (chance.chance(0.3)) {
                    box.put_back();
                } else {
                    ended.insert(box.release().payload());
                }
            }
        }
        const auto rest = box.clear();
        std::for_each(rest.begin(), rest.end(), end);
        BOOST_REQUIRE(ended.size() == static_cast<std::size_t>(pushed));
        BOOST_REQUIRE(std::set<std::string>(ended.begin(), ended.end()).size() == ended.size());
    }
}

BOOST_AUTO_TEST_SUITE_END()
