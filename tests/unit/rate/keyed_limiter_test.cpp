// SPDX-License-Identifier: Apache-2.0
// keyed_limiter: who is refused, who is banned, and who is forgotten.
#include <weir/rate/keyed_limiter.hpp>

#include "allocation_count.hpp"

#include <weir/base/random.hpp>
#include <weir/rate/gcra.hpp>
#include <weir/rate/sliding_window.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(keyed_limiter_test)

namespace {

using namespace std::chrono_literals;
using weir::refusal;
using weir::rate::keyed_limiter;
using weir::rate::keyed_options;
using weir::rate::quota;

using limiter = keyed_limiter<int>;
constexpr limiter::time_point begin{1000h};

/// "ok", or who refused.
template <class Limiter>
std::string ask(Limiter& limits, int key, limiter::time_point now, std::uint64_t cost = 1) {
    const auto asked = limits.try_take(key, cost, now);
    return asked ? "ok" : std::string(weir::terms_of(asked.error().why()).label);
}
keyed_options at_most(std::size_t keys) {
    keyed_options options;
    options.max_keys = keys;
    return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_key_has_a_limit_of_its_own_and_is_told_when_to_come_again) {
    limiter limits(quota(2, 10s), keyed_options(), begin);
    BOOST_TEST(ask(limits, 1, begin, 2) == "ok");
    BOOST_TEST(ask(limits, 2, begin, 2) == "ok");
    const auto refused = limits.try_take(1, 1, begin + 1s);
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().why() == refusal::rate_limited));
    BOOST_TEST((refused.error().retry_after() == 4s));
    BOOST_TEST((std::error_code(refused.error()) == refusal::rate_limited));
    BOOST_TEST(ask(limits, 1, begin + 5s) == "ok");
}

BOOST_AUTO_TEST_CASE(a_hundred_violations_ban_for_five_minutes_and_no_longer) {
    limiter limits(quota(100, 1s), keyed_options(), begin);
    BOOST_TEST(ask(limits, 1, begin, 100) == "ok");
    for (int i = 1; i < 100; ++i) BOOST_TEST(ask(limits, 1, begin) == "rate_limited");
    BOOST_TEST(!limits.is_banned(1, begin));
    const auto last = limits.try_take(1, 1, begin);
    BOOST_REQUIRE(!last.has_value());
    BOOST_TEST((last.error().why() == refusal::banned));
    BOOST_TEST((last.error().retry_after() == 300s));
    // There would be room, and asking does not make it longer.
    BOOST_TEST(ask(limits, 1, begin + 299s) == "banned");
    BOOST_TEST(limits.is_banned(1, begin + 299s));
    BOOST_TEST(ask(limits, 2, begin + 299s) == "ok");
    BOOST_TEST(ask(limits, 1, begin + 300s) == "ok");
}

BOOST_AUTO_TEST_CASE(violations_far_apart_do_not_add_up) {
    keyed_options options;
    options.violations_to_ban = 3;
    limiter limits(quota(1, 24h), options, begin);
    BOOST_TEST(ask(limits, 1, begin) == "ok");
    for (int i = 0; i < 100; ++i) BOOST_TEST(ask(limits, 1, begin + i * 31s) == "rate_limited");
    BOOST_TEST(ask(limits, 1, begin + 2h) == "rate_limited");
    BOOST_TEST(ask(limits, 1, begin + 2h + 1s) == "rate_limited");
    BOOST_TEST(ask(limits, 1, begin + 2h + 2s) == "banned");
}

