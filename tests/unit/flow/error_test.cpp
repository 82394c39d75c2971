// SPDX-License-Identifier: Apache-2.0
#include <weir/flow/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(flow_error_test)

BOOST_AUTO_TEST_CASE(an_error_of_this_room_is_an_error_code_that_says_why) {
    const std::error_code wrong = weir::flow::errc::wrong_answer_size;
    BOOST_TEST(std::string(wrong.category().name()) == "weir.flow");
    BOOST_TEST(wrong.message() == "a load did not give one outcome for each key");
    const std::error_code failing = weir::flow::errc::too_many_restarts;
    BOOST_TEST(failing.message() == "a supervised child has failed too often");
    BOOST_TEST((wrong != failing));
}

BOOST_AUTO_TEST_SUITE_END()
