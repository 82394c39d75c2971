// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/refusal.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(refusal_test)

BOOST_AUTO_TEST_CASE(a_refusal_is_an_error_code_that_says_why) {
    const std::error_code why = weir::resilience::refusal::circuit_open;
    BOOST_TEST(std::string(why.category().name()) == "weir.refusal");
    BOOST_TEST(why.message() == "not tried: too much of this has failed lately");
    BOOST_TEST((why != std::error_code()));
    const std::error_code other = weir::resilience::refusal::rate_limited;
    BOOST_TEST(other.message() == "not tried: too much of this has begun lately");
}

BOOST_AUTO_TEST_SUITE_END()
