// SPDX-License-Identifier: Apache-2.0
// traffic_limiter: the classes apart, all of them together, and who goes first when it is tight.
#include <weir/rate/traffic_limiter.hpp>

#include <weir/rate/leaky_bucket.hpp>
#include <weir/rate/sliding_window.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(traffic_limiter_test)

namespace {

using namespace std::chrono_literals;
using weir::refusal;
using weir::rate::priority;
using weir::rate::quota;
using weir::rate::traffic;
using weir::rate::traffic_limits;

using limiter = weir::rate::traffic_limiter<int>;
constexpr limiter::time_point begin{1000h};

/// How many of a class a client gets at one moment, of many that it asks for.
template <class Limiter>
int taken_at_once(Limiter& limits, int client, traffic kind, limiter::time_point now) {
    int taken = 0;
    for (int i = 0; i < 150; ++i) taken += limits.try_take(client, kind, now).has_value() ? 1 : 0;
    return taken;
}
bool takes(limiter& limits, int client, priority urgency, std::uint64_t cost = 1) {
    return limits.try_take(client, traffic::message, begin, urgency, cost).has_value();
}
/// A limit of 100 for all and of 1000 for each.
traffic_limits tight() {
    traffic_limits limits;
    limits.message = quota(1000, 1s);
    limits.all = quota(100, 1s);
    limits.kept_for_urgent = 0.1;
    limits.kept_from_background = 0.5;
    return limits;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_class_has_its_default_limit_and_fills_within_a_second) {
    limiter limits(traffic_limits(), begin);
    BOOST_TEST(taken_at_once(limits, 1, traffic::message, begin) == 100);
    BOOST_TEST(taken_at_once(limits, 2, traffic::tool_call, begin) == 50);
    BOOST_TEST(taken_at_once(limits, 3, traffic::subscription, begin) == 20);
    BOOST_TEST(taken_at_once(limits, 4, traffic::connection, begin) == 10);
    BOOST_TEST(taken_at_once(limits, 1, traffic::message, begin + 100ms) == 10);
    BOOST_TEST(taken_at_once(limits, 5, traffic::message, begin + 100ms) == 100);
}

BOOST_AUTO_TEST_CASE(all_clients_together_have_ten_thousand_a_second) {
    limiter limits(traffic_limits(), begin);
    int taken = 0;
    for (int client = 0; client < 200; ++client) {
        for (int i = 0; i < 100; ++i) {
            taken += limits.try_take(client, traffic::message, begin, priority::urgent) ? 1 : 0;
        }
    }
    BOOST_TEST(taken == 10'000);
    const auto refused = limits.try_take(7, traffic::message, begin, priority::urgent);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().why() == refusal::rate_limited));
    BOOST_TEST((refused.error().retry_after() == 100us));
}

BOOST_AUTO_TEST_CASE(a_hundred_violations_of_one_class_ban_from_all_for_five_minutes) {
    limiter limits(traffic_limits(), begin);
    BOOST_TEST(taken_at_once(limits, 1, traffic::connection, begin) == 10);
    const auto banned = limits.try_take(1, traffic::message, begin);
    BOOST_REQUIRE(!banned);
    BOOST_TEST((banned.error().why() == refusal::banned));
    BOOST_TEST((banned.error().retry_after() == 300s));
    BOOST_TEST(limits.is_banned(1, begin + 299s));
    BOOST_TEST(!limits.try_take(1, traffic::subscription, begin + 299s));
    BOOST_TEST(!limits.is_banned(1, begin + 300s));
    BOOST_TEST(limits.try_take(1, traffic::message, begin + 300s).has_value());
    BOOST_TEST(limits.try_take(2, traffic::connection, begin).has_value());
}

BOOST_AUTO_TEST_CASE(asking_while_banned_makes_a_ban_no_longer) {
    limiter limits(traffic_limits(), begin);
    taken_at_once(limits, 1, traffic::connection, begin);
    for (const auto later : {10s, 100s, 299s}) {
        BOOST_TEST(!limits.try_take(1, traffic::tool_call, begin + later));
    }
    BOOST_TEST(limits.try_take(1, traffic::tool_call, begin + 300s).has_value());
}

BOOST_AUTO_TEST_CASE(a_ban_can_be_given_and_lifted_by_hand) {
    limiter limits(traffic_limits(), begin);
    limits.ban(1, begin);
    BOOST_TEST(!limits.try_take(1, traffic::tool_call, begin));
    limits.pardon(1);
    BOOST_TEST(!limits.is_banned(1, begin));
    BOOST_TEST(limits.try_take(1, traffic::tool_call, begin).has_value());
}

BOOST_AUTO_TEST_CASE(the_less_urgent_leave_something_to_the_others) {
    limiter limits(tight(), begin);
    BOOST_TEST(takes(limits, 1, priority::background, 50));
    BOOST_TEST(!takes(limits, 1, priority::background));
    BOOST_TEST(takes(limits, 1, priority::normal, 40));
    BOOST_TEST(!takes(limits, 1, priority::normal));
    BOOST_TEST(takes(limits, 1, priority::urgent, 10));
    BOOST_TEST(!takes(limits, 1, priority::urgent));
    const auto refused = limits.try_take(1, traffic::message, begin, priority::background);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().retry_after() == 510ms));
}

BOOST_AUTO_TEST_CASE(what_the_limit_of_all_refuses_is_nobodys_violation) {
    limiter limits(tight(), begin);
    BOOST_TEST(takes(limits, 1, priority::urgent, 100));
    for (int i = 0; i < 200; ++i) BOOST_TEST(!takes(limits, 2, priority::normal));
    BOOST_TEST(!limits.is_banned(2, begin));
    BOOST_TEST(limits.clients(traffic::message).size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_same_limits_hold_under_every_algorithm) {
    weir::rate::traffic_limiter<int, weir::rate::sliding_window> window(traffic_limits(), begin);
    BOOST_TEST(taken_at_once(window, 1, traffic::tool_call, begin) == 50);
    weir::rate::traffic_limiter<int, weir::rate::leaky_bucket> leaky(traffic_limits(), begin);
    BOOST_TEST(taken_at_once(leaky, 1, traffic::tool_call, begin) == 50);
}

BOOST_AUTO_TEST_SUITE_END()
