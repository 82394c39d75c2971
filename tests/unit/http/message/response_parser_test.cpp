// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/response_parser.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(response_parser_test)

namespace {

/// Status and left-over bytes, or the error, when `text` arrives in pieces.
std::string parse(std::string_view text, std::size_t piece) {
    http::response_parser parser;
    while (!text.empty()) {
        weir::bytes data = weir::as_bytes(text.substr(0, piece));
        const std::size_t before = data.size();
        const auto action = parser.feed(data);
        if (!action) return "!" + action.error().message();
        text.remove_prefix(before - data.size());
        if (*action == http::parse_action::need_data) continue;
        const auto code = static_cast<unsigned>(parser.take().code());
        return (*action == http::parse_action::upgrade ? "upgrade " : "complete ") +
               std::to_string(code) + "|" + std::string(text);
    }
    return "...";
}

void check(const std::string& text, const std::string& expected) {
    for (const unsigned piece : {100'000U, 1U, 2U, 7U}) BOOST_TEST(parse(text, piece) == expected);
}

void check_refused(const std::string& text) {
    for (const unsigned piece : {100'000U, 1U, 7U}) {
        BOOST_TEST(parse(text, piece).starts_with("!"), text);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_head_is_read_and_the_rest_left) {
    check("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nXY",
          "upgrade 101|XY");
    check("HTTP/1.1 101\r\n\r\nXY", "upgrade 101|XY");
    check("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "complete 403|no");
    check("HTTP/1.0 200 OK\r\n\r\n", "complete 200|");
    check("HTTP/1.1 200 OK\r\n", "...");
}

BOOST_AUTO_TEST_CASE(what_is_not_a_response_is_refused) {
    check_refused("GET / HTTP/1.1\r\n\r\n");
    check_refused("HTTP/2.0 200 OK\r\n\r\n");
    check_refused("RTSP/1.0 200 OK\r\n\r\n");
    check_refused("HTTP/1.1 20 OK\r\n\r\n");
    check_refused("HTTP/1.1 2000 OK\r\n\r\n");
    check_refused("HTTP/1.1 099 OK\r\n\r\n");
    check_refused("HTTP/1.1 200 OK\nX: y\r\n\r\n");
    check_refused("HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n");
    check_refused("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
    check_refused("HTTP/1.1 200 " + std::string(9'000, 'x') + "\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_parser_that_failed_gives_the_same_error_again) {
    http::response_parser parser;
    weir::bytes data = weir::as_bytes("\n");
    BOOST_TEST((parser.feed(data).error() == http::errc::bad_line_ending));
    BOOST_TEST((parser.feed(data).error() == http::errc::bad_line_ending));
}

BOOST_AUTO_TEST_SUITE_END()
