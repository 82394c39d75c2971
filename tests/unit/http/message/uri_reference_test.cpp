// SPDX-License-Identifier: Apache-2.0
#include "http/message/uri_reference.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using weir::http::authority_text;
using weir::http::uri_authority;
using weir::http::uri_reference;
using weir::http::without_dot_segments;

BOOST_AUTO_TEST_SUITE(uri_reference_test)

namespace {

std::string named(const char* name, const std::optional<std::string_view>& part) {
    return part ? std::string(name) + "=" + std::string(*part) + " " : std::string();
}

std::string parts_of(std::string_view text) {
    const uri_reference parts(text);
    return named("s", parts.scheme) + named("a", parts.authority) + "p=" + std::string(parts.path) +
           " " + named("q", parts.query) + named("f", parts.fragment);
}

std::string authority_of(std::string_view text) {
    const auto made = uri_authority::parse(text);
    if (!made) return "!";
    return made->host + (made->port ? "|" + std::to_string(*made->port) : "");
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_text_has_parts) {
    BOOST_TEST(parts_of("http://a:1/b?c#d") == "s=http a=a:1 p=/b q=c f=d ");
    BOOST_TEST(parts_of("//a") == "a=a p= ");
    BOOST_TEST(parts_of("?") == "p= q= ");
    BOOST_TEST(parts_of("#?") == "p= f=? ");
    BOOST_TEST(parts_of("") == "p= ");
    BOOST_TEST(parts_of("mailto:a@b") == "s=mailto p=a@b ");
}

BOOST_AUTO_TEST_CASE(a_colon_behind_a_slash_is_no_scheme) {
    BOOST_TEST(parts_of("a/b:c") == "p=a/b:c ");
    BOOST_TEST(parts_of("1a:b") == "p=1a:b ");
    BOOST_TEST(parts_of(":b") == "p=:b ");
    BOOST_TEST(parts_of("?a:b") == "p= q=a:b ");
}

BOOST_AUTO_TEST_CASE(an_authority_is_a_host_and_perhaps_a_port) {
    BOOST_TEST(authority_of("Example.ORG:8080") == "example.org|8080");
    BOOST_TEST(authority_of("127.0.0.1") == "127.0.0.1");
    BOOST_TEST(authority_of("[::1]:1") == "::1|1");
    for (const char* bad : {"", ":1", "a:", "a:0", "a:70000", "a:1x", "u@a", "[::1", "[x]", "a/b"})
        BOOST_TEST(authority_of(bad) == "!", bad);
}

BOOST_AUTO_TEST_CASE(an_authority_is_written_as_it_is_read) {
    BOOST_TEST(authority_text("a", 80, 80) == "a");
    BOOST_TEST(authority_text("a", 81, 80) == "a:81");
    BOOST_TEST(authority_text("::1", 80, 80) == "[::1]");
    BOOST_TEST(authority_text("::1", 81, 80) == "[::1]:81");
}

BOOST_AUTO_TEST_CASE(dots_are_taken_out_of_a_path) {
    BOOST_TEST(without_dot_segments("/a/b/c/./../../g") == "/a/g");
    BOOST_TEST(without_dot_segments("mid/content=5/../6") == "mid/6");
    BOOST_TEST(without_dot_segments("/a//..") == "/a/");
    BOOST_TEST(without_dot_segments("/../../..") == "/");
    BOOST_TEST(without_dot_segments("/a/.b/..c") == "/a/.b/..c");
    BOOST_TEST(without_dot_segments("") == "");
}

BOOST_AUTO_TEST_SUITE_END()
