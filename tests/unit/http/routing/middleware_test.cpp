// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/middleware.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/response.hpp>
#include <weir/io/sleep.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(middleware_test)

namespace {

using namespace std::chrono_literals;
using answer = weir::task<weir::result<http::response>>;

/// A layer that marks what passes on its way in and on its way out, and waits in between.
auto marking(std::string& trace, char name) {
    return [&trace, name](const http::request& asked, auto next) -> answer {
        trace += name;
        const auto slept = co_await weir::sleep_for(1ms);
        if (!slept) co_return weir::fail(slept.error());
        auto given = co_await next(asked);
        trace += static_cast<char>(name - 'a' + 'A');
        co_return given;
    };
}

answer handle(const http::request& asked) {
    co_return http::response(http::status::ok, "text/plain", asked.target());
}

}  // namespace

CO_TEST(layers_are_entered_from_the_outside_and_left_from_the_inside) {
    std::string trace;
    const http::middleware_chain serve(&handle, marking(trace, 'a'), marking(trace, 'b'));
    const http::request asked("GET", "/x");
    const auto given = co_await serve(asked);
    if (!given) co_return;
    CO_CHECK(given->body() == "/x");
    CO_CHECK(trace == "abBA");
}

CO_TEST(a_layer_may_answer_by_itself) {
    std::string trace;
    const auto guard = [](const http::request& asked, auto next) -> answer {
        if (!asked.headers().find("Authorization")) {
            co_return http::response(http::status::unauthorized);
        }
        co_return co_await next(asked);
    };
    const http::middleware_chain serve(&handle, guard, marking(trace, 'a'));
    const http::request asked("GET", "/x");
    const auto given = co_await serve(asked);
    CO_CHECK((given->code() == http::status::unauthorized));
    CO_CHECK(trace.empty());
}

CO_TEST(a_layer_may_ask_for_something_else_and_change_what_it_gets) {
    const auto rewrite = [](const http::request& asked, auto next) -> answer {
        const http::request other(asked.method(), "/other");
        auto given = co_await next(other);
        if (given) static_cast<void>(given->headers().add("X-Rewritten", "1"));
        co_return given;
    };
    const http::middleware_chain serve(&handle, rewrite);
    const http::request asked("GET", "/x");
    const auto given = co_await serve(asked);
    CO_CHECK(given->body() == "/other");
    CO_CHECK(given->headers().count("X-Rewritten") == 1U);
}

CO_TEST(a_chain_is_a_handler_for_another_chain) {
    std::string trace;
    const http::middleware_chain inner(&handle, marking(trace, 'b'));
    const http::middleware_chain outer(inner, marking(trace, 'a'));
    const http::request asked("GET", "/x");
    const auto given = co_await outer(asked);
    if (!given) co_return;
    CO_CHECK(trace == "abBA");
}

BOOST_AUTO_TEST_CASE(what_is_no_coroutine_costs_nothing) {
    const auto doubled = [](int value, auto next) { return 2 * next(value); };
    const http::middleware_chain chain([](int value) { return value + 1; }, doubled, doubled);
    const weir::test::allocation_count allocated;
    BOOST_TEST(chain(4) == 20);
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
