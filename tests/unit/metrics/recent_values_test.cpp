// SPDX-License-Identifier: Apache-2.0
// recent_values: exactly the last ones, and quantiles as numpy gives them.
#include <weir/metrics/recent_values.hpp>

#include "allocation_count.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(recent_values_test, *boost::unit_test::tolerance(1e-12))

namespace {

using weir::metrics::recent_values;

}  // namespace

BOOST_AUTO_TEST_CASE(an_empty_window_says_zero) {
    const recent_values none;
    BOOST_TEST(none.size() == 0U);
    BOOST_TEST(none.min() == 0.0);
    BOOST_TEST(none.max() == 0.0);
    BOOST_TEST(none.mean() == 0.0);
    BOOST_TEST(none.quantile(0.5) == 0.0);
}

BOOST_AUTO_TEST_CASE(quantiles_are_those_of_numpy) {
    recent_values some(100);
    for (const double value : {7.0, 1.0, 3.0, 10.0}) some.record(value);
    // numpy.percentile([7, 1, 3, 10], [0, 25, 50, 95, 99.9, 100])
    BOOST_TEST(some.quantile(0) == 1.0);
    BOOST_TEST(some.quantile(0.25) == 2.5);
    BOOST_TEST(some.quantile(0.5) == 5.0);
    BOOST_TEST(some.quantile(0.95) == 9.55);
    BOOST_TEST(some.quantile(0.999) == 9.991);
    BOOST_TEST(some.quantile(1) == 10.0);
    BOOST_TEST(some.mean() == 5.25);
}

BOOST_AUTO_TEST_CASE(only_the_last_ones_count_and_none_of_them_is_lost) {
    recent_values some(1000);
    for (int i = 1; i <= 2500; ++i) some.record(i);
    BOOST_TEST(some.size() == 1000U);
    BOOST_TEST(some.recorded() == 2500U);
    BOOST_TEST(some.min() == 1501.0);
    BOOST_TEST(some.max() == 2500.0);
    BOOST_TEST(some.mean() == 2000.5);
    BOOST_TEST(some.quantile(0.5) == 2000.5);
    some.clear();
    some.record(3);
    BOOST_TEST(some.max() == 3.0);
    BOOST_TEST(some.size() == 1U);
}

BOOST_AUTO_TEST_CASE(recording_allocates_nothing) {
    recent_values some(10);
    const weir::test::allocation_count allocated;
    for (int i = 0; i < 100; ++i) some.record(i);
    BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
