// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client_response.hpp>

#include "client_peers.hpp"
#include "co_test.hpp"

#include <weir/coro/ok.hpp>

using namespace weir::http::test;
namespace http = weir::http;
using weir::task;

BOOST_AUTO_TEST_SUITE(client_response_test)

namespace {

const std::string chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n";

}  // namespace

CO_TEST(a_body_is_read_piece_by_piece_with_its_trailers) {
    scripted_server server({step(chunked), step(counted("next"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const http::client_request request("GET", server.where());
        {
            auto page = co_await client.start(request);
            CO_REQUIRE(page);
            CO_CHECK(page->code() == http::status::ok);
            CO_CHECK(page->sent_length() == std::nullopt);
            CO_CHECK(page->redirected_to() == nullptr);
            std::string all;
            for (;;) {
                auto piece = co_await page->read();
                CO_REQUIRE(piece);
                if (piece->empty()) break;
                all += weir::as_text(piece->data());
            }
            CO_CHECK_EQUAL(all, "abcde");
            CO_CHECK(page->is_complete());
            CO_CHECK(page->trailers().find("T") == "u");
            const auto more = co_await page->read();
            CO_CHECK(more && more->empty());
        }
        const auto next = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(next), "200 next");
        CO_CHECK_EQUAL(server.accepted, 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_response_that_is_dropped_in_its_middle_takes_its_connection_along) {
    const std::string part = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome";
    scripted_server server({step(part), step(counted("next"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const http::client_request request("GET", server.where());
        {
            auto page = co_await client.start(request);
            CO_REQUIRE(page);
            const auto piece = co_await page->read();
            CO_CHECK(piece && weir::as_text(piece->data()) == "some");
        }
        CO_CHECK_EQUAL(client.statistics().given_up.value(), 1U);
        CO_CHECK_EQUAL(client.open_connections(), 0U);
        const auto next = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(next), "200 next");
        CO_CHECK_EQUAL(server.accepted, 2U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_response_that_has_arrived_whole_may_be_dropped_unread) {
    scripted_server server({step(chunked), step(counted("next"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const http::client_request request("GET", server.where());
        {
            const auto page = co_await client.start(request);
            CO_REQUIRE(page);
        }
        const auto next = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(next), "200 next");
        CO_CHECK_EQUAL(server.accepted, 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_server_waits_while_its_body_is_not_read) {
    bool is_sent = false;
    const auto much = [&is_sent](http::exchange& exchange) -> task<weir::result<void>> {
        co_await weir::ok(exchange.answer().start(http::status::ok, {}, 20'000'000));
        const std::string piece(100'000, 'x');
        for (int i = 0; i < 200; ++i) {
            co_await weir::ok(exchange.answer().write(weir::as_bytes(piece)));
        }
        is_sent = true;
        co_return co_await exchange.answer().finish();
    };
    answering_server server(much);
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const http::client_request request("GET", server.where());
        auto page = co_await client.start(request);
        CO_REQUIRE(page);
        CO_CHECK(page->sent_length() == 20'000'000U);
        static_cast<void>(co_await weir::sleep_for(10s));
        CO_CHECK(!is_sent);
        const auto all = co_await page->collect(20'000'000);
        CO_CHECK(all && all->size() == 20'000'000U);
        CO_CHECK(is_sent);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_body_that_falls_silent_is_given_up) {
    scripted_server server({step("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome")});
    const auto talk = [&]() -> task<> {
        http::client_options options;
        options.max_silence = 5s;
        http::client client(co_await weir::this_task(), options);
        const http::client_request request("GET", server.where());
        auto page = co_await client.start(request);
        CO_REQUIRE(page);
        const auto all = co_await page->collect(10'000);
        CO_CHECK(!all && all.error() == std::errc::timed_out);
        const auto again = co_await page->read();
        CO_CHECK(!again && again.error() == std::errc::timed_out);
        CO_CHECK_EQUAL(client.statistics().timeouts(http::client_phase::body), 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_read_that_was_stopped_loses_nothing) {
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    const auto slow = [](http::exchange& exchange) -> task<weir::result<void>> {
        co_await weir::ok(exchange.answer().start(http::status::ok, {}, 9));
        for (int i = 0; i < 3; ++i) {
            co_await weir::ok(weir::sleep_for(1s));
            co_await weir::ok(exchange.answer().write(weir::as_bytes("abc")));
        }
        co_return co_await exchange.answer().finish();
    };
    answering_server server(slow);
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const http::client_request request("GET", server.where());
        auto page = co_await client.start(request);
        CO_REQUIRE(page);
        std::string all;
        for (int i = 0; i < 20 && !page->is_complete(); ++i) {
            auto reading = page->read();
            const auto piece = co_await weir::with_timeout(300ms, std::move(reading));
            if (piece) all += weir::as_text(piece->data());
        }
        CO_CHECK_EQUAL(all, "abcabcabc");
    };
    co_await talk_to(server, talk);
}

CO_TEST(who_was_redirected_learns_whereto) {
    scripted_server server({step(redirect_to("/b?c")), step(counted("x"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const http::client_request request("GET", server.where("/a"));
        const auto page = co_await client.start(request);
        CO_REQUIRE(page);
        CO_REQUIRE(page->redirected_to() != nullptr);
        CO_CHECK_EQUAL(page->redirected_to()->target(), "/b?c");
    };
    co_await talk_to(server, talk);
}

BOOST_AUTO_TEST_SUITE_END()
