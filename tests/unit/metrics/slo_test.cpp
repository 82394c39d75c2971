// SPDX-License-Identifier: Apache-2.0
// slo: three bounds judge a value, whichever direction is good.
#include <weir/metrics/slo.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(slo_test)

using weir::metrics::slo;

namespace {
std::string judged(const slo& target, double value) {
    return std::string(to_string(target.judge(value)));
}
}  // namespace

BOOST_AUTO_TEST_CASE(where_lower_is_better_values_above_the_bounds_are_worse) {
    constexpr slo connection_ms(200, 500, 1000);
    static_assert(connection_ms.lower_is_better());
    BOOST_TEST(judged(connection_ms, 0) == "good");
    BOOST_TEST(judged(connection_ms, 200) == "good");
    BOOST_TEST(judged(connection_ms, 201) == "warn");
    BOOST_TEST(judged(connection_ms, 501) == "bad");
    BOOST_TEST(judged(connection_ms, 1000) == "bad");
    BOOST_TEST(judged(connection_ms, 1001) == "critical");
}

BOOST_AUTO_TEST_CASE(where_higher_is_better_values_below_the_bounds_are_worse) {
    constexpr slo events_a_second(10'000, 5'000, 1'000);
    static_assert(!events_a_second.lower_is_better());
    BOOST_TEST(judged(events_a_second, 20'000) == "good");
    BOOST_TEST(judged(events_a_second, 9'999) == "warn");
    BOOST_TEST(judged(events_a_second, 4'999) == "bad");
    BOOST_TEST(judged(events_a_second, 999) == "critical");
}

BOOST_AUTO_TEST_SUITE_END()
