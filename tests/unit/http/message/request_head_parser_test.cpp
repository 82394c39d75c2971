// SPDX-License-Identifier: Apache-2.0
#include "http/message/request_head_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <weir/http/message/error.hpp>

#include "allocation_count.hpp"

#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(request_head_parser_test)

BOOST_AUTO_TEST_CASE(the_bytes_behind_the_head_are_left) {
    http::request_head_parser parser(http::request_limits().max_body_bytes(10));
    http::request head;
    weir::bytes data = weir::as_bytes("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    const auto complete = parser.feed(data, head);
    BOOST_REQUIRE((complete.has_value() && *complete));
    BOOST_TEST(weir::as_text(data) == "abc");
    BOOST_TEST(head.method() == "PUT");
    BOOST_TEST(head.target() == "/x");
    BOOST_REQUIRE(parser.body_length().has_value());
    BOOST_TEST(*parser.body_length() == 3U);
    http::detail::body_reader body;
    parser.expect_body(body);
    BOOST_TEST(!body.is_complete());
}

BOOST_AUTO_TEST_CASE(a_body_in_chunks_has_no_length) {
    http::request_head_parser parser(http::request_limits().max_body_bytes(10));
    http::request head;
    weir::bytes data =
        weir::as_bytes("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const auto complete = parser.feed(data, head);
    BOOST_REQUIRE((complete.has_value() && *complete));
    BOOST_TEST(!parser.body_length().has_value());
    http::detail::body_reader body;
    parser.expect_body(body);
    BOOST_TEST(!body.is_complete());
}

BOOST_AUTO_TEST_CASE(heads_that_follow_each_other_take_no_new_memory) {
    const std::string text =
        "GET /a/target/longer/than/any/small/string HTTP/1.1\r\n"
        "Host: localhost:8080\r\nUser-Agent: something/1.0 of some length\r\n"
        "Accept: */*\r\n\r\n";
    http::request_head_parser parser(http::request_limits{});
    http::request head;
    const auto parse = [&] {
        parser.restart();
        weir::bytes data = weir::as_bytes(text);
        const auto complete = parser.feed(data, head);
        return complete && *complete && head.headers().size() == 3;
    };
    for (int i = 0; i < 3; ++i) BOOST_TEST(parse());
    const weir::test::allocation_count count;
    bool all = true;
    for (int i = 0; i < 100; ++i) all = parse() && all;
    BOOST_TEST(all);
    if (weir::test::allocations_are_counted()) BOOST_TEST(count.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
