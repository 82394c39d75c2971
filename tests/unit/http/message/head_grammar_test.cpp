// SPDX-License-Identifier: Apache-2.0
#include "http/message/head_grammar.hpp"

#include <boost/test/unit_test.hpp>

#include <weir/http/message/error.hpp>

#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(head_grammar_test)

BOOST_AUTO_TEST_CASE(fields_are_collected_byte_by_byte_with_empty_values) {
    http::head_grammar grammar(HTTP_REQUEST);
    http::headers fields;
    for (const char c : std::string_view("GET /x HTTP/1.1\r\nA:\r\nB: c d \r\n\r\n")) {
        BOOST_REQUIRE(grammar.feed(weir::as_bytes(std::string_view(&c, 1)), fields));
        grammar.keep();
    }
    BOOST_TEST(grammar.is_complete());
    BOOST_TEST(std::string(grammar.method()) == "GET");
    BOOST_TEST(fields.size() == 2U);
    BOOST_TEST((fields.find("a") == std::string_view("")));
    BOOST_TEST((fields.find("b") == std::string_view("c d")));
}

BOOST_AUTO_TEST_CASE(it_reads_another_head_after_restart) {
    http::head_grammar grammar(HTTP_RESPONSE);
    http::headers fields;
    BOOST_REQUIRE(grammar.feed(weir::as_bytes("HTTP/1.1 200 OK\r\nA: b\r\n\r\n"), fields));
    BOOST_TEST(grammar.status_number() == 200U);
    grammar.restart();
    BOOST_TEST(!grammar.is_complete());
    BOOST_REQUIRE(grammar.feed(weir::as_bytes("HTTP/1.0 404 Not Found\r\n\r\n"), fields));
    BOOST_TEST(grammar.status_number() == 404U);
    BOOST_TEST(fields.size() == 1U);  // of the first
    BOOST_TEST((*grammar.version() == http::version::http_1_0));
}

BOOST_AUTO_TEST_CASE(an_unknown_method_is_refused_at_once) {
    http::head_grammar grammar(HTTP_REQUEST);
    http::headers fields;
    BOOST_TEST(
        (grammar.feed(weir::as_bytes("\x16\x03\x01"), fields).error() == http::errc::bad_method));
}

BOOST_AUTO_TEST_SUITE_END()
