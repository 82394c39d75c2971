// SPDX-License-Identifier: Apache-2.0
// routed: requests find their routes, and are told where there is none.
#include <weir/http/server/routed.hpp>

#include "co_test.hpp"
#include "http_peers.hpp"

#include <weir/coro/ok.hpp>

using namespace weir::http::test;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(routed_test)

namespace {

weir::task<weir::result<void>> show_user(http::exchange& exchange, const http::route_match& match) {
    co_return co_await exchange.respond(http::status::ok, {}, match.parameter("id"));
}

weir::task<std::string> asked(std::string line) {
    http::router<http::route_handler> routes;
    routes.add("GET", "/users/{id}", show_user);
    const http::routed pages(std::move(routes));
    const auto answer = [&pages](http::exchange& exchange) { return pages(exchange); };
    co_return co_await converse(answer, saying(line + " HTTP/1.1\r\nHost: h\r\n\r\n"));
}

}  // namespace

CO_TEST(a_request_finds_its_route_and_its_parameter) {
    const auto heard = co_await asked("GET /users/a%20b");
    CO_CHECK_EQUAL(heard, named("a b"));
}

CO_TEST(what_has_no_route_is_told_so) {
    const auto none = co_await asked("GET /nobody");
    CO_CHECK(none.starts_with("HTTP/1.1 404 "));
    const auto other = co_await asked("DELETE /users/1");
    CO_CHECK(other.starts_with("HTTP/1.1 405 "));
    CO_CHECK(other.find("\r\nAllow: GET, HEAD, OPTIONS\r\n") != other.npos);
    const auto options = co_await asked("OPTIONS /users/1");
    CO_CHECK(options.starts_with("HTTP/1.1 204 "));
}

BOOST_AUTO_TEST_SUITE_END()
