// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/request_parser.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(request_parser_test)

namespace {

std::string line_of(const http::request& one) {
    std::string text = one.method() + " " + one.target();
    text += one.version() == http::version::http_1_1 ? " 1.1" : " 1.0";
    for (std::size_t i = 0; i < one.headers().size(); ++i) {
        text += " [" + std::string(one.headers()[i].name()) + "=" +
                std::string(one.headers()[i].value()) + "]";
    }
    return text + " " + one.body();
}

/// What happens when `text` arrives in pieces: requests, an error, what is left after an upgrade.
std::vector<std::string> parse(std::string_view text, std::size_t piece,
                               const http::request_limits& limits) {
    http::request_parser parser(limits);
    std::vector<std::string> seen;
    while (!text.empty()) {
        weir::bytes data = weir::as_bytes(text.substr(0, piece));
        const std::size_t before = data.size();
        const auto action = parser.feed(data);
        if (!action) {
            seen.push_back("!" + action.error().message());
            return seen;
        }
        text.remove_prefix(before - data.size());
        if (*action == http::parse_action::need_data) continue;
        seen.push_back(line_of(parser.take()));
        if (*action == http::parse_action::upgrade) {
            seen.push_back("upgrade:" + std::string(text));
            return seen;
        }
    }
    if (parser.is_mid_request()) seen.emplace_back("...");
    return seen;
}

void check(const std::string& text, const std::vector<std::string>& expected,
           const http::request_limits& limits = http::request_limits()) {
    for (const unsigned piece : {100'000U, 1U, 2U, 3U, 7U}) {
        const auto seen = parse(text, piece, limits);
        BOOST_CHECK_EQUAL_COLLECTIONS(seen.begin(), seen.end(), expected.begin(), expected.end());
    }
}

std::string refused(http::errc error) { return "!" + make_error_code(error).message(); }

void check_refused(const std::string& text, http::errc error,
                   const http::request_limits& limits = http::request_limits()) {
    check(text, {refused(error)}, limits);
}

const std::string host = "Host: h\r\n";

}  // namespace

BOOST_AUTO_TEST_CASE(a_request_is_the_same_in_every_split) {
    check("GET /a?b HTTP/1.1\r\nHost: h\r\nX:  y \r\nEmpty:\r\n\r\n",
          {"GET /a?b 1.1 [Host=h] [X=y] [Empty=] "});
}

BOOST_AUTO_TEST_CASE(pipelined_requests_come_one_after_another) {
    check("GET /1 HTTP/1.1\r\n" + host + "\r\nHEAD /2 HTTP/1.1\r\n" + host + "\r\n",
          {"GET /1 1.1 [Host=h] ", "HEAD /2 1.1 [Host=h] "});
}

BOOST_AUTO_TEST_CASE(what_follows_an_upgrade_request_is_left_untouched) {
    check("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x80",
          {"GET / 1.1 [Host=h] [Upgrade=websocket] [Connection=Upgrade] ", "upgrade:\x81\x80"});
}

BOOST_AUTO_TEST_CASE(an_upgrade_may_be_declined_and_the_connection_goes_on) {
    http::request_parser parser{http::request_limits()};
    const std::string text =
        "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
        "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n";
    weir::bytes data = weir::as_bytes(text);
    BOOST_TEST((*parser.feed(data) == http::parse_action::upgrade));
    static_cast<void>(parser.take());
    BOOST_TEST((*parser.feed(data) == http::parse_action::complete));
    BOOST_TEST(parser.take().target() == "/2");
}

BOOST_AUTO_TEST_CASE(what_follows_a_last_request_is_ignored) {
    check("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
          {"GET / 1.1 [Host=h] [Connection=close] "});
    check("GET / HTTP/1.0\r\n\r\ngarbage", {"GET / 1.0 "});
}

BOOST_AUTO_TEST_CASE(an_unfinished_request_is_known_as_such) {
    check("GET / HT", {"..."});
    check("GET / HTTP/1.1\r\nHost: h\r\n", {"..."});
    check("\r\n", {});
}

BOOST_AUTO_TEST_CASE(only_http_1_0_and_1_1_are_spoken) {
    check_refused("GET / HTTP/2.0\r\n" + host + "\r\n", http::errc::version_not_supported);
    check_refused("GET / HTTP/0.9\r\n" + host + "\r\n", http::errc::version_not_supported);
    check_refused("GET / HTTP/1.2\r\n" + host + "\r\n", http::errc::version_not_supported);
}

BOOST_AUTO_TEST_CASE(other_protocols_are_refused) {
    const auto is_refused = [](const std::string& text) {
        const auto seen = parse(text, 100'000, http::request_limits());
        return seen.size() == 1 && seen[0].starts_with("!");
    };
    BOOST_TEST(is_refused("OPTIONS * RTSP/1.0\r\n" + host + "\r\n"));
    BOOST_TEST(is_refused("SOURCE / ICE/1.0\r\n" + host + "\r\n"));
    BOOST_TEST(is_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    BOOST_TEST(is_refused("\x16\x03\x01\x02"));
    BOOST_TEST(is_refused("GET  / HTTP/1.1\r\n" + host + "\r\n"));
    BOOST_TEST(is_refused("GET / HTTP/1.1 \r\n" + host + "\r\n"));
    BOOST_TEST(is_refused("GET /\r\n" + host + "\r\n"));
    BOOST_TEST(is_refused("GET / http/1.1\r\n" + host + "\r\n"));
    BOOST_TEST(is_refused("get / HTTP/1.1\r\n" + host + "\r\n"));
    BOOST_TEST(is_refused("GET /\xC3\xA9 HTTP/1.1\r\n" + host + "\r\n"));
    BOOST_TEST(is_refused("GET /\x01 HTTP/1.1\r\n" + host + "\r\n"));
}

BOOST_AUTO_TEST_CASE(exactly_one_host_is_demanded) {
    check_refused("GET / HTTP/1.1\r\n\r\n", http::errc::host_missing_or_repeated);
    check_refused("GET / HTTP/1.1\r\n" + host + host + "\r\n",
                  http::errc::host_missing_or_repeated);
    check_refused("GET / HTTP/1.0\r\n" + host + host + "\r\n",
                  http::errc::host_missing_or_repeated);
}

BOOST_AUTO_TEST_CASE(what_two_parsers_could_read_differently_is_refused) {
    const std::string post = "POST / HTTP/1.1\r\n" + host;
    const auto limits = http::request_limits().max_body_bytes(100);
    using http::errc;
    const auto check_length = [&](const std::string& fields, errc error) {
        check_refused(post + fields + "\r\n", error, limits);
    };
    check_length("Content-Length: 3\r\nContent-Length: 3\r\n", errc::ambiguous_length);
    check_length("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", errc::ambiguous_length);
    check_length("Content-Length: +3\r\n", errc::ambiguous_length);
    check_length("Content-Length: 3, 3\r\n", errc::ambiguous_length);
    check_length("Content-Length: 0x3\r\n", errc::ambiguous_length);
    check_length("Content-Length: 99999999999999999999\r\n", errc::ambiguous_length);
    check_length("Content-Length: 9223372036854775808\r\n", errc::ambiguous_length);
    check_length("Content-Length: 9223372036854775807\r\n", errc::body_over_limit);
    check_length("Transfer-Encoding: chunked, chunked\r\n", errc::bad_transfer_encoding);
    check_length("Transfer-Encoding: gzip, chunked\r\n", errc::bad_transfer_encoding);
    check_length("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                 errc::bad_transfer_encoding);
    check_length("Transfer-Encoding: identity\r\n", errc::bad_transfer_encoding);
    check_refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                  errc::bad_transfer_encoding, limits);
    check_length("X : y\r\n", errc::bad_header_name);
    check_length(": y\r\n", errc::bad_header_name);
    check_length("X: y\r\n z\r\n", errc::folded_header);
    check_length("X: y\nZ: z\r\n", errc::bad_line_ending);
    check_length("X: y\rZ: z\r\n", errc::bad_line_ending);
    check_length(std::string("X: \0\r\n", 7), errc::nul_byte);
}

BOOST_AUTO_TEST_CASE(transfer_encoding_in_front_of_a_length_is_refused_too) {
    const auto seen = parse(
        "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        100'000, http::request_limits().max_body_bytes(100));
    BOOST_REQUIRE(seen.size() == 1U);
    BOOST_TEST(seen[0].starts_with("!"));
}

BOOST_AUTO_TEST_CASE(control_characters_in_values_are_refused) {
    for (const char c : {'\x01', '\x1F', '\x7F'}) {
        const auto seen = parse("GET / HTTP/1.1\r\n" + host + "X: a" + c + "\r\n\r\n", 100'000, {});
        BOOST_REQUIRE(seen.size() == 1U);
        BOOST_TEST(seen[0].starts_with("!"));
    }
}

BOOST_AUTO_TEST_CASE(a_body_is_refused_by_default_and_limited_when_allowed) {
    const std::string post = "POST / HTTP/1.1\r\n" + host;
    check_refused(post + "Content-Length: 1\r\n\r\n", http::errc::body_over_limit);
    check_refused(post + "Transfer-Encoding: chunked\r\n\r\n", http::errc::body_over_limit);
    check(post + "Content-Length: 0\r\n\r\n", {"POST / 1.1 [Host=h] [Content-Length=0] "});
    const auto limits = http::request_limits().max_body_bytes(5);
    check(post + "Content-Length: 5\r\n\r\nhello" + post + "\r\n",
          {"POST / 1.1 [Host=h] [Content-Length=5] hello", "POST / 1.1 [Host=h] "}, limits);
    check(post + "Transfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
          {"POST / 1.1 [Host=h] [Transfer-Encoding=Chunked] ab"}, limits);
    check_refused(post + "Content-Length: 6\r\n\r\n", http::errc::body_over_limit, limits);
    check(post + "Content-Length: 5\r\n\r\nhel", {"..."}, limits);
}

BOOST_AUTO_TEST_CASE(each_limit_has_its_own_error) {
    const std::string get = "GET / HTTP/1.1\r\n";
    check_refused("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n" + host + "\r\n",
                  http::errc::request_line_over_limit);
    check_refused(get + host + "X: " + std::string(17'000, 'a') + "\r\n\r\n",
                  http::errc::headers_over_limit);
    check_refused(get + host + "X: " + std::string(17'000, ' ') + "\r\n\r\n",
                  http::errc::headers_over_limit);
    std::string many = get + host;
    for (int i = 0; i < 100; ++i) many += "X: y\r\n";
    check_refused(many + "\r\n", http::errc::header_count_over_limit);
}

BOOST_AUTO_TEST_CASE(of_two_errors_the_earlier_one_is_told_in_every_split) {
    check_refused("GET / HTTP/1.1\r\nX : y\r\nA\n", http::errc::bad_header_name);
    check_refused("GET / HTTP/1.1\r\nX: y\nA : b\r\n", http::errc::bad_line_ending);
}

BOOST_AUTO_TEST_CASE(a_parser_that_failed_gives_the_same_error_again) {
    http::request_parser parser{http::request_limits()};
    weir::bytes data = weir::as_bytes("\n");
    BOOST_TEST((parser.feed(data).error() == http::errc::bad_line_ending));
    data = weir::as_bytes("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST((parser.feed(data).error() == http::errc::bad_line_ending));
}

BOOST_AUTO_TEST_SUITE_END()
