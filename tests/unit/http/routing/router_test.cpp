// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/router.hpp>

#include "co_test.hpp"

#include <weir/coro/task.hpp>
#include <weir/http/message/response.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(router_test)

namespace {

using handler =
    std::function<weir::task<std::string>(const http::request&, const http::route_match&)>;

weir::task<std::string> show(const http::request& asked, const http::route_match& match) {
    co_return asked.method() + " " + std::string(match.parameter("id"));
}

}  // namespace

CO_TEST(handlers_may_be_coroutines) {
    http::router<handler> routes;
    routes.add("GET", "/users/{id}", show).add("PUT", "/users/{id}", show);
    const http::request asked("PUT", "/users/7");
    const auto match = routes.find(asked);
    CO_CHECK(match.is_found());
    const std::string answer = co_await routes.handler(match)(asked, match);
    CO_CHECK(answer == "PUT 7");
    CO_CHECK(routes.size() == 2U);
}

// That this compiles is half of it: of a function, g++ minds a parameter that hides a member.
CO_TEST(handlers_may_be_pointers_to_functions) {
    http::router<weir::task<std::string> (*)(const http::request&, const http::route_match&)>
        routes;
    routes.add("GET", "/users/{id}", show);
    const http::request asked("GET", "/users/7");
    const auto match = routes.find(asked);
    CO_CHECK(match.is_found());
    const std::string answer = co_await routes.handler(match)(asked, match);
    CO_CHECK(answer == "GET 7");
}

BOOST_AUTO_TEST_CASE(handlers_may_be_anything) {
    http::router<int> routes;
    routes.add("GET", "/a", 1).add("GET", "/b", 2);
    BOOST_TEST(routes.handler(routes.find(http::request("GET", "/b"))) == 2);
    BOOST_TEST(!routes.find(http::request("GET", "/c")).is_found());
}

BOOST_AUTO_TEST_SUITE_END()
