// SPDX-License-Identifier: Apache-2.0
// leaky_bucket: the level, and the even outflow. What it shares with other limits: limit_test.
#include <weir/rate/leaky_bucket.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(leaky_bucket_test)

namespace {

using namespace std::chrono_literals;
using weir::rate::leaky_bucket;
using weir::rate::quota;

constexpr leaky_bucket::time_point begin{1000h};

}  // namespace

BOOST_AUTO_TEST_CASE(the_level_sinks_at_the_rate) {
    leaky_bucket bucket(quota(10, 1s, 5), begin);
    BOOST_TEST(bucket.level(begin) == 0U);
    BOOST_TEST(bucket.try_take(5, begin));
    BOOST_TEST(!bucket.try_take(1, begin));
    BOOST_TEST(bucket.level(begin) == 5U);
    BOOST_TEST(bucket.level(begin + 1ns) == 5U);
    BOOST_TEST(bucket.level(begin + 100ms) == 4U);
    BOOST_TEST(bucket.level(begin + 1h) == 0U);
}

BOOST_AUTO_TEST_CASE(a_burst_that_is_poured_in_leaves_evenly) {
    leaky_bucket bucket(quota(10, 1s, 4), begin);
    for (int i = 0; i < 4; ++i) BOOST_TEST((bucket.pour(1, begin) == begin + i * 100ms));
    BOOST_TEST(!bucket.pour(1, begin).has_value());
    BOOST_TEST((bucket.pour(1, begin + 150ms) == begin + 400ms));
    BOOST_TEST((bucket.pour(1, begin + 1h) == begin + 1h));
}

BOOST_AUTO_TEST_SUITE_END()
