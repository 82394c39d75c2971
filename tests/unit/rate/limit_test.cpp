// SPDX-License-Identifier: Apache-2.0
// limit: what all limits promise, held against the definition of each: how much was taken within
// any time, counted anew for each request.
#include <weir/rate/limit.hpp>

#include "allocation_count.hpp"

#include <weir/base/random.hpp>
#include <weir/rate/gcra.hpp>
#include <weir/rate/leaky_bucket.hpp>
#include <weir/rate/sliding_window.hpp>
#include <weir/rate/token_bucket.hpp>

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(limit_test)

namespace {

using namespace std::chrono_literals;
using weir::rate::gcra;
using weir::rate::leaky_bucket;
using weir::rate::quota;
using weir::rate::sliding_window;
using weir::rate::token_bucket;
using time_point = std::chrono::steady_clock::time_point;

using limits = boost::mpl::list<token_bucket, leaky_bucket, gcra, sliding_window>;
using buckets = boost::mpl::list<token_bucket, leaky_bucket, gcra>;

constexpr time_point begin{1000h};

/// All that was taken, and when.
class record {
public:
    explicit record(const quota& most) : most_(most) {}

    void take(std::uint64_t cost, time_point now) { taken_.emplace_back(now, cost); }
    /// A burst and what has come since, from each moment at which something was taken.
    [[nodiscard]] bool a_bucket_has(std::uint64_t cost, time_point now) const {
        __extension__ using wide = __int128;
        wide sum = cost;
        bool has = sum <= most_.burst();
        for (auto each = taken_.rbegin(); each != taken_.rend(); ++each) {
            sum += each->second;
            const wide since = (now - each->first).count();
            has = has && (sum - most_.burst()) * most_.period().count() <= since * most_.amount();
        }
        return has;
    }
    /// So many within the last period.
    [[nodiscard]] bool a_window_has(std::uint64_t cost, time_point now) const {
        std::uint64_t sum = cost;
        for (const auto& [when, taken] : taken_) {
            if (now - when < most_.period()) sum += taken;
        }
        return sum <= most_.amount();
    }

private:
    quota most_;
    std::vector<std::pair<time_point, std::uint64_t>> taken_;
};

template <class L>
constexpr bool is_window = std::same_as<L, sliding_window>;

/// Odd numbers that divide nothing.
template <class L>
quota any_quota(weir::random& chance) {
    const std::uint64_t amount = 1 + chance.below(50);
    const auto period = chance.between(1us, 3s);
    return quota(amount, period, is_window<L> ? amount : 1 + chance.below(60));
}

/// Asks for random costs at random moments; each answer must be the definition's.
template <class L>
void ask_at_random(std::uint64_t seed) {
    weir::random chance(seed);
    const quota most = any_quota<L>(chance);
    const auto interval = most.period() / static_cast<std::int64_t>(most.amount());
    L asked(most, begin);
    record all(most);
    time_point now = begin;
    for (int i = 0; i < 300; ++i) {
        now += chance.chance(0.1) ? 10 * interval : chance.between(0ns, 2 * interval);
        const std::uint64_t cost = chance.chance(0.8) ? 1 : chance.below(most.burst() + 2);
        const bool expected =
            cost == 0 || (is_window<L> ? all.a_window_has(cost, now) : all.a_bucket_has(cost, now));
        const time_point ready = asked.ready_at(cost, now);
        BOOST_REQUIRE((ready == now) == expected);
        // To the nanosecond.
        if (!expected && ready != time_point::max() && chance.chance(0.3)) {
            now = ready;
            BOOST_REQUIRE(!L(asked).try_take(cost, ready - 1ns));
            BOOST_REQUIRE(asked.try_take(cost, ready));
            all.take(cost, ready);
            continue;
        }
        BOOST_REQUIRE(asked.try_take(cost, now) == expected);
        if (expected) all.take(cost, now);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(each_answer_is_that_of_the_definition, L, limits) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) { ask_at_random<L>(seed); }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_week_at_the_rate_neither_wins_nor_loses_one, L, limits) {
    // 7 each 3 s, asked at every 41 ms and a bit: nothing here divides anything.
    L asked(quota(7, 3s), begin);
    BOOST_TEST(asked.try_take(7, begin));
    std::uint64_t taken = 0;
    const auto end = begin + 7 * 24h;
    for (auto now = begin; now < end; now += 41'000'037ns) {
        while (asked.try_take(1, now)) ++taken;
    }
    while (asked.try_take(1, end)) ++taken;
    const std::uint64_t ideal = 7U * 604'800U / 3;
    // A window gives no more for having been asked late; what it missed of a period is lost.
    const std::uint64_t least = is_window<L> ? ideal * 98 / 100 : ideal;
    BOOST_TEST((taken <= ideal && taken >= least));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_week_of_waiting_for_each_one_ends_to_the_nanosecond, L, limits) {
    // The intervals have fractions: 3 a second.
    L asked(quota(3, 1s), begin);
    time_point now = begin;
    const std::uint64_t all = 3U * 604'800U;
    std::uint64_t refused = 0;
    for (std::uint64_t i = 0; i < all + 3; ++i) {
        now = asked.ready_at(1, now);
        if (!asked.try_take(1, now)) ++refused;
    }
    BOOST_TEST(refused == 0U);
    // The first three were there.
    const auto late = now - (begin + 7 * 24h);
    BOOST_TEST((late >= 0ns && late <= (is_window<L> ? 0ns : 1ns)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_refused_is_told_when_to_come_again, L, limits) {
    L asked(quota(2, 10s), begin);
    BOOST_TEST((weir::rate::retry_after(asked, 2, begin) == 0s));
    BOOST_TEST(asked.try_take(2, begin));
    const auto wait = weir::rate::retry_after(asked, 1, begin + 1s);
    BOOST_TEST((wait == (is_window<L> ? 9s : 4s)));
    BOOST_TEST((weir::rate::retry_after(asked, 3, begin) == std::chrono::nanoseconds::max()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(it_is_rested_when_all_has_come_back, L, limits) {
    L asked(quota(3, 1s), begin);
    BOOST_TEST(asked.is_rested(begin));
    BOOST_TEST(asked.try_take(1, begin));
    BOOST_TEST(!asked.is_rested(begin));
    BOOST_TEST(!asked.is_rested(begin + 333'333'333ns));
    BOOST_TEST(asked.is_rested(begin + 1s));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_clock_that_goes_back_wins_nothing, L, limits) {
    L asked(quota(1, 1s), begin);
    BOOST_TEST(asked.try_take(1, begin));
    BOOST_TEST(!asked.try_take(1, begin - 10s));
    BOOST_TEST(!asked.try_take(1, begin + 1s - 1ns));
    BOOST_TEST(asked.try_take(1, begin + 1s));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(asking_allocates_nothing, L, limits) {
    L asked(quota(100, 1s), begin);
    const weir::test::allocation_count allocated;
    for (int i = 0; i < 10'000; ++i) {
        const auto now = begin + i * 1ms;
        static_cast<void>(asked.try_take(1, now));
        static_cast<void>(weir::rate::retry_after(asked, 3, now));
    }
    BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(years_and_billions_do_not_overflow, L, buckets) {
    L fast(quota(4'000'000'000, 1s), begin);
    BOOST_TEST(fast.try_take(4'000'000'000, begin));
    BOOST_TEST(!fast.try_take(5, begin + 1ns));
    BOOST_TEST(fast.try_take(4, begin + 1ns));
    BOOST_TEST(fast.try_take(4'000'000'000, begin + 100'000h));
    L slow(quota(1, 24h * 365), begin);
    BOOST_TEST(slow.try_take(1, begin));
    BOOST_TEST((slow.ready_at(1, begin) == begin + 24h * 365));
}

BOOST_AUTO_TEST_SUITE_END()
