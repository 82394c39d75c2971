// SPDX-License-Identifier: Apache-2.0
// connection_limiter: who is admitted, what frees a place, and when the alarm is given.
#include <weir/rate/connection_limiter.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(connection_limiter_test)

namespace {

using namespace std::chrono_literals;
using weir::refusal;
using weir::net::endpoint;
using weir::rate::connection_alert;
using weir::rate::connection_limiter;
using weir::rate::connection_limits;
using weir::rate::quota;

constexpr connection_limiter::time_point begin{1000h};

endpoint peer(std::string_view text) { return *endpoint::parse(text); }
connection_limits at_most(std::size_t all, std::size_t of_one) {
    connection_limits limits;
    limits.max_connections = all;
    limits.max_per_source = of_one;
    return limits;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_said_without_limits_is_what_the_defaults_say) {
    const connection_limits limits;
    BOOST_TEST(limits.max_connections == 10'000U);
    BOOST_TEST(limits.alert_threshold == 0.7);
    BOOST_TEST((limits.alert_cooldown == 60s));
}

BOOST_AUTO_TEST_CASE(a_place_is_free_again_when_its_slot_is_gone) {
    connection_limiter limiter(at_most(2, 2), begin);
    auto first = limiter.try_admit(peer("192.0.2.1:1"), begin);
    auto second = limiter.try_admit(peer("192.0.2.2:1"), begin);
    BOOST_REQUIRE((first && second));
    const auto third = limiter.try_admit(peer("192.0.2.3:1"), begin);
    BOOST_REQUIRE(!third);
    BOOST_TEST((third.error().why() == refusal::too_many_in_flight));
    BOOST_TEST((third.error().retry_after() == 1s));
    BOOST_TEST(limiter.refused_as_full() == 1U);
    {
        const connection_limiter::slot ending = std::move(*first);
        BOOST_TEST(limiter.open() == 2U);
    }
    BOOST_TEST(limiter.open() == 1U);
    BOOST_TEST(limiter.sources() == 1U);
    *second = std::move(*limiter.try_admit(peer("192.0.2.3:1"), begin));
    BOOST_TEST(limiter.open() == 1U);
}

BOOST_AUTO_TEST_CASE(one_source_has_no_more_than_its_part_but_others_have_theirs) {
    connection_limiter limiter(at_most(10, 1), begin);
    const auto first = limiter.try_admit(peer("[2001:db8:1:2::1]:1"), begin);
    BOOST_TEST(first.has_value());
    const auto neighbour = limiter.try_admit(peer("[2001:db8:1:2::2]:1"), begin);
    BOOST_REQUIRE(!neighbour);
    BOOST_TEST((neighbour.error().why() == refusal::too_many_in_flight));
    BOOST_TEST(limiter.refused_by_source() == 1U);
    const auto other = limiter.try_admit(peer("[2001:db8:1:3::1]:1"), begin);
    BOOST_TEST(other.has_value());
}

BOOST_AUTO_TEST_CASE(unix_sockets_count_together_only) {
    connection_limiter limiter(at_most(2, 1), begin);
    const auto first = limiter.try_admit(peer("unix:/run/x"), begin);
    const auto second = limiter.try_admit(peer("unix:/run/x"), begin);
    BOOST_TEST((first && second));
    BOOST_TEST(limiter.sources() == 0U);
    BOOST_TEST(!limiter.try_admit(peer("unix:/run/x"), begin));
}

BOOST_AUTO_TEST_CASE(who_comes_too_fast_is_told_when_to_come_again_and_takes_no_place) {
    connection_limits limits = at_most(10, 10);
    limits.accept_rate = quota(2, 10s);
    connection_limiter limiter(limits, begin);
    const auto first = limiter.try_admit(peer("192.0.2.1:1"), begin);
    const auto second = limiter.try_admit(peer("192.0.2.2:1"), begin);
    BOOST_TEST((first && second));
    const auto third = limiter.try_admit(peer("192.0.2.3:1"), begin + 1s);
    BOOST_REQUIRE(!third);
    BOOST_TEST((third.error().why() == refusal::rate_limited));
    BOOST_TEST((third.error().retry_after() == 4s));
    BOOST_TEST(limiter.open() == 2U);
    BOOST_TEST(limiter.refused_by_rate() == 1U);
    BOOST_TEST(limiter.try_admit(peer("192.0.2.3:1"), begin + 5s).has_value());
}

BOOST_AUTO_TEST_CASE(who_is_refused_for_other_reasons_takes_nothing_from_the_rate) {
    connection_limits limits = at_most(10, 1);
    limits.accept_rate = quota(2, 10s);
    connection_limiter limiter(limits, begin);
    const auto first = limiter.try_admit(peer("192.0.2.1:1"), begin);
    BOOST_TEST(!limiter.try_admit(peer("192.0.2.1:2"), begin));
    BOOST_TEST(limiter.try_admit(peer("192.0.2.2:1"), begin).has_value());
}

BOOST_AUTO_TEST_CASE(the_alarm_is_given_at_the_threshold_and_not_again_before_the_cooldown) {
    std::vector<connection_alert> alerts;
    connection_limits limits = at_most(10, 100);
    limits.on_alert = [&](const connection_alert& alert) { alerts.push_back(alert); };
    connection_limiter limiter(limits, begin);
    std::vector<connection_limiter::slot> slots;
    const auto admit = [&](connection_limiter::time_point now) {
        auto slot = limiter.try_admit(peer("192.0.2.1:1"), now);
        if (slot) slots.push_back(std::move(*slot));
    };
    for (int i = 0; i < 6; ++i) admit(begin);
    BOOST_TEST(alerts.empty());
    admit(begin);
    BOOST_REQUIRE(alerts.size() == 1U);
    BOOST_TEST(alerts[0].open == 7U);
    BOOST_TEST(alerts[0].max == 10U);
    for (int i = 0; i < 10; ++i) admit(begin + 59s);
    BOOST_TEST(alerts.size() == 1U);
    admit(begin + 60s);
    BOOST_REQUIRE(alerts.size() == 2U);
    BOOST_TEST(alerts[1].open == 10U);
    BOOST_TEST(alerts[1].refused == 8U);
    slots.clear();
    admit(begin + 1h);
    BOOST_TEST(alerts.size() == 2U);
}

BOOST_AUTO_TEST_CASE(whatever_comes_and_goes_the_counts_are_right) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        weir::random chance(seed);
        connection_limiter limiter(at_most(20, 4), begin);
        std::vector<std::pair<std::uint64_t, connection_limiter::slot>> held;
        std::map<std::uint64_t, std::size_t> by_source;
        for (int step = 0; step < 2000; ++step) {
            if (chance.chance(0.55)) {
                const std::uint64_t source = chance.below(10);
                const bool may = held.size() < 20 && by_source[source] < 4;
                auto slot =
                    limiter.try_admit(peer("192.0.2." + std::to_string(source) + ":1"), begin);
                BOOST_REQUIRE_MESSAGE(slot.has_value() == may, "seed " << seed);
                if (!slot) continue;
                held.emplace_back(source, std::move(*slot));
                ++by_source[source];
            } else if (!held.empty()) {
                std::swap(held[chance.below(held.size())], held.back());
                --by_source[held.back().first];
                held.pop_back();
            }
            BOOST_REQUIRE_MESSAGE(limiter.open() == held.size(), "seed " << seed);
        }
        held.clear();
        BOOST_TEST(limiter.sources() == 0U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
