// SPDX-License-Identifier: Apache-2.0
// latency_sample: quantiles of the last ones only.
#include <weir/resilience/latency_sample.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(latency_sample_test)

BOOST_AUTO_TEST_CASE(a_quantile_is_one_of_those_that_it_holds) {
    using namespace std::chrono_literals;
    weir::resilience::latency_sample sample;
    BOOST_TEST(!sample.quantile(0.5).has_value());
    for (int i = 100; i > 0; --i) sample.add(i * 1ms);
    BOOST_TEST(sample.count() == 100U);
    BOOST_TEST((sample.quantile(0.95) == 95ms));
    BOOST_TEST((sample.quantile(0) == 1ms));
    BOOST_TEST((sample.quantile(1) == 100ms));
}

BOOST_AUTO_TEST_CASE(what_was_long_ago_is_forgotten) {
    using namespace std::chrono_literals;
    weir::resilience::latency_sample sample;
    for (int i = 0; i < 100; ++i) sample.add(1s);
    for (int i = 0; i < 128; ++i) sample.add(1ms);
    BOOST_TEST((sample.quantile(1) == 1ms));
    BOOST_TEST(sample.count() == 128U);
}

BOOST_AUTO_TEST_SUITE_END()
