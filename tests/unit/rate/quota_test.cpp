// SPDX-License-Identifier: Apache-2.0
// quota: what is left out.
#include <weir/rate/quota.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(quota_test)

BOOST_AUTO_TEST_CASE(a_burst_is_as_much_as_a_period_has_unless_it_is_told) {
    using namespace std::chrono_literals;
    BOOST_TEST(weir::rate::quota(60, 1min).burst() == 60U);
    BOOST_TEST(weir::rate::quota(60, 1min, 5).burst() == 5U);
}

BOOST_AUTO_TEST_SUITE_END()
