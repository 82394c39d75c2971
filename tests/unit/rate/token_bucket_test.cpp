// SPDX-License-Identifier: Apache-2.0
// token_bucket: exact over any time, and never more than it holds.
#include <weir/rate/token_bucket.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>

BOOST_AUTO_TEST_SUITE(token_bucket_test)

namespace {

using namespace std::chrono_literals;
using weir::rate::quota;
using weir::rate::token_bucket;

constexpr token_bucket::time_point begin{1000h};

}  // namespace

BOOST_AUTO_TEST_CASE(it_begins_full_and_gives_no_more_than_it_has) {
    token_bucket bucket(quota(10, 1s, 5), begin);
    BOOST_TEST(bucket.capacity() == 5U);
    BOOST_TEST(bucket.try_take(3, begin));
    BOOST_TEST(!bucket.try_take(3, begin));
    BOOST_TEST(bucket.try_take(2, begin));
    BOOST_TEST(!bucket.try_take(1, begin));
    BOOST_TEST(bucket.try_take(0, begin));
    BOOST_TEST(!bucket.try_take(1, begin + 100ms - 1ns));
    BOOST_TEST(bucket.try_take(1, begin + 100ms));
    BOOST_TEST(bucket.available(begin + 1h) == 5U);
}

BOOST_AUTO_TEST_CASE(it_says_to_the_nanosecond_when_there_will_be_enough) {
    token_bucket bucket(quota(3, 1s, 10), begin);
    BOOST_TEST((bucket.ready_at(10, begin) == begin));
    BOOST_TEST((bucket.ready_at(11, begin) == token_bucket::time_point::max()));
    BOOST_TEST(bucket.try_take(10, begin));
    const auto ready = bucket.ready_at(1, begin);
    BOOST_TEST((ready == begin + 333'333'334ns));
    BOOST_TEST(!bucket.try_take(1, ready - 1ns));
    BOOST_TEST(bucket.try_take(1, ready));
}

BOOST_AUTO_TEST_CASE(a_week_of_asking_at_odd_moments_neither_wins_nor_loses_a_token) {
    // 7 tokens each 3 s, asked at every 41 ms and a bit: nothing here divides anything.
    token_bucket bucket(quota(7, 3s, 7), begin);
    BOOST_TEST(bucket.try_take(7, begin));
    std::uint64_t taken = 0;
    auto now = begin;
    const auto end = begin + 7 * 24h;
    for (; now < end; now += 41'000'037ns) {
        while (bucket.try_take(1, now)) ++taken;
    }
    while (bucket.try_take(1, end)) ++taken;
    // 604,800 s are 201,600 periods.
    BOOST_TEST(taken == 201'600U * 7U);
}

BOOST_AUTO_TEST_CASE(asking_every_nanosecond_loses_nothing) {
    token_bucket bucket(quota(1, 1us, 1), begin);
    BOOST_TEST(bucket.try_take(1, begin));
    int taken = 0;
    for (int i = 1; i <= 100'000; ++i) {
        if (bucket.try_take(1, begin + std::chrono::nanoseconds(i))) ++taken;
    }
    BOOST_TEST(taken == 100);
}

BOOST_AUTO_TEST_CASE(large_rates_and_long_times_do_not_overflow) {
    token_bucket bucket(quota(4'000'000'000, 1s, 4'000'000'000), begin);
    BOOST_TEST(bucket.try_take(4'000'000'000, begin));
    BOOST_TEST(bucket.available(begin + 1s) == 4'000'000'000U);
    BOOST_TEST(bucket.available(begin + 100'000h) == 4'000'000'000U);
    token_bucket slow(quota(1, 24h * 365), begin);
    BOOST_TEST(slow.try_take(1, begin));
    BOOST_TEST((slow.ready_at(1, begin) == begin + 24h * 365));
}

BOOST_AUTO_TEST_CASE(a_clock_that_goes_back_gives_nothing) {
    token_bucket bucket(quota(1, 1s, 1), begin);
    BOOST_TEST(bucket.try_take(1, begin));
    BOOST_TEST(!bucket.try_take(1, begin - 10s));
    BOOST_TEST(!bucket.try_take(1, begin + 1s - 1ns));
    BOOST_TEST(bucket.try_take(1, begin + 1s));
}

BOOST_AUTO_TEST_SUITE_END()
