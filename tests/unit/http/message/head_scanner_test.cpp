// SPDX-License-Identifier: Apache-2.0
#include "http/message/head_scanner.hpp"

#include <boost/test/unit_test.hpp>

#include <weir/base/random.hpp>
#include <weir/http/message/error.hpp>

#include <string>
#include <string_view>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(head_scanner_test)

namespace {

std::error_code error_of(std::string_view text,
                         const http::request_limits& limits = http::request_limits()) {
    http::head_scanner scanner;
    static_cast<void>(scanner.scan(weir::as_bytes(text), limits));
    return scanner.error();
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_head_ends_at_the_blank_line) {
    http::head_scanner scanner;
    BOOST_TEST(scanner.scan(weir::as_bytes("GET\r\nA: b\r\n\r\nbody"), {}) == 13U);
    BOOST_TEST(!scanner.error());
    BOOST_TEST(scanner.is_complete());
    BOOST_TEST(scanner.first_line() == "GET");
}

BOOST_AUTO_TEST_CASE(the_bytes_in_front_of_a_refused_one_are_counted) {
    http::head_scanner scanner;
    BOOST_TEST(scanner.scan(weir::as_bytes("GET\nmore"), {}) == 3U);
    BOOST_TEST((scanner.error() == http::errc::bad_line_ending));
}

BOOST_AUTO_TEST_CASE(one_blank_line_in_front_is_skipped_but_not_two) {
    BOOST_TEST(!error_of("\r\nGET\r\n\r\n"));
    BOOST_TEST((error_of("\r\n\r\nGET\r\n\r\n") == http::errc::malformed));
}

BOOST_AUTO_TEST_CASE(line_endings_that_parsers_disagree_about_are_refused) {
    BOOST_TEST((error_of("GET\nA: b\r\n\r\n") == http::errc::bad_line_ending));
    BOOST_TEST((error_of("GET\r\nA: b\n\r\n") == http::errc::bad_line_ending));
    BOOST_TEST((error_of("GET\r\nA: b\rc\r\n") == http::errc::bad_line_ending));
    BOOST_TEST((error_of("GET\r\r\n") == http::errc::bad_line_ending));
    BOOST_TEST((error_of("\nGET") == http::errc::bad_line_ending));
    BOOST_TEST((error_of("GET\r\nA: b\r\n c\r\n\r\n") == http::errc::folded_header));
    BOOST_TEST((error_of("GET\r\n\tA: b\r\n\r\n") == http::errc::folded_header));
    BOOST_TEST((error_of(std::string_view("GE\0", 3)) == http::errc::nul_byte));
}

BOOST_AUTO_TEST_CASE(whole_lines_and_single_bytes_are_judged_alike) {
    weir::random chance(7);
    const std::string_view alphabet("ab: \t\r\n\r\n\r\n", 12);
    const auto limits =
        http::request_limits().max_request_line_bytes(9).max_headers_bytes(14).max_header_count(3);
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        while (text.size() < 30) {
            const auto at = static_cast<std::size_t>(chance.below(alphabet.size()));
            text += alphabet[at];
            if (chance.below(4) == 0) text += "\r\n";
        }
        http::head_scanner whole;
        const std::size_t taken = whole.scan(weir::as_bytes(text), limits);
        http::head_scanner bytewise;
        std::size_t one_by_one = 0;
        while (one_by_one < text.size()) {
            const weir::bytes next = weir::as_bytes(std::string_view(text).substr(one_by_one, 1));
            if (bytewise.scan(next, limits) == 0) break;
            ++one_by_one;
        }
        BOOST_TEST_INFO("text: " << text);
        BOOST_TEST(taken == one_by_one);
        BOOST_TEST((whole.error() == bytewise.error()));
        BOOST_TEST(whole.is_complete() == bytewise.is_complete());
        BOOST_TEST(whole.first_line() == bytewise.first_line());
    }
}

BOOST_AUTO_TEST_CASE(a_restarted_scanner_has_forgotten_everything) {
    http::head_scanner scanner;
    static_cast<void>(scanner.scan(weir::as_bytes("\r\nGET\r\nA: b\nrest"), {}));
    scanner.restart();
    BOOST_TEST(!scanner.error());
    BOOST_TEST(!scanner.has_begun());
    BOOST_TEST(scanner.scan(weir::as_bytes("\r\nPUT\r\n\r\n"), {}) == 9U);
    BOOST_TEST(scanner.first_line() == "PUT");
}

BOOST_AUTO_TEST_CASE(each_limit_falls_exactly_one_byte_beyond_itself) {
    const auto limits =
        http::request_limits().max_request_line_bytes(6).max_headers_bytes(12).max_header_count(2);
    BOOST_TEST(!error_of("GETS\r\nA: b\r\nC: d\r\n\r\n", limits));
    BOOST_TEST((error_of("GETS?\r\n", limits) == http::errc::request_line_over_limit));
    BOOST_TEST((error_of("GETS\r\nA: b\r\nC: de\r\n", limits) == http::errc::headers_over_limit));
    BOOST_TEST((error_of("G\r\nA:\r\nB:\r\nC:", limits) == http::errc::header_count_over_limit));
    BOOST_TEST((error_of("G\r\nA:                  ", limits) == http::errc::headers_over_limit));
}

BOOST_AUTO_TEST_SUITE_END()
