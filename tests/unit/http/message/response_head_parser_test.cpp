// SPDX-License-Identifier: Apache-2.0
// What is read and what is refused is tested through response_parser; here that heads follow one
// another.
#include "http/message/response_head_parser.hpp"

#include <weir/http/message/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(response_head_parser_test)

BOOST_AUTO_TEST_CASE(one_head_follows_another_after_a_restart) {
    http::response_head_parser parser((http::request_limits()));
    http::response head;
    weir::bytes data = weir::as_bytes(
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.0 404 No\r\nServer: y\r\n\r\nrest");
    BOOST_TEST(parser.feed(data, head).value());
    BOOST_TEST((static_cast<unsigned>(head.code()) == 103U));
    BOOST_TEST(head.headers().find("Link").value() == "x");
    parser.restart();
    BOOST_TEST(!parser.has_begun());
    BOOST_TEST(parser.feed(data, head).value());
    BOOST_TEST((head.code() == http::status::not_found));
    BOOST_TEST((head.version() == http::version::http_1_0));
    BOOST_TEST(head.headers().size() == 1U);
    BOOST_TEST(weir::as_text(data) == "rest");
}

BOOST_AUTO_TEST_CASE(a_status_line_has_one_space_and_three_digits) {
    for (const char* bad : {"HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 0200 OK\r\n\r\n",
                            "HTTP/1.1 200OK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n"}) {
        http::response_head_parser parser((http::request_limits()));
        http::response head;
        weir::bytes data = weir::as_bytes(bad);
        BOOST_TEST(!parser.feed(data, head).has_value(), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()
