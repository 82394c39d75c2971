// SPDX-License-Identifier: Apache-2.0
// sliding_window: what it does that no bucket does. What it shares with them: limit_test.
#include <weir/rate/sliding_window.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(sliding_window_test)

namespace {

using namespace std::chrono_literals;
using weir::rate::quota;
using weir::rate::sliding_window;

constexpr sliding_window::time_point begin{1000h};

}  // namespace

BOOST_AUTO_TEST_CASE(no_period_has_more_than_the_limit_wherever_it_begins) {
    sliding_window calls(quota(10, 1min), begin);
    BOOST_TEST(calls.try_take(1, begin));
    BOOST_TEST(calls.try_take(9, begin + 59s));
    // One window ends and the next begins: not ten more.
    BOOST_TEST(calls.try_take(1, begin + 60s));
    BOOST_TEST(!calls.try_take(1, begin + 60s));
    BOOST_TEST(!calls.try_take(1, begin + 119s - 1ns));
    BOOST_TEST(calls.try_take(9, begin + 119s));
}

BOOST_AUTO_TEST_CASE(much_at_once_waits_for_the_last_that_it_needs) {
    sliding_window calls(quota(3, 10s), begin);
    for (int i = 0; i < 3; ++i) BOOST_TEST(calls.try_take(1, begin + i * 1s));
    BOOST_TEST((calls.ready_at(1, begin + 3s) == begin + 10s));
    BOOST_TEST((calls.ready_at(2, begin + 3s) == begin + 11s));
    BOOST_TEST((calls.ready_at(3, begin + 3s) == begin + 12s));
}

BOOST_AUTO_TEST_SUITE_END()
