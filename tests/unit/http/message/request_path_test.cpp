// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/request_path.hpp>

#include "allocation_count.hpp"

#include <weir/base/random.hpp>
#include <weir/http/message/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(request_path_test)

namespace {

constexpr std::uint64_t seed = 3986;

/// The segments in brackets; "refused".
std::string taken_apart(std::string_view target) {
    const auto path = http::request_path::parse(target);
    if (!path) return path.error() == http::errc::bad_target ? "refused" : "?";
    std::string text;
    for (std::size_t at = 0; at < path->end();) {
        const std::string_view segment = path->segment_at(at);
        text += "[" + std::string(segment) + "]";
        at += segment.size() + 1;
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_path_is_its_segments) {
    BOOST_TEST(taken_apart("/") == "[]");
    BOOST_TEST(taken_apart("/users/7") == "[users][7]");
    BOOST_TEST(taken_apart("/users/") == "[users][]");
    BOOST_TEST(taken_apart("//users") == "[][users]");
    BOOST_TEST(taken_apart("/users?a=/b/%zz") == "[users]");
}

BOOST_AUTO_TEST_CASE(an_encoded_slash_divides_nothing) {
    BOOST_TEST(taken_apart("/a%2Fb/c") == "[a/b][c]");
    BOOST_TEST(taken_apart("/%2f") == "[/]");
    const auto path = http::request_path::parse("/x/a%2Fb/c");
    BOOST_TEST(path->has_encoded_slash());
    BOOST_TEST(path->has_encoded_slash(2));
    BOOST_TEST(!path->has_encoded_slash(6));
    BOOST_TEST(path->rest_at(2) == "a/b/c");
}

BOOST_AUTO_TEST_CASE(escapes_are_decoded_once) {
    BOOST_TEST(taken_apart("/a%20b/%C3%A9") == "[a b][\xC3\xA9]");
    BOOST_TEST(taken_apart("/%252e%252e") == "[%2e%2e]");
    BOOST_TEST(taken_apart("/100%25") == "[100%]");
    BOOST_TEST(taken_apart("/a+b") == "[a+b]");
    BOOST_TEST(taken_apart("/%3Fa%23") == "[?a#]");
}

BOOST_AUTO_TEST_CASE(dot_segments_are_refused_however_they_are_written) {
    for (const char* target : {"/.", "/..", "/a/../b", "/a/./b", "/%2e", "/%2E%2e/etc", "/.%2e",
                               "/a/..?x", "http://h/..", "/a/%2E"}) {
        BOOST_TEST(taken_apart(target) == "refused", target);
    }
    BOOST_TEST(taken_apart("/...") == "[...]");
    BOOST_TEST(taken_apart("/a..b/.c") == "[a..b][.c]");
    BOOST_TEST(taken_apart("/..%2f..") == "[../..]");  // one segment: nothing to climb out of
}

BOOST_AUTO_TEST_CASE(malformed_escapes_and_nul_are_refused) {
    for (const char* target :
         {"/%", "/%4", "/%4g", "/%g4", "/a%", "/%%30", "/%00", "/a%00.txt", "/% 1", "/%+1"}) {
        BOOST_TEST(taken_apart(target) == "refused", target);
    }
    BOOST_TEST(taken_apart(std::string_view("/a\0b", 4)) == "refused");
}

BOOST_AUTO_TEST_CASE(an_absolute_target_has_a_path_too) {
    BOOST_TEST(taken_apart("http://example.org/a/b?c") == "[a][b]");
    BOOST_TEST(taken_apart("HTTPS://example.org") == "[]");
    BOOST_TEST(taken_apart("http://example.org?/a") == "[]");
    BOOST_TEST(taken_apart("http://example.org?a") == "[]");
}

BOOST_AUTO_TEST_CASE(targets_without_a_path_are_refused) {
    for (const char* target : {"", "*", "example.org:80", "a/b", "?a", "ftp://h/a"}) {
        BOOST_TEST(taken_apart(target) == "refused", target);
    }
}

BOOST_AUTO_TEST_CASE(whatever_is_asked_no_segment_climbs_or_hides_a_nul) {
    weir::random chance(seed);
    constexpr std::string_view alphabet = "/%.2eEfF05?a\\";
    for (int round = 0; round < 20'000; ++round) {
        std::string target = "/";
        for (auto left = chance.below(16); left > 0; --left) {
            target += alphabet[chance.below(alphabet.size())];
        }
        const std::string seen = taken_apart(target);
        BOOST_TEST(seen.find("[.]") == seen.npos, target);
        BOOST_TEST(seen.find("[..]") == seen.npos, target);
        BOOST_TEST(seen.find('\0') == seen.npos, target);
    }
}

BOOST_AUTO_TEST_CASE(what_is_encoded_comes_back) {
    weir::random chance(seed);
    for (int round = 0; round < 2000; ++round) {
        std::string text = "x";
        std::string encoded = "/x";
        for (auto left = chance.below(20); left > 0; --left) {
            const auto byte = static_cast<unsigned char>(1 + chance.below(255));
            text += static_cast<char>(byte);
            encoded += '%';
            encoded += "0123456789abcdef"[byte / 16];
            encoded += "0123456789ABCDEF"[byte % 16];
        }
        BOOST_TEST((taken_apart(encoded) == "[" + text + "]"), encoded);
        BOOST_TEST((*http::percent_decoded(encoded.substr(1)) == text));
    }
    BOOST_TEST((http::percent_decoded("%a").error() == http::errc::bad_target));
}

BOOST_AUTO_TEST_CASE(a_plain_path_is_only_looked_at) {
    const std::string target =
        "/a/rather/long/path/without/any/escape/in/it?" + std::string(99, 'x');
    const weir::test::allocation_count allocated;
    const auto path = http::request_path::parse(target);
    BOOST_TEST(path->segment_at(0).data() == target.data() + 1);
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
