// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/redirect_policy.hpp>

#include <weir/http/client/client_error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace http = weir::http;
using http::client_errc;
using http::client_request;

BOOST_AUTO_TEST_SUITE(redirect_policy_test)

namespace {

client_request request_of(std::string method, const char* where = "https://a/x/y") {
    client_request made(std::move(method), *http::url::parse(where));
    for (const char* name : {"Authorization", "Cookie", "Content-Type", "Accept"}) {
        BOOST_REQUIRE(made.headers().add(name, "value"));
    }
    made.body() = "body";
    return made;
}

http::response redirect(int code, const char* location) {
    http::response head(static_cast<http::status>(code));
    if (location != nullptr) BOOST_REQUIRE(head.headers().add("Location", location));
    return head;
}

std::string next(const client_request& asked, const http::response& head, unsigned followed = 0,
                 const http::redirect_policy& policy = {}) {
    const auto made = policy.next(asked, head, followed);
    if (!made) return "!" + made.error().message();
    if (!*made) return "final";
    std::string text = (*made)->method() + " " + (*made)->where().text() + " " + (*made)->body();
    for (std::size_t i = 0; i < (*made)->headers().size(); ++i) {
        text.append(" ").append((*made)->headers()[i].name());
    }
    return text;
}

std::string error(client_errc why) { return "!" + make_error_code(why).message(); }

weir::task<weir::result<void>> nothing(http::request_body_writer&) { co_return {}; }

}  // namespace

BOOST_AUTO_TEST_CASE(the_older_redirects_become_get_and_lose_the_body) {
    for (const int code : {301, 302, 303}) {
        BOOST_TEST(next(request_of("POST"), redirect(code, "../z")) ==
                   "GET https://a/z  Authorization Cookie Accept");
        BOOST_TEST(next(request_of("GET"), redirect(code, "../z")) ==
                   "GET https://a/z  Authorization Cookie Accept");
        BOOST_TEST(next(request_of("HEAD"), redirect(code, "../z")) ==
                   "HEAD https://a/z  Authorization Cookie Accept");
    }
}

BOOST_AUTO_TEST_CASE(the_newer_redirects_keep_method_and_body) {
    for (const int code : {307, 308}) {
        BOOST_TEST(next(request_of("PUT"), redirect(code, "/z")) ==
                   "PUT https://a/z body Authorization Cookie Content-Type Accept");
    }
}

BOOST_AUTO_TEST_CASE(a_streamed_body_cannot_be_sent_again) {
    auto streamed = request_of("POST");
    streamed.stream_body(nothing);
    BOOST_TEST(next(streamed, redirect(307, "/z")) == error(client_errc::body_not_repeatable));
    BOOST_TEST(next(streamed, redirect(303, "/z")) ==
               "GET https://a/z  Authorization Cookie Accept");
}

BOOST_AUTO_TEST_CASE(another_origin_gets_no_secrets) {
    for (const char* elsewhere : {"https://b/", "https://a:444/"}) {
        BOOST_TEST(next(request_of("GET"), redirect(302, elsewhere)) ==
                   "GET " + http::url::parse(elsewhere)->text() + "  Accept");
    }
    BOOST_TEST(next(request_of("GET", "http://a/"), redirect(302, "https://a/")) ==
               "GET https://a/  Accept");
    BOOST_TEST(next(request_of("PUT"), redirect(308, "//b/")) ==
               "PUT https://b/ body Content-Type Accept");
}

BOOST_AUTO_TEST_CASE(tls_is_not_left_unless_that_is_allowed) {
    BOOST_TEST(next(request_of("GET"), redirect(302, "http://a/")) ==
               error(client_errc::insecure_redirect));
    http::redirect_policy careless;
    careless.allows_insecure = true;
    BOOST_TEST(next(request_of("GET"), redirect(302, "http://a/"), 0, careless) ==
               "GET http://a/  Accept");
}

BOOST_AUTO_TEST_CASE(a_loop_ends_at_the_limit_which_is_named) {
    BOOST_TEST(next(request_of("GET"), redirect(302, "/"), 4).starts_with("GET "));
    BOOST_TEST(next(request_of("GET"), redirect(302, "/"), 5) == "!limit passed: max_redirects");
    http::redirect_policy none;
    none.max_redirects = 0;
    BOOST_TEST(next(request_of("GET"), redirect(302, "/"), 0, none) == "final");
}

BOOST_AUTO_TEST_CASE(what_is_no_redirect_is_the_end) {
    BOOST_TEST(next(request_of("GET"), redirect(302, nullptr)) == "final");
    for (const int code : {200, 201, 300, 304, 305, 306, 404})
        BOOST_TEST(next(request_of("GET"), redirect(code, "/z")) == "final", code);
}

BOOST_AUTO_TEST_CASE(a_bad_location_is_an_error) {
    const auto bad = [](const char* location) {
        return next(request_of("GET"), redirect(302, location));
    };
    BOOST_TEST(bad("https://") == error(client_errc::bad_url));
    BOOST_TEST(bad("/a b") == error(client_errc::bad_url));
    BOOST_TEST(bad("ftp://a/") == error(client_errc::scheme_not_supported));
    BOOST_TEST(bad("https://u:p@a/") == error(client_errc::credentials_in_url));
    auto two = redirect(302, "/a");
    BOOST_REQUIRE(two.headers().add("Location", "/b"));
    BOOST_TEST(next(request_of("GET"), two) == error(client_errc::bad_url));
}

BOOST_AUTO_TEST_SUITE_END()
