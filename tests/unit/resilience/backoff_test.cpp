// SPDX-License-Identifier: Apache-2.0
// backoff: each kind of growth, the bounds of chance, and the end.
#include <weir/resilience/backoff.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(backoff_test)

namespace {

using namespace std::chrono_literals;
using weir::resilience::backoff;
using weir::resilience::backoff_policy;

/// The first `count` delays in milliseconds.
std::string delays(backoff& walk, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        const auto delay = walk.next();
        const auto whole = delay ? std::chrono::duration_cast<std::chrono::milliseconds>(*delay)
                                 : std::chrono::milliseconds(-1);
        text += delay ? std::to_string(whole.count()) + " " : "none ";
    }
    return text;
}
std::string delays(const backoff_policy& policy, int count) {
    backoff walk(policy, 1);
    return delays(walk, count);
}
/// The shortest and the longest of many first delays.
std::pair<backoff::duration, backoff::duration> extremes(const backoff_policy& policy) {
    std::pair bounds(backoff::duration::max(), backoff::duration::min());
    for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
        const auto delay = *backoff(policy, seed).next();
        bounds = {std::min(bounds.first, delay), std::max(bounds.second, delay)};
    }
    return bounds;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_kind_grows_in_its_way_up_to_the_longest) {
    BOOST_TEST(delays(backoff_policy::constant(100ms), 3) == "100 100 100 ");
    BOOST_TEST(delays(backoff_policy::linear(100ms, 350ms), 5) == "100 200 300 350 350 ");
    BOOST_TEST(delays(backoff_policy::exponential(1s, 30s), 7) ==
               "1000 2000 4000 8000 16000 30000 30000 ");
    BOOST_TEST(delays(backoff_policy::exponential(100ms, 1s, 3), 4) == "100 300 900 1000 ");
    BOOST_TEST(delays(backoff_policy::table({10ms, 50ms}, 5s), 4) == "10 50 5000 5000 ");
}

BOOST_AUTO_TEST_CASE(it_ends_after_so_many_and_begins_anew_after_a_success) {
    backoff walk(backoff_policy::exponential(1s, 30s).max_retries(2), 1);
    BOOST_TEST(delays(walk, 3) == "1000 2000 none ");
    BOOST_TEST(walk.retries() == 2U);
    walk.reset();
    BOOST_TEST(walk.retries() == 0U);
    BOOST_TEST(delays(walk, 3) == "1000 2000 none ");
    BOOST_TEST(delays(backoff_policy::constant(1s).max_retries(0), 1) == "none ");
}

BOOST_AUTO_TEST_CASE(chance_spreads_over_the_whole_range_and_not_beyond) {
    const auto [shortest, longest] = extremes(backoff_policy::constant(1s).spread(0.8, 1.0));
    BOOST_TEST((shortest >= 800ms && shortest < 801ms));
    BOOST_TEST((longest <= 1s && longest > 999ms));
    const auto full = extremes(backoff_policy::constant(1s).spread(0, 1));
    BOOST_TEST((full.first < 1ms && full.second > 999ms));
    const auto floored = extremes(backoff_policy::constant(1s).spread(0, 1).at_least(500ms));
    BOOST_TEST((floored.first == 500ms));
}

BOOST_AUTO_TEST_CASE(a_decorrelated_delay_lies_between_the_base_and_three_times_the_last) {
    backoff walk(backoff_policy::decorrelated(1s, 20s), 7);
    backoff::duration before = 1s;
    bool reached_longest = false;
    for (int i = 0; i < 10'000; ++i) {
        const auto delay = *walk.next();
        BOOST_TEST((delay >= 1s && delay <= std::min<backoff::duration>(20s, 3 * before)));
        reached_longest = reached_longest || delay == 20s;
        before = delay;
    }
    BOOST_TEST(reached_longest);
}

BOOST_AUTO_TEST_CASE(one_seed_gives_one_walk) {
    const auto policy = backoff_policy::exponential(1s, 30s).spread(0, 1);
    backoff a(policy, 5);
    backoff b(policy, 5);
    backoff c(policy, 6);
    const std::string walked = delays(a, 6);
    BOOST_TEST(walked == delays(b, 6));
    BOOST_TEST(walked != delays(c, 6));
}

BOOST_AUTO_TEST_CASE(endless_growth_stays_a_duration) {
    backoff walk(backoff_policy::exponential(1h, backoff::duration::max(), 10), 1);
    for (int i = 0; i < 2000; ++i) BOOST_TEST((*walk.next() >= 1h));
}

BOOST_AUTO_TEST_SUITE_END()
