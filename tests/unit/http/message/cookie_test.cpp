// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/cookie.hpp>

#include "allocation_count.hpp"

#include <weir/http/message/error.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(cookie_test)

namespace {

using namespace std::chrono_literals;

std::string sent(const std::vector<std::string>& values, std::string_view name) {
    http::headers asked;
    for (const std::string& value : values) BOOST_REQUIRE(asked.add("Cookie", value));
    return std::string(http::cookie_value(asked, name).value_or("none"));
}

std::string field(const http::cookie& of) {
    const auto text = of.to_field();
    return text ? *text : "!" + text.error().message();
}

const std::string refused = "!malformed header value";

}  // namespace

BOOST_AUTO_TEST_CASE(a_cookie_is_found_by_its_exact_name) {
    BOOST_TEST(sent({"SID=31d4d96e407aad42; lang=en-US"}, "SID") == "31d4d96e407aad42");
    BOOST_TEST(sent({"SID=31d4d96e407aad42; lang=en-US"}, "lang") == "en-US");
    BOOST_TEST(sent({"SID=1"}, "sid") == "none");
    BOOST_TEST(sent({"XSID=1; SID2=2"}, "SID") == "none");
    BOOST_TEST(sent({"a=1", "b=2"}, "b") == "2");
    BOOST_TEST(sent({}, "a") == "none");
}

BOOST_AUTO_TEST_CASE(values_are_what_was_sent) {
    BOOST_TEST(sent({"a=b=c"}, "a") == "b=c");
    BOOST_TEST(sent({"a="}, "a") == "");
    BOOST_TEST(sent({"a=\"b\""}, "a") == "\"b\"");
    BOOST_TEST(sent({" a = b ;c"}, "a") == "b");
}

BOOST_AUTO_TEST_CASE(of_several_with_one_name_the_first_counts) {
    BOOST_TEST(sent({"a=1; a=2"}, "a") == "1");
}

BOOST_AUTO_TEST_CASE(rubbish_is_passed_over) {
    BOOST_TEST(sent({";;; =x; a; b=1;"}, "b") == "1");
    BOOST_TEST(sent({"a; b=1"}, "a") == "none");
}

BOOST_AUTO_TEST_CASE(a_cookie_is_safe_unless_somebody_says_otherwise) {
    BOOST_TEST(field(http::cookie("a", "1")) == "a=1; Path=/; Secure; HttpOnly; SameSite=Lax");
    BOOST_TEST(field(http::cookie("a", "1")
                         .path("/app")
                         .domain("example.org")
                         .max_age(1h)
                         .sent_from(http::same_site::strict)
                         .insecure()
                         .readable_by_scripts()) ==
               "a=1; Path=/app; Domain=example.org; Max-Age=3600; SameSite=Strict");
    BOOST_TEST(field(http::cookie("a", "").max_age(-1s)) ==
               "a=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
}

BOOST_AUTO_TEST_CASE(nothing_in_a_cookie_can_make_an_attribute) {
    for (const char* value : {"a;b", "a,b", "a b", "a\"b", "a\\b", "a\r\nb", "\xC3\xA9", "a\x7F"}) {
        BOOST_TEST(field(http::cookie("a", value)) == refused, value);
    }
    BOOST_TEST(field(http::cookie("a", "1").path("/;Domain=x")) == refused);
    BOOST_TEST(field(http::cookie("a", "1").domain("x\n")) == refused);
    BOOST_TEST(field(http::cookie("a", "1").path("app")) == refused);
    for (const char* name : {"", "a b", "a=", "a;"}) {
        BOOST_TEST((http::cookie(name, "1").to_field().error() == http::errc::bad_header_name));
    }
}

BOOST_AUTO_TEST_CASE(a_prefix_is_a_promise) {
    BOOST_TEST(field(http::cookie("__Host-a", "1")).starts_with("__Host-a=1"));
    BOOST_TEST(field(http::cookie("__Host-a", "1").domain("example.org")) == refused);
    BOOST_TEST(field(http::cookie("__host-a", "1").path("/x")) == refused);
    BOOST_TEST(field(http::cookie("__Host-a", "1").insecure()) == refused);
    BOOST_TEST(field(http::cookie("__Secure-a", "1").insecure()) == refused);
    BOOST_TEST(field(http::cookie("a", "1").sent_from(http::same_site::none).insecure()) ==
               refused);
}

BOOST_AUTO_TEST_CASE(a_cookie_that_no_browser_keeps_is_refused) {
    BOOST_TEST(field(http::cookie("a", std::string(4095, 'x'))) != refused);
    BOOST_TEST(field(http::cookie("a", std::string(4096, 'x'))) == refused);
}

BOOST_AUTO_TEST_CASE(finding_one_allocates_nothing) {
    http::headers asked;
    BOOST_REQUIRE(asked.add("Cookie", "a=1; b=" + std::string(100, 'x') + "; c=3"));
    const weir::test::allocation_count allocated;
    BOOST_TEST((http::cookie_value(asked, "c") == std::string_view("3")));
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
