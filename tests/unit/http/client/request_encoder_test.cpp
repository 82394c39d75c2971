// SPDX-License-Identifier: Apache-2.0
#include "http/client/request_encoder.hpp"

#include <weir/http/message/error.hpp>
#include <weir/http/message/request_parser.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace http = weir::http;
using http::client_request;

BOOST_AUTO_TEST_SUITE(request_encoder_test)

namespace {

client_request request_of(std::string method, const char* where = "http://a:81/b?c") {
    return client_request(std::move(method), *http::url::parse(where));
}

std::string head_of(const client_request& asked, bool asks_for_coding = false,
                    bool says_expect = false) {
    if (const auto fine = check_request(asked); !fine) return "!" + fine.error().message();
    std::string out;
    append_request_head(out, asked, "weir", asks_for_coding, says_expect);
    return out;
}

std::string error(http::errc why) { return "!" + make_error_code(why).message(); }

weir::task<weir::result<void>> nothing(http::request_body_writer&) { co_return {}; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_get_says_where_and_who) {
    BOOST_TEST(head_of(request_of("GET")) ==
               "GET /b?c HTTP/1.1\r\nHost: a:81\r\nUser-Agent: weir\r\n\r\n");
    BOOST_TEST(head_of(request_of("GET", "https://[::1]"), true) ==
               "GET / HTTP/1.1\r\nHost: [::1]\r\nUser-Agent: weir\r\n"
               "Accept-Encoding: gzip, deflate\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(own_fields_go_first_and_replace_what_would_be_added) {
    auto asked = request_of("GET");
    BOOST_REQUIRE(asked.headers().add("user-agent", "me"));
    BOOST_REQUIRE(asked.headers().add("X", "y"));
    BOOST_TEST(head_of(asked) ==
               "GET /b?c HTTP/1.1\r\nHost: a:81\r\nuser-agent: me\r\nX: y\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_body_is_counted_or_in_chunks) {
    auto asked = request_of("POST");
    BOOST_TEST(head_of(asked).find("Content-Length: 0\r\n") != std::string::npos);
    asked.body() = "abc";
    BOOST_TEST(head_of(asked).find("Content-Length: 3\r\n") != std::string::npos);
    asked.stream_body(nothing);
    BOOST_TEST(head_of(asked).find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    BOOST_TEST(head_of(asked).find("Content-Length") == std::string::npos);
    asked.stream_body(nothing, 0);
    BOOST_TEST(head_of(asked).find("Content-Length: 0\r\n") != std::string::npos);
    BOOST_TEST(head_of(request_of("DELETE")).find("Content-Length") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_large_body_may_be_asked_for_first) {
    auto asked = request_of("PUT");
    asked.body() = "abc";
    BOOST_TEST(head_of(asked, false, true).ends_with("\r\nExpect: 100-continue\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(nothing_can_be_injected) {
    for (const char* bad : {"", "GET /", "GET\r\nX", "CONNECT", "GE T", "G:T"})
        BOOST_TEST(head_of(request_of(bad)) == error(http::errc::bad_method), bad);
    auto asked = request_of("GET");
    BOOST_TEST(!asked.headers().add("X", "a\r\nY: b").has_value());
    BOOST_TEST(!asked.headers().add("X\r\nY", "b").has_value());
    BOOST_TEST(!asked.headers().add("X", "a\nb").has_value());
    BOOST_TEST(!asked.headers().add("X ", "b").has_value());
}

BOOST_AUTO_TEST_CASE(what_frames_a_request_is_the_clients_own) {
    for (const char* name : {"Host", "content-length", "Transfer-Encoding", "Connection", "TE",
                             "Upgrade", "Expect", "Keep-Alive", "Trailer", "Proxy-Connection"}) {
        auto asked = request_of("GET");
        BOOST_REQUIRE(asked.headers().add(name, "1"));
        BOOST_TEST(head_of(asked) == error(http::errc::reserved_header), name);
    }
}

BOOST_AUTO_TEST_CASE(who_speaks_of_codings_or_ranges_gets_what_was_sent) {
    BOOST_TEST(may_ask_for_coding(request_of("GET")));
    for (const char* name : {"accept-encoding", "Range"}) {
        auto asked = request_of("GET");
        BOOST_REQUIRE(asked.headers().add(name, "x"));
        BOOST_TEST(!may_ask_for_coding(asked), name);
    }
}

BOOST_AUTO_TEST_CASE(our_own_server_takes_each_head) {
    auto asked = request_of("POST");
    BOOST_REQUIRE(asked.headers().add("Content-Type", "text/plain"));
    asked.body() = "abc";
    const std::string text = head_of(asked, true, true) + "abc";
    http::request_parser parser(http::request_limits().max_body_bytes(100));
    weir::bytes data = weir::as_bytes(text);
    const auto action = parser.feed(data);
    BOOST_REQUIRE((action && *action == http::parse_action::complete));
    const http::request heard = parser.take();
    BOOST_TEST(heard.method() == "POST");
    BOOST_TEST(heard.target() == "/b?c");
    BOOST_TEST(heard.body() == "abc");
}

BOOST_AUTO_TEST_SUITE_END()
