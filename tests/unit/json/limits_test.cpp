// SPDX-License-Identifier: Apache-2.0
#include <weir/json/limits.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(json_limits_test)

BOOST_AUTO_TEST_CASE(the_defaults_are_those_that_strangers_get) {
    BOOST_TEST(weir::json::limits().max_depth() == 64U);
    BOOST_TEST(weir::json::limits().max_keys() == 10'000U);
}

BOOST_AUTO_TEST_CASE(a_depth_beyond_what_can_be_kept_is_cut) {
    BOOST_TEST(weir::json::limits().max_depth(1000).max_depth() == 64U);
    BOOST_TEST(weir::json::limits().max_depth(0).max_depth() == 1U);
    BOOST_TEST(weir::json::limits().max_keys(0).max_keys() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
