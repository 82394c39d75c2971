// SPDX-License-Identifier: Apache-2.0
// subscription_set: what is wanted survives, once and in its order; what is over is forgotten.
#include <weir/ws/client/client_error.hpp>
#include <weir/ws/client/subscription_set.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(subscription_set_test)

namespace {

using namespace std::chrono_literals;
using weir::ws::client_errc;
using weir::ws::subscription_limits;
using weir::ws::subscription_set;
using weir::ws::subscription_status;
using names = std::vector<std::string>;

const subscription_set::time_point start{};

subscription_set confirmed(const names& channels) {
    subscription_set set{subscription_limits()};
    for (const std::string& each : channels) {
        const auto number = set.begin(each, start);
        BOOST_REQUIRE((number && *number));
        BOOST_REQUIRE(set.confirm(each, **number, start));
    }
    return set;
}

subscription_set::question begin(subscription_set& set, const std::string& channel) {
    const auto number = set.begin(channel, start);
    BOOST_REQUIRE((number && *number));
    return **number;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_confirmed_is_wanted_back_in_the_order_of_asking) {
    subscription_set set = confirmed({"c", "a", "b"});
    BOOST_TEST((set.active() == names{"c", "a", "b"}));
    BOOST_TEST((set.prepare_for_reconnect(start) == names{"c", "a", "b"}));
    BOOST_TEST(set.active().empty());
    BOOST_TEST(set.confirm("a", set.ask("a", start).value(), start));
    BOOST_TEST((set.active() == names{"a"}));
    // The connection broke again in the middle: all are wanted still, none twice.
    BOOST_TEST((set.prepare_for_reconnect(start) == names{"c", "a", "b"}));
}

BOOST_AUTO_TEST_CASE(a_channel_is_asked_for_once) {
    subscription_set set{subscription_limits()};
    const auto first = begin(set, "a");
    BOOST_TEST((set.begin("a", start).error() == client_errc::subscription_pending));
    BOOST_TEST(set.confirm("a", first, start));
    const auto again = set.begin("a", start);
    BOOST_TEST((again && !*again));
    BOOST_TEST(set.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_refused_ended_or_never_confirmed_is_not_wanted_back) {
    subscription_set set = confirmed({"kept", "ended"});
    BOOST_TEST(set.refuse("refused", begin(set, "refused"), start));
    begin(set, "pending");
    BOOST_TEST(set.end("ended", start));
    BOOST_TEST((set.prepare_for_reconnect(start) == names{"kept"}));
    BOOST_TEST(set.history().size() == 2U);
    BOOST_TEST((set.history()[0].status() == subscription_status::failed));
    BOOST_TEST((set.history()[1].status() == subscription_status::unsubscribed));
}

BOOST_AUTO_TEST_CASE(nobody_answers_for_half_a_minute_and_it_expires) {
    subscription_set set{subscription_limits()};
    const auto number = begin(set, "a");
    BOOST_TEST((set.next_expiry() == start + 30s));
    BOOST_TEST(set.expire(start + 30s - 1ns).empty());
    BOOST_TEST((set.expire(start + 30s) == names{"a"}));
    BOOST_TEST((set.history().back().status() == subscription_status::expired));
    BOOST_TEST(!set.confirm("a", number, start + 31s));
    BOOST_TEST((set.next_expiry() == subscription_set::time_point::max()));
}

BOOST_AUTO_TEST_CASE(one_that_expires_while_it_is_restored_is_wanted_still) {
    subscription_set set = confirmed({"a", "b"});
    static_cast<void>(set.prepare_for_reconnect(start));
    static_cast<void>(set.ask("a", start + 10s));
    // The other has not been asked for yet, so it cannot expire.
    BOOST_TEST((set.expire(start + 1h) == names{"a"}));
    BOOST_TEST((set.find("a")->status() == subscription_status::expired));
    BOOST_TEST((set.find("b")->status() == subscription_status::pending));
    BOOST_TEST((set.prepare_for_reconnect(start) == names{"a", "b"}));
    static_cast<void>(set.prepare_for_reconnect(start));
    static_cast<void>(set.ask("a", start));
    static_cast<void>(set.expire(start + 1h));
    BOOST_TEST(set.confirm("a", begin(set, "a"), start + 1h));
}

BOOST_AUTO_TEST_CASE(an_interrupted_question_is_forgotten_unless_it_was_a_restoration) {
    subscription_set set = confirmed({"a"});
    const auto new_one = begin(set, "b");
    static_cast<void>(set.prepare_for_reconnect(start));
    const auto restoration = set.ask("a", start);
    BOOST_TEST(set.interrupt("a", restoration.value(), start));
    BOOST_TEST((set.find("a")->status() == subscription_status::expired));
    BOOST_TEST(set.interrupt("b", new_one, start));
    BOOST_TEST(set.find("b") == nullptr);
    // Somebody may ask again, and be interrupted as well.
    BOOST_TEST(set.interrupt("a", begin(set, "a"), start));
    BOOST_TEST((set.prepare_for_reconnect(start) == names{"a"}));
}

BOOST_AUTO_TEST_CASE(what_became_of_an_older_question_settles_no_newer_one) {
    subscription_set set{subscription_limits()};
    const auto first = begin(set, "a");
    BOOST_TEST(set.end("a", start));
    const auto second = begin(set, "a");
    BOOST_TEST(!set.confirm("a", first, start));
    BOOST_TEST(!set.refuse("a", first, start));
    BOOST_TEST(!set.interrupt("a", first, start));
    BOOST_TEST(set.confirm("a", second, start));
    // A question that is left over from a connection is none of the next one's, either.
    static_cast<void>(set.prepare_for_reconnect(start));
    const auto third = set.ask("a", start);
    static_cast<void>(set.prepare_for_reconnect(start));
    const auto fourth = set.ask("a", start);
    BOOST_TEST(!set.interrupt("a", third.value(), start));
    BOOST_TEST(set.confirm("a", fourth.value(), start));
}

BOOST_AUTO_TEST_CASE(channels_and_history_are_bounded) {
    subscription_limits few;
    few.max_channels = 2;
    few.max_history = 3;
    subscription_set set(few);
    begin(set, "a");
    begin(set, "b");
    BOOST_TEST((set.begin("c", start).error() == client_errc::too_many_subscriptions));
    for (int i = 0; i < 10; ++i) {
        set.end("a", start);
        begin(set, "a");
    }
    BOOST_TEST(set.history().size() == 3U);
    BOOST_TEST(set.history().back().number() == 11U);
}

BOOST_AUTO_TEST_CASE(an_exported_state_comes_back_whatever_the_names) {
    const names channels{"plain", "", "two\nlines", "3:abc", std::string("nul\0", 4), "ü"};
    const std::string exported = confirmed(channels).export_state();
    subscription_set other{subscription_limits()};
    BOOST_TEST(other.import_state(exported, start).has_value());
    BOOST_TEST((other.prepare_for_reconnect(start) == channels));
    // Twice is once.
    BOOST_TEST(other.import_state(exported, start).has_value());
    BOOST_TEST((other.prepare_for_reconnect(start) == channels));
    BOOST_TEST(other.export_state() == exported);
}

BOOST_AUTO_TEST_CASE(what_was_not_exported_is_refused_and_changes_nothing) {
    const std::string good = confirmed({"abc", "de"}).export_state();
    subscription_set set{subscription_limits()};
    for (std::size_t length = 0; length < good.size(); ++length) {
        // Without its last channel it is a state, too.
        const bool is_whole =
            good.substr(0, length).ends_with("1\n") || good.substr(0, length).ends_with("abc\n");
        subscription_set each{subscription_limits()};
        const auto imported = each.import_state(good.substr(0, length), start);
        BOOST_TEST(imported.has_value() == is_whole, length);
        if (!is_whole) BOOST_TEST(each.size() == 0U);
    }
    for (const char* tail : {"x", "-1:a\n", "99999999999999999999:a\n", "18446744073709551615:a\n",
                             "1:ab\n", "3:abc\n3:abc\n"}) {
        const auto imported = set.import_state("weir subscriptions 1\n" + std::string(tail), start);
        BOOST_TEST((imported.error() == client_errc::malformed_state), tail);
    }
    BOOST_TEST(set.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
