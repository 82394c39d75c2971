// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/prepared_response.hpp>

#include <boost/test/unit_test.hpp>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(prepared_response_test)

BOOST_AUTO_TEST_CASE(everything_but_date_and_connection_is_encoded) {
    const http::prepared_response hello(http::response(http::status::ok, "text/plain", "hello\n"));
    BOOST_TEST(hello.head() ==
               "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n");
    BOOST_TEST(weir::as_text(hello.body().view()) == "hello\n");
    BOOST_TEST((hello.code() == http::status::ok));
}

BOOST_AUTO_TEST_CASE(a_status_without_a_body_has_none) {
    http::response message(http::status::no_content);
    message.body() = "lost";
    const http::prepared_response empty(message);
    BOOST_TEST(empty.head() == "HTTP/1.1 204 No Content\r\n");
    BOOST_TEST(empty.body().empty());
}

BOOST_AUTO_TEST_SUITE_END()
