// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/access_record.hpp>

#include <boost/test/unit_test.hpp>

#include <weir/http/message/error.hpp>

#include <string>

namespace http = weir::http;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(access_record_test)

BOOST_AUTO_TEST_CASE(a_record_is_one_line) {
    const weir::net::endpoint peer = weir::net::endpoint::loopback(5);
    http::access_record record(peer);
    record.method = "GET";
    record.target = "/x?y";
    record.status = http::status::not_found;
    record.body_bytes = 12;
    record.duration = 350us + 900ns;
    BOOST_TEST(http::to_line(record) == "127.0.0.1:5 \"GET /x?y\" 404 12 350us");
}

BOOST_AUTO_TEST_CASE(a_request_that_could_not_be_read_has_its_error) {
    const weir::net::endpoint peer = weir::net::endpoint::loopback(5);
    http::access_record record(peer);
    record.status = http::status::bad_request;
    record.error = make_error_code(http::errc::nul_byte);
    BOOST_TEST(http::to_line(record) ==
               "127.0.0.1:5 \"- -\" 400 0 0us \"NUL byte in an HTTP head\"");
    record.what = "bad\nluck";
    BOOST_TEST(http::to_line(record) ==
               "127.0.0.1:5 \"- -\" 400 0 0us \"NUL byte in an HTTP head: bad\\x0aluck\"");
}

BOOST_AUTO_TEST_CASE(nothing_from_the_wire_forges_a_line_or_steers_a_terminal) {
    BOOST_TEST(http::escaped("a\r\nb\x1b[2J\"\\\x7f\xc3\xa9", 99) ==
               "a\\x0d\\x0ab\\x1b[2J\\x22\\x5c\\x7f\\xc3\\xa9");
    BOOST_TEST(http::escaped(std::string(600, 'x'), 5) == "xxxxx...");
    BOOST_TEST(http::escaped("12345", 5) == "12345");
    BOOST_TEST(http::escaped("", 5).empty());
}

BOOST_AUTO_TEST_SUITE_END()
