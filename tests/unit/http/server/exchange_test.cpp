// SPDX-License-Identifier: Apache-2.0
// exchange: what a handler sees, and a connection that leaves HTTP.
#include <weir/http/server/exchange.hpp>

#include "co_test.hpp"
#include "http_peers.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/message/error.hpp>

#include <optional>

using namespace weir::http::test;
namespace http = weir::http;
using weir::test::error_of;

BOOST_AUTO_TEST_SUITE(exchange_test)

namespace {

const std::string get = "GET /first HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string upgrade =
    "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\n"
    "Upgrade: parrot\r\n\r\n";

/// Speaks another protocol: everything comes back, until the peer ends.
weir::task<weir::result<void>> parrot(http::exchange& exchange) {
    if (!exchange.request().wants_upgrade()) co_return co_await name_it(exchange);
    http::raw_connection raw = weir::ok(exchange.take_connection());
    co_await weir::ok(raw.socket.send_copy(weir::as_bytes("101 " + raw.request.target() + "\n")));
    if (!raw.leftover.empty()) co_await weir::ok(raw.socket.send(std::move(raw.leftover)));
    for (;;) {
        weir::buffer_lease piece = co_await weir::ok(raw.socket.receive());
        if (piece.empty()) break;
        co_await weir::ok(raw.socket.send(std::move(piece)));
    }
    co_return co_await raw.socket.close();
}

}  // namespace

CO_TEST(a_handler_sees_the_head_and_who_asks) {
    std::optional<weir::net::endpoint> seen;
    const auto look = [&seen](http::exchange& exchange) -> weir::task<weir::result<void>> {
        const auto& request = exchange.request();
        CO_CHECK_EQUAL(request.method(), "GET");
        CO_CHECK_EQUAL(request.path(), "/first");
        CO_CHECK(request.headers().find("host") == "h");
        CO_CHECK(exchange.body().is_complete());
        CO_CHECK(!exchange.is_draining());
        seen = exchange.peer();
        co_return co_await name_it(exchange);
    };
    static_cast<void>(co_await converse(look, saying(get)));
    CO_REQUIRE(seen.has_value());
    CO_CHECK_EQUAL(seen->address(), "127.0.0.1");
}

CO_TEST(fields_of_one_answer_are_not_those_of_the_next) {
    const auto only_first = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        if (exchange.request().path() == "/first") {
            static_cast<void>(exchange.headers().add("X", "y"));
        }
        co_return co_await name_it(exchange);
    };
    const auto heard =
        co_await converse(only_first, saying(get + "GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    CO_CHECK_EQUAL(times(heard, "X: y\r\n"), 1U);
}

CO_TEST(a_connection_that_is_taken_speaks_what_its_taker_speaks) {
    const auto heard = co_await converse(parrot, saying(get + upgrade + "hello, "));
    CO_CHECK_EQUAL(heard, named("GET /first") + "101 /chat\nhello, ");
    const auto bytewise = co_await converse(parrot, stammering(upgrade + "hello"));
    CO_CHECK_EQUAL(bytewise, "101 /chat\nhello");
}

CO_TEST(a_connection_that_is_taken_is_not_judged_as_idle) {
    const auto speak = [](weir::net::stream_socket& to) -> weir::task<std::string> {
        static_cast<void>(co_await to.send_copy(weir::as_bytes(upgrade)));
        static_cast<void>(co_await weir::sleep_for(10h));
        co_return co_await saying("still here")(to);
    };
    const auto heard = co_await converse(parrot, speak);
    CO_CHECK_EQUAL(heard, "101 /chat\nstill here");
}

CO_TEST(an_upgrade_may_be_ignored) {
    const auto heard = co_await converse(name_it, saying(upgrade + get));
    CO_CHECK_EQUAL(heard, named("GET /chat") + named("GET /first"));
}

CO_TEST(a_connection_cannot_be_taken_in_the_middle_of_something) {
    const auto grabs = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        const auto early = exchange.take_connection();
        CO_CHECK((error_of(early) == std::errc::operation_not_permitted));
        const auto answered = co_await echo_it(exchange);
        const auto late = exchange.take_connection();
        CO_CHECK((error_of(late) == std::errc::operation_not_permitted));
        co_return answered;
    };
    const auto heard = co_await converse(
        grabs, stammering("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"));
    CO_CHECK_EQUAL(heard, named("abc"));
}

BOOST_AUTO_TEST_SUITE_END()
