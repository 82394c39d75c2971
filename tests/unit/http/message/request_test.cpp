// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/request.hpp>

#include <boost/test/unit_test.hpp>

#include <weir/http/message/error.hpp>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(request_test)

BOOST_AUTO_TEST_CASE(a_target_is_cut_at_the_first_question_mark) {
    BOOST_TEST(http::request("GET", "/a?b?c").path() == "/a");
    BOOST_TEST(http::request("GET", "/a?b?c").query() == "b?c");
    BOOST_TEST(http::request("GET", "/a").path() == "/a");
    BOOST_TEST(http::request("GET", "/a").query().empty());
}

BOOST_AUTO_TEST_CASE(the_connection_is_kept_by_version_and_header) {
    http::request one("GET", "/");
    BOOST_TEST(one.keeps_alive());
    BOOST_REQUIRE(one.headers().add("Connection", "Close"));
    BOOST_TEST(!one.keeps_alive());
    http::request old("GET", "/", http::version::http_1_0);
    BOOST_TEST(!old.keeps_alive());
    BOOST_REQUIRE(old.headers().add("Connection", "keep-alive"));
    BOOST_TEST(old.keeps_alive());
}

BOOST_AUTO_TEST_CASE(an_upgrade_needs_both_headers_and_http_1_1) {
    http::request one("GET", "/");
    BOOST_REQUIRE(one.headers().add("Upgrade", "websocket"));
    BOOST_TEST(!one.wants_upgrade());
    BOOST_REQUIRE(one.headers().add("Connection", "upgrade"));
    BOOST_TEST(one.wants_upgrade());
    http::request old("GET", "/", http::version::http_1_0);
    old.headers() = one.headers();
    BOOST_TEST(!old.wants_upgrade());
}

BOOST_AUTO_TEST_CASE(serialize_writes_line_fields_and_body) {
    http::request one("POST", "/a");
    BOOST_REQUIRE(one.headers().add("Host", "h"));
    one.body() = "body";
    const auto text = http::serialize(one);
    BOOST_REQUIRE(text);
    BOOST_TEST(*text == "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
}

BOOST_AUTO_TEST_CASE(serialize_refuses_a_line_that_could_be_split) {
    BOOST_TEST((http::serialize(http::request("GET", "/a b")).error() == http::errc::bad_target));
    BOOST_TEST((http::serialize(http::request("GET", "")).error() == http::errc::bad_target));
    BOOST_TEST((http::serialize(http::request("GET", "/\r\n")).error() == http::errc::bad_target));
    BOOST_TEST((http::serialize(http::request("G T", "/")).error() == http::errc::bad_method));
}

BOOST_AUTO_TEST_CASE(a_request_that_begins_keeps_the_headers_that_it_was_given) {
    http::request message("POST", "/a");
    BOOST_REQUIRE(message.headers().add("Connection", "close"));
    message.body() = "text";
    message.begin("GET", "/b", http::version::http_1_0);
    BOOST_TEST(message.method() == "GET");
    BOOST_TEST(message.target() == "/b");
    BOOST_TEST((message.version() == http::version::http_1_0));
    BOOST_TEST(message.headers().size() == 1U);
    BOOST_TEST(message.body().empty());
}

BOOST_AUTO_TEST_SUITE_END()
