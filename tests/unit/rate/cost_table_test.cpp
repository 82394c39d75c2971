// SPDX-License-Identifier: Apache-2.0
// cost_table: what is named costs what it was given, the rest what all others cost.
#include <weir/rate/cost_table.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(cost_table_test)

BOOST_AUTO_TEST_CASE(each_kind_has_its_cost_and_the_others_one) {
    enum class request { subscribe, log_in, query, ping };
    const weir::rate::cost_table<request> costs(
        {{request::subscribe, 5}, {request::log_in, 10}, {request::ping, 0}});
    BOOST_TEST(costs.of(request::subscribe) == 5U);
    BOOST_TEST(costs.of(request::log_in) == 10U);
    BOOST_TEST(costs.of(request::query) == 1U);
    BOOST_TEST(costs.of(request::ping) == 0U);
    const weir::rate::cost_table<request> dear({}, 3);
    BOOST_TEST(dear.of(request::ping) == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
