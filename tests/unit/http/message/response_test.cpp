// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/response.hpp>

#include <boost/test/unit_test.hpp>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(response_test)

BOOST_AUTO_TEST_CASE(a_page_is_written_with_its_length) {
    const http::response page(http::status::ok, "text/plain", "hello");
    BOOST_TEST(http::serialize(page, true) ==
               "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
    BOOST_TEST(http::serialize(page, false).find("\r\nConnection: close\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_answer_to_head_tells_the_length_without_the_body) {
    const http::response page(http::status::ok, "text/plain", "hello");
    BOOST_TEST(http::serialize(page, true, false) ==
               "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_status_without_body_has_no_length) {
    BOOST_TEST(http::serialize(http::response(http::status::no_content), true) ==
               "HTTP/1.1 204 No Content\r\n\r\n");
    BOOST_TEST(http::serialize(http::response(http::status::switching_protocols), false) ==
               "HTTP/1.1 101 Switching Protocols\r\n\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