BOOST_AUTO_TEST_CASE(bans_are_also_given_and_taken_back_by_hand) {
    limiter limits(quota(10, 1s), keyed_options(), begin);
    limits.ban(7, begin);
    BOOST_TEST(ask(limits, 7, begin + 1s) == "banned");
    limits.pardon(7);
    limits.pardon(8);
    BOOST_TEST(ask(limits, 7, begin + 1s) == "ok");
    BOOST_TEST(limits.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_limit_of_all_takes_nothing_from_one_and_bans_nobody) {
    keyed_options options;
    options.all = quota(10, 10s);
    options.violations_to_ban = 2;
    limiter limits(quota(5, 1h), options, begin);
    BOOST_TEST(ask(limits, 1, begin, 5) == "ok");
    BOOST_TEST(ask(limits, 2, begin, 4) == "ok");
    // Its own limit refuses: the one of all must not lose by it.
    BOOST_TEST(ask(limits, 1, begin) == "rate_limited");
    BOOST_TEST(ask(limits, 3, begin) == "ok");
    for (int i = 0; i < 10; ++i) BOOST_TEST(ask(limits, 4, begin) == "rate_limited");
    const auto full = limits.try_take(4, 3, begin);
    BOOST_TEST((full.error().retry_after() == 3s));
    BOOST_TEST(limits.size() == 3U);
    BOOST_TEST(ask(limits, 4, begin + 5s, 5) == "ok");
}

BOOST_AUTO_TEST_CASE(when_it_is_full_the_one_seen_longest_ago_is_forgotten) {
    limiter limits(quota(1, 10s), at_most(2), begin);
    BOOST_TEST(ask(limits, 1, begin) == "ok");
    BOOST_TEST(ask(limits, 2, begin + 1s) == "ok");
    BOOST_TEST(ask(limits, 1, begin + 2s) == "rate_limited");
    BOOST_TEST(ask(limits, 3, begin + 3s) == "ok");
    BOOST_TEST(limits.size() == 2U);
    BOOST_TEST(limits.forgotten_early() == 1U);
    BOOST_TEST(ask(limits, 1, begin + 4s) == "rate_limited");
    // The second had been forgotten; now the third is, which had rested.
    BOOST_TEST(ask(limits, 2, begin + 13s) == "ok");
    BOOST_TEST(limits.forgotten_early() == 1U);
}

BOOST_AUTO_TEST_CASE(a_ban_outlives_a_flood_of_new_keys) {
    limiter limits(quota(1, 1h), at_most(10), begin);
    limits.ban(1, begin);
    for (int key = 100; key < 10'000; ++key) BOOST_TEST(ask(limits, key, begin) == "ok");
    BOOST_TEST(ask(limits, 1, begin + 299s) == "banned");
    BOOST_TEST(limits.size() == 10U);
    // When it has been served, it is the first to be forgotten.
    BOOST_TEST(ask(limits, 10'001, begin + 300s) == "ok");
    BOOST_TEST(limits.forgotten_early() == 9'891U);
}

BOOST_AUTO_TEST_CASE(when_all_are_banned_the_ban_that_ends_first_is_forgotten) {
    limiter limits(quota(1, 1h), at_most(2), begin);
    limits.ban(1, begin);
    limits.ban(2, begin + 1s);
    BOOST_TEST(ask(limits, 3, begin + 2s) == "ok");
    BOOST_TEST(!limits.is_banned(1, begin + 2s));
    BOOST_TEST(limits.is_banned(2, begin + 2s));
}

BOOST_AUTO_TEST_CASE(once_it_is_full_it_allocates_nothing) {
    keyed_limiter<int, weir::rate::sliding_window> limits(quota(4, 1s), at_most(100), begin);
    weir::random chance(1);
    for (int key = 0; key < 100; ++key) static_cast<void>(limits.try_take(key, 1, begin));
    const weir::test::allocation_count allocated;
    for (int i = 0; i < 100'000; ++i) {
        const auto key = static_cast<int>(chance.below(1000));
        static_cast<void>(limits.try_take(key, 1, begin + i * 10us));
    }
    BOOST_TEST(allocated.value() == 0U);
    BOOST_TEST(limits.size() == 100U);
}

BOOST_AUTO_TEST_SUITE_END()
