// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client_request.hpp>

#include <boost/test/unit_test.hpp>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(client_request_test)

namespace {

http::client_request request_of(const char* method) {
    return http::client_request(method, *http::url::parse("http://a/"));
}

weir::task<weir::result<void>> nothing(http::request_body_writer&) { co_return {}; }

}  // namespace

BOOST_AUTO_TEST_CASE(what_may_be_sent_twice_is_known_by_its_method) {
    for (const char* method : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
        BOOST_TEST(request_of(method).is_idempotent(), method);
    for (const char* method : {"POST", "PATCH", "get", "X"})
        BOOST_TEST(!request_of(method).is_idempotent(), method);
}

BOOST_AUTO_TEST_CASE(a_streamed_body_has_the_length_that_was_told) {
    auto request = request_of("POST");
    BOOST_TEST((request.body_length() == 0U));
    request.body() = "abc";
    BOOST_TEST((request.body_length() == 3U));
    request.stream_body(nothing);
    BOOST_TEST((request.body_length() == std::nullopt));
    request.stream_body(nothing, 7);
    BOOST_TEST((request.body_length() == 7U));
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_before_a_body_that_is_not_there) {
    auto request = request_of("POST");
    request.expect_continue();
    BOOST_TEST(!request.expects_continue());
    request.body() = "abc";
    BOOST_TEST(request.expects_continue());
}

BOOST_AUTO_TEST_SUITE_END()
