// SPDX-License-Identifier: Apache-2.0
// gcra: fractions of a nanosecond. What it shares with other limits: limit_test.
#include <weir/rate/gcra.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(gcra_test)

namespace {

using namespace std::chrono_literals;
using weir::rate::gcra;
using weir::rate::quota;

constexpr gcra::time_point begin{1000h};

}  // namespace

BOOST_AUTO_TEST_CASE(intervals_that_are_no_whole_nanoseconds_add_up) {
    gcra cells(quota(3, 10ns, 1), begin);
    BOOST_TEST(cells.try_take(1, begin));
    // 3 1/3, then 6 2/3, then 10.
    BOOST_TEST((cells.ready_at(1, begin) == begin + 4ns));
    gcra sums(quota(3, 10ns, 3), begin);
    BOOST_TEST(sums.try_take(3, begin));
    BOOST_TEST((sums.ready_at(1, begin) == begin + 4ns));
    BOOST_TEST((sums.ready_at(2, begin) == begin + 7ns));
    BOOST_TEST((sums.ready_at(3, begin) == begin + 10ns));
    BOOST_TEST(!sums.is_rested(begin + 10ns - 1ns));
    BOOST_TEST(sums.is_rested(begin + 10ns));
}

BOOST_AUTO_TEST_CASE(one_that_comes_within_a_fraction_does_not_win_it) {
    gcra cells(quota(3, 10ns, 1), begin);
    int taken = 0;
    for (int i = 0; i < 10'000; ++i) {
        if (cells.try_take(1, begin + std::chrono::nanoseconds(i))) ++taken;
    }
    // Each waits for the next whole nanosecond: 4 ns, with nothing saved up.
    BOOST_TEST(taken == 2500);
}

BOOST_AUTO_TEST_SUITE_END()
