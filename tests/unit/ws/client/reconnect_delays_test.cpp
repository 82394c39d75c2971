// SPDX-License-Identifier: Apache-2.0
// reconnect_delays: the strategies that clients are offered, and that chance spreads them.
#include <weir/ws/client/reconnect_delays.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

BOOST_AUTO_TEST_SUITE(reconnect_delays_test)

namespace {

using namespace std::chrono_literals;
using weir::resilience::backoff;
using weir::resilience::backoff_policy;
namespace delays = weir::ws::reconnect_delays;

/// The delays of one walk, at most `count`.
std::vector<std::chrono::nanoseconds> walk(const backoff_policy& policy, std::uint64_t seed,
                                           std::size_t count) {
    backoff way(policy, seed);
    std::vector<std::chrono::nanoseconds> all;
    while (all.size() < count) {
        const auto next = way.next();
        if (!next) break;
        all.push_back(*next);
    }
    return all;
}

/// Whether delay number `place` of many walks lies within, and fills, `low` ... `high`.
void check_spread(const backoff_policy& policy, std::size_t place, std::chrono::nanoseconds low,
                  std::chrono::nanoseconds high) {
    auto shortest = std::chrono::nanoseconds::max();
    auto longest = std::chrono::nanoseconds::min();
    constexpr int walks = 2000;
    constexpr std::size_t buckets = 4;
    std::array<int, buckets> count{};
    for (std::uint64_t seed = 0; seed < walks; ++seed) {
        const auto delay = walk(policy, seed, place + 1).at(place);
        shortest = std::min(shortest, delay);
        longest = std::max(longest, delay);
        const auto bucket = static_cast<std::size_t>((delay - low) * buckets / (high - low + 1ns));
        ++count.at(std::min(bucket, buckets - 1));
    }
    BOOST_TEST((shortest >= low && longest <= high));
    for (const int each : count) BOOST_TEST((each > walks / 8 && each < walks / 2), each);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_usual_ones_double_up_to_half_a_minute_and_end_after_five) {
    const auto all = walk(delays::usual(), 3, 100);
    BOOST_TEST(all.size() == 5U);
    check_spread(delays::usual(), 0, 800ms, 1000ms);
    check_spread(delays::usual(), 3, 6400ms, 8000ms);
    check_spread(delays::usual().max_retries(100), 9, 24s, 30s);
}

BOOST_AUTO_TEST_CASE(the_constant_one_is_constant) {
    const auto all = walk(delays::constant_delay(), 3, 100);
    BOOST_TEST((all == std::vector<std::chrono::nanoseconds>(5, 1s)));
}

BOOST_AUTO_TEST_CASE(the_exponential_ones_lie_ten_percent_around) {
    check_spread(delays::exponential(), 2, 3600ms, 4400ms);
    BOOST_TEST(walk(delays::exponential(), 3, 100).size() == 100U);
}

BOOST_AUTO_TEST_CASE(the_jittered_ones_grow_by_the_base_with_a_floor) {
    check_spread(delays::jittered(), 0, 800ms, 1200ms);
    check_spread(delays::jittered(), 2, 2400ms, 3600ms);
    for (const auto& each : walk(delays::jittered(1s), 3, 100)) BOOST_TEST((each >= 500ms));
}

BOOST_AUTO_TEST_CASE(the_decorrelated_ones_stay_between_a_second_and_half_a_minute) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        for (const auto& each : walk(delays::decorrelated(), seed, 20)) {
            BOOST_TEST((each >= 1s && each <= 30s));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_interactive_ones_follow_the_table_and_are_spread) {
    const std::array table{10ms,  50ms,   100ms,  150ms,  200ms, 250ms,
                           500ms, 1000ms, 2000ms, 5000ms, 5000ms};
    for (std::size_t i = 0; i < table.size(); ++i) {
        check_spread(delays::interactive(), i, table.at(i) / 2, table.at(i));
    }
}

BOOST_AUTO_TEST_CASE(clients_that_fell_together_do_not_come_back_together) {
    std::set<std::chrono::nanoseconds> moments;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        moments.insert(walk(delays::usual(), seed, 1).front());
    }
    BOOST_TEST(moments.size() > 990U);
    BOOST_TEST((walk(delays::usual(), 5, 5) == walk(delays::usual(), 5, 5)));
}

BOOST_AUTO_TEST_SUITE_END()
