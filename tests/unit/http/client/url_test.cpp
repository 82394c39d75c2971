// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/url.hpp>

#include <weir/http/client/client_error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace http = weir::http;
using http::client_errc;
using http::url;

BOOST_AUTO_TEST_SUITE(url_test)

namespace {

std::string parsed(std::string_view text) {
    const auto made = url::parse(text);
    return made ? made->text() : "!" + made.error().message();
}

void check_refused(std::string_view text, client_errc why) {
    const auto made = url::parse(text);
    BOOST_TEST(!made.has_value(), text);
    if (!made) BOOST_TEST((made.error() == make_error_code(why)), text);
}

/// What a reference means on RFC 3986's page.
std::string resolved(std::string_view reference) {
    const url base = *url::parse("http://a/b/c/d;p?q");
    const auto made = base.resolve(reference);
    return made ? made->text() : "!" + made.error().message();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_url_has_a_host_a_port_and_a_target) {
    const url plain = *url::parse("http://example.org");
    BOOST_TEST(plain.host() == "example.org");
    BOOST_TEST(plain.port() == 80);
    BOOST_TEST(plain.target() == "/");
    BOOST_TEST(plain.authority() == "example.org");
    BOOST_TEST(!plain.is_secure());
    const url full = *url::parse("https://[::1]:8443?room=5");
    BOOST_TEST(full.host() == "::1");
    BOOST_TEST(full.port() == 8443);
    BOOST_TEST(full.target() == "/?room=5");
    BOOST_TEST(full.authority() == "[::1]:8443");
    BOOST_TEST(full.is_secure());
}

BOOST_AUTO_TEST_CASE(each_scheme_has_its_usual_port_which_is_not_said) {
    BOOST_TEST(parsed("HTTP://a:80/") == "http://a/");
    BOOST_TEST(parsed("httpS://a:443/") == "https://a/");
    BOOST_TEST(parsed("https://a:80/") == "https://a:80/");
    BOOST_TEST(url::parse("https://a")->port() == 443);
}

BOOST_AUTO_TEST_CASE(a_host_is_the_same_in_any_case) {
    BOOST_TEST(parsed("http://EXAMPLE.Org/A") == "http://example.org/A");
    BOOST_TEST(parsed("http://[FE80::A]/") == "http://[fe80::a]/");
}

BOOST_AUTO_TEST_CASE(a_fragment_is_never_sent) {
    BOOST_TEST(parsed("http://a/b?c#d") == "http://a/b?c");
    BOOST_TEST(parsed("http://a#d?e") == "http://a/");
}

BOOST_AUTO_TEST_CASE(what_stands_beyond_ascii_is_encoded) {
    BOOST_TEST(parsed("http://a/\xC3\xA4?\xFF") == "http://a/%C3%A4?%FF");
    BOOST_TEST(parsed("http://a/%C3%A4") == "http://a/%C3%A4");
}

BOOST_AUTO_TEST_CASE(nothing_in_a_url_can_end_the_line_of_a_request) {
    for (const char* bad : {"http://a/\r\nX: y", "http://a/ HTTP/1.0", "http://a/?\n",
                            "http://a/\t", "http://a/\x7F", "http://a/?\r"}) {
        check_refused(bad, client_errc::bad_url);
    }
    check_refused(std::string_view("http://a/\0b", 11), client_errc::bad_url);
}

BOOST_AUTO_TEST_CASE(credentials_are_refused_by_name) {
    check_refused("http://user:secret@example.org/", client_errc::credentials_in_url);
    check_refused("http://example.org@evil.org/", client_errc::credentials_in_url);
    check_refused("http://@a/", client_errc::credentials_in_url);
    BOOST_TEST(parsed("http://a/b@c") == "http://a/b@c");
    BOOST_TEST(parsed("http://a?b@c") == "http://a/?b@c");
}

BOOST_AUTO_TEST_CASE(other_schemes_are_refused_by_name) {
    for (const char* bad :
         {"ftp://a/", "ws://a/", "file:///etc/passwd", "javascript:x", "httpx://a"})
        check_refused(bad, client_errc::scheme_not_supported);
}

BOOST_AUTO_TEST_CASE(a_url_that_means_two_things_is_refused) {
    for (const char* bad : {"",
                            "a",
                            "/a",
                            "//a/",
                            "http:",
                            "http:a",
                            "http:/a/",
                            "http://",
                            "http:///",
                            "http://:80",
                            "http://a:0",
                            "http://a:x",
                            "http://a:65536",
                            "http://a:80x",
                            "http://a:",
                            "http://a:-1",
                            "http://[::1",
                            "http://[::1]x:80/",
                            "http://a]/",
                            "http://[a]/",
                            "http://[127.0.0.1]/",
                            "http://[fe80::1%25eth0]/",
                            "http://a b/",
                            "http://a\\b/",
                            "http://a%2Fb/",
                            "http://a,b/",
                            "http://\xC3\xA4/",
                            "http://a\r\n/",
                            "http://[]/"}) {
        check_refused(bad, client_errc::bad_url);
    }
}

BOOST_AUTO_TEST_CASE(references_resolve_as_the_rfc_has_it) {
    // RFC 3986 5.4.1 and 5.4.2, without the fragments, which are dropped.
    const std::string_view examples[][2] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {";x", "http://a/b/c/;x"},
        {"g;x?y", "http://a/b/c/g;x?y"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
    };
    for (const auto& [reference, expected] : examples) {
        BOOST_TEST(resolved(reference) == expected, reference);
    }
}

BOOST_AUTO_TEST_CASE(a_path_that_begins_with_two_slashes_is_no_host) {
    const auto page = weir::http::url::parse("http://h//a/b?q");
    BOOST_REQUIRE(page.has_value());
    BOOST_TEST(page->resolve("c").value().text() == "http://h//a/c");
    BOOST_TEST(page->resolve("?r").value().text() == "http://h//a/b?r");
}

BOOST_AUTO_TEST_CASE(a_reference_may_lead_elsewhere_but_not_anywhere) {
    BOOST_TEST(resolved("https://b/x") == "https://b/x");
    BOOST_TEST(url::parse("https://a/")->resolve("//b:81/x")->text() == "https://b:81/x");
    BOOST_TEST(resolved("ftp://b/") ==
               "!" + make_error_code(client_errc::scheme_not_supported).message());
    BOOST_TEST(resolved("//u@b/") ==
               "!" + make_error_code(client_errc::credentials_in_url).message());
    BOOST_TEST(resolved("g\r\nX: y") == "!" + make_error_code(client_errc::bad_url).message());
}

BOOST_AUTO_TEST_CASE(an_origin_is_scheme_host_and_port) {
    const url one = *url::parse("http://a/x");
    BOOST_TEST(one.has_origin_of(*url::parse("http://A:80/y?z")));
    BOOST_TEST(!one.has_origin_of(*url::parse("http://a:81/x")));
    BOOST_TEST(!one.has_origin_of(*url::parse("https://a:80/x")));
    BOOST_TEST(!one.has_origin_of(*url::parse("http://b/x")));
}

BOOST_AUTO_TEST_SUITE_END()
