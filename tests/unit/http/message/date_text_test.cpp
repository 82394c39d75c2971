// SPDX-License-Identifier: Apache-2.0
#include "http/message/date_text.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using weir::http::date_text;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(date_text_test)

BOOST_AUTO_TEST_CASE(dates_are_written_as_the_standard_has_them) {
    date_text text;
    text.write(std::chrono::system_clock::time_point(784'111'777s));  // the example of RFC 9110
    BOOST_TEST(text.view() == "Sun, 06 Nov 1994 08:49:37 GMT");
    text.write(std::chrono::system_clock::time_point(0s));
    BOOST_TEST(text.view() == "Thu, 01 Jan 1970 00:00:00 GMT");
    text.write(std::chrono::system_clock::time_point(951'827'696s + 999ms));
    BOOST_TEST(text.view() == "Tue, 29 Feb 2000 12:34:56 GMT");
    text.write(std::chrono::system_clock::time_point(4'102'444'799s));
    BOOST_TEST(text.view() == "Thu, 31 Dec 2099 23:59:59 GMT");
}

BOOST_AUTO_TEST_CASE(the_clock_is_read_once_a_second) {
    date_text text;
    const std::chrono::steady_clock::time_point begin(5s);
    BOOST_TEST(text.at(begin).ends_with(" GMT"));
    text.write(std::chrono::system_clock::time_point(0s));  // shows when it is made anew
    BOOST_TEST(text.at(begin + 999ms) == "Thu, 01 Jan 1970 00:00:00 GMT");
    BOOST_TEST(text.at(begin + 1s) != "Thu, 01 Jan 1970 00:00:00 GMT");
}

BOOST_AUTO_TEST_SUITE_END()
