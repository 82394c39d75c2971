// SPDX-License-Identifier: Apache-2.0
// serve: one connection that somebody else has accepted, of any kind.
#include <weir/http/server/serve.hpp>

#include "co_test.hpp"
#include "http_peers.hpp"

using namespace weir::http::test;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(serve_test)

CO_TEST(a_unix_socket_speaks_http_like_any_other) {
    auto pair = co_await weir::test::unix_streams::connect();
    const auto speak = saying("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    auto serving = http::serve(std::move(pair.a), name_it, http::server_options());
    auto speaking = speak(pair.b);
    auto [served, heard] = co_await weir::when_all(std::move(serving), std::move(speaking));
    static_cast<void>(served);
    CO_CHECK_EQUAL(without_dates(heard), named("GET /x"));
}

CO_TEST(every_answer_has_a_date) {
    auto pair = co_await weir::test::tcp_streams::connect();
    const auto speak = saying("GET /x HTTP/1.1\r\nHost: h\r\n\r\nBAD\r\n");
    auto serving = http::serve(std::move(pair.a), name_it, http::server_options());
    auto speaking = speak(pair.b);
    auto [served, heard] = co_await weir::when_all(std::move(serving), std::move(speaking));
    static_cast<void>(served);
    CO_CHECK_EQUAL(times(heard, "\r\nDate: "), 2U);
    CO_CHECK_EQUAL(times(heard, " GMT\r\n"), 2U);
}

BOOST_AUTO_TEST_SUITE_END()
