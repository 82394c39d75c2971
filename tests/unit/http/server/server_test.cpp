// SPDX-License-Identifier: Apache-2.0
// server: many connections, no more than allowed, and an end in which nobody loses an answer.
#include <weir/http/server/server.hpp>

#include "co_test.hpp"
#include "evening.hpp"
#include "http_peers.hpp"
#include "is_about.hpp"
#include "metric_text.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/message/error.hpp>
#include <weir/io/timeout.hpp>
#include <weir/metrics/registry.hpp>

#include <set>
#include <stdexcept>
#include <string>

using namespace weir::http::test;
namespace http = weir::http;
using weir::test::error_of;
using weir::test::is_about;

BOOST_AUTO_TEST_SUITE(server_test)

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

/// `/slow` takes ten seconds, `/hang` for ever.
weir::task<weir::result<void>> pages(http::exchange& exchange) {
    if (exchange.request().path() == "/slow") co_await weir::ok(weir::sleep_for(10s));
    if (exchange.request().path() == "/hang") co_await weir::ok(weir::sleep_for(1000h));
    co_return co_await name_it(exchange);
}

std::string get_page(std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

}  // namespace

CO_TEST(connections_are_served_side_by_side) {
    evening tonight({}, pages);
    auto [served, drained, one, other] = co_await weir::when_all(
        tonight.serve(), tonight.drain_after(1s), visit(tonight.where(), get_page("/slow")),
        visit(tonight.where(), get_page("/b")));
    static_cast<void>(served);
    static_cast<void>(drained);
    CO_CHECK_EQUAL(other, named("GET /b"));
    CO_CHECK_EQUAL(one, named("GET /slow", "Connection: close\r\n"));
    CO_CHECK(!tonight.outcome());
}

CO_TEST(a_socket_is_prepared_before_its_first_request_or_closed) {
    http::server_options options;
    options.prepare = [](weir::net::stream_socket& socket) -> weir::task<weir::result<void>> {
        auto first = co_await weir::ok(socket.receive());
        const bool knows_it = weir::as_text(first.data()) == "sesame";
        if (weir::as_text(first.data()) == "dynamite") throw std::runtime_error("bang");
        if (!knows_it) co_return weir::fail(std::errc::permission_denied);
        co_return co_await socket.send_copy(weir::as_bytes("open "));
    };
    evening open(options, pages);
    auto enter = [&](std::string word) -> weir::task<std::string> {
        auto socket = co_await weir::net::connect(open.where());
        if (!socket) co_return "not connected";
        static_cast<void>(co_await socket->send_copy(weir::as_bytes(word)));
        auto said = co_await waiting_after({})(*socket);
        static_cast<void>(co_await socket->close());
        co_return said;
    };
    auto all = weir::when_all(open.serve(), enter("sesame"), enter("please"), enter("dynamite"),
                              open.drain_after(1s));
    auto outcome = co_await all;
    CO_CHECK(std::get<1>(outcome) == "open ");
    CO_CHECK(std::get<2>(outcome).empty());
    CO_CHECK(std::get<3>(outcome).empty());
    CO_CHECK(open.server().statistics().unprepared.value() == 2U);
    CO_CHECK(open.server().statistics().connections.value() == 1U);
}

CO_TEST(draining_ends_idle_connections_at_once_and_lets_answers_be_finished) {
    evening tonight({}, pages);
    auto [served, drained, idle, silent, busy] = co_await weir::when_all(
        tonight.serve(), tonight.drain_after(5s), visit(tonight.where(), get),
        visit(tonight.where(), ""), visit(tonight.where(), get_page("/slow") + get));
    static_cast<void>(served);
    static_cast<void>(drained);
    CO_CHECK_EQUAL(idle, named("GET /"));
    CO_CHECK_EQUAL(silent, "");
    CO_CHECK_EQUAL(busy, named("GET /slow", "Connection: close\r\n"));
    CO_CHECK(!tonight.is_listening());
    CO_CHECK(!tonight.outcome());
    CO_CHECK(is_about(tonight.took(), 10s));
}

CO_TEST(a_drained_server_may_answer_those_that_do_not_know_yet) {
    http::server_options options;
    options.idle_drain_timeout = 4s;
    evening tonight(options);
    const auto begun = weir::test::now();
    // Drained after five seconds, it waits until the ninth.
    auto ask_twice = [&](std::chrono::nanoseconds pause) -> weir::task<std::string> {
        auto socket = co_await weir::net::connect(tonight.where());
        if (!socket) co_return "not connected";
        static_cast<void>(co_await socket->send_copy(weir::as_bytes(get)));
        static_cast<void>(co_await weir::sleep_for(pause));
        auto said = co_await waiting_after(get)(*socket);
        static_cast<void>(co_await socket->close());
        co_return without_dates(std::move(said));
    };
    std::chrono::nanoseconds silent_ended{};
    auto silent = [&]() -> weir::task<> {
        static_cast<void>(co_await visit(tonight.where(), get));
        silent_ended = weir::test::now() - begun;
    };
    auto [served, drained, known, unknown, late] = co_await weir::when_all(
        tonight.serve(), tonight.drain_after(5s), silent(), ask_twice(8s), ask_twice(10s));
    static_cast<void>(served);
    static_cast<void>(drained);
    static_cast<void>(known);
    CO_CHECK_EQUAL(unknown, named("GET /") + named("GET /", "Connection: close\r\n"));
    CO_CHECK_EQUAL(late, named("GET /"));
    CO_CHECK(is_about(silent_ended, 9s));
    CO_CHECK(is_about(tonight.took(), 9s));
    CO_CHECK(!tonight.outcome());
}

CO_TEST(a_drained_server_has_all_its_time_after_that_of_the_idle_ones) {
    http::server_options options;
    options.idle_drain_timeout = 4s;
    options.drain_timeout = 4s;
    evening tonight(options);
    auto all =
        weir::when_all(tonight.serve(), tonight.drain_after(1s), visit(tonight.where(), get));
    static_cast<void>(co_await all);
    CO_CHECK(!tonight.outcome());
    CO_CHECK(is_about(tonight.took(), 5s));
}

CO_TEST(draining_takes_no_new_connections) {
    evening tonight({}, pages);
    auto [served, drained, late] = co_await weir::when_all(tonight.serve(), tonight.drain_after(1s),
                                                           visit(tonight.where(), get, 2s));
    static_cast<void>(served);
    static_cast<void>(drained);
    CO_CHECK_EQUAL(late, "not connected");
}

CO_TEST(what_does_not_end_in_time_is_cut_off) {
    http::server_options options;
    options.drain_timeout = 3s;
    evening tonight(options, pages);
    auto [served, drained, hung] = co_await weir::when_all(
        tonight.serve(), tonight.drain_after(1s), visit(tonight.where(), get_page("/hang")));
    static_cast<void>(served);
    static_cast<void>(drained);
    CO_CHECK_EQUAL(hung, "");
    CO_CHECK((tonight.outcome() == std::errc::timed_out));
    CO_CHECK(is_about(tonight.took(), 4s));
    CO_CHECK_EQUAL(tonight.server().open_connections(), 0U);
}

CO_TEST(a_stop_ends_everything_at_once) {
    evening tonight({}, pages);
    auto stopped = [&]() -> weir::task<> {
        static_cast<void>(co_await weir::with_timeout(1s, tonight.serve()));
    };
    auto [served, hung] =
        co_await weir::when_all(stopped(), visit(tonight.where(), get_page("/hang")));
    static_cast<void>(served);
    CO_CHECK_EQUAL(hung, "");
    CO_CHECK((tonight.outcome() == std::errc::operation_canceled));
    CO_CHECK(is_about(tonight.took(), 1s));
}

CO_TEST(a_full_server_ends_the_connection_that_has_been_idle_longest) {
    http::server_options options;
    options.max_connections = 2;
    evening tonight(options, pages);
    std::chrono::nanoseconds first_ended{};
    auto first = [&]() -> weir::task<> {
        const auto begun = weir::test::now();
        static_cast<void>(co_await visit(tonight.where(), get));
        first_ended = weir::test::now() - begun;
    };
    auto [served, drained, a, b, c] =
        co_await weir::when_all(tonight.serve(), tonight.drain_after(20s), first(),
                                visit(tonight.where(), get, 1s), visit(tonight.where(), get, 2s));
    static_cast<void>(served);
    static_cast<void>(drained);
    static_cast<void>(a);
    CO_CHECK_EQUAL(b, named("GET /"));
    CO_CHECK_EQUAL(c, named("GET /"));
    CO_CHECK(is_about(first_ended, 2s));
    CO_CHECK_EQUAL(tonight.server().statistics().idle_ended.value(), 1U);
}

CO_TEST(a_full_server_whose_connections_are_busy_lets_others_wait) {
    http::server_options options;
    options.max_connections = 1;
    evening tonight(options, pages);
    const auto begun = weir::test::now();
    std::chrono::nanoseconds second_answered{};
    auto second = [&]() -> weir::task<> {
        const std::string text = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        static_cast<void>(co_await visit(tonight.where(), text, 1s));
        second_answered = weir::test::now() - begun;
    };
    const std::string close_it = "GET /slow HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    auto [served, drained, a, b] = co_await weir::when_all(
        tonight.serve(), tonight.drain_after(20s), visit(tonight.where(), close_it), second());
    static_cast<void>(served);
    static_cast<void>(drained);
    static_cast<void>(a);
    static_cast<void>(b);
    CO_CHECK(is_about(second_answered, 10s));
}

CO_TEST(a_full_server_of_which_nobody_is_idle_takes_the_next_when_an_answer_has_ended) {
    http::server_options options;
    options.max_connections = 1;
    evening tonight(options, pages);
    std::chrono::nanoseconds other_ended{};
    auto other = [&]() -> weir::task<std::string> {
        std::string said = co_await visit(tonight.where(), get_page("/b"), 1s);
        other_ended = weir::test::now().time_since_epoch();
        co_return said;
    };
    const auto begun = weir::test::now().time_since_epoch();
    auto [served, drained, busy, next] =
        co_await weir::when_all(tonight.serve(), tonight.drain_after(15s),
                                visit(tonight.where(), get_page("/slow")), other());
    static_cast<void>(served);
    static_cast<void>(drained);
    CO_CHECK_EQUAL(busy, named("GET /slow"));  // it would have been kept alive for a minute
    CO_CHECK_EQUAL(next, named("GET /b"));
    CO_CHECK(is_about(other_ended - begun, 15s));
    CO_CHECK_EQUAL(tonight.server().statistics().idle_ended.value(), 1U);
}

CO_TEST(what_happens_is_counted_and_each_refusal_by_its_name) {
    evening tonight({}, pages);
    const auto& counts = tonight.server().statistics();
    auto [served, drained, a, b, c, d] = co_await weir::when_all(
        tonight.serve(), tonight.drain_after(60s), visit(tonight.where(), get + get),
        visit(tonight.where(), "GET / HTTP/1.1\n"), visit(tonight.where(), "GET / HTTP/1.1\r\n"),
        visit(tonight.where(), "GET / HTTP/1.1\r\nA: " + std::string(20'000, 'x')));
    static_cast<void>(served);
    static_cast<void>(drained);
    CO_CHECK(a.size() + b.size() + c.size() + d.size() > 0);
    CO_CHECK_EQUAL(counts.connections.value(), 4U);
    CO_CHECK_EQUAL(counts.connections_ended.value(), 4U);
    CO_CHECK_EQUAL(counts.requests.value(), 2U);
    CO_CHECK_EQUAL(counts.answers(2), 2U);
    CO_CHECK_EQUAL(counts.answers(4), 3U);
    CO_CHECK_EQUAL(counts.refusals(http::errc::bad_line_ending), 1U);
    CO_CHECK_EQUAL(counts.refusals(http::errc::head_too_slow), 1U);
    CO_CHECK_EQUAL(counts.refusals(http::errc::headers_over_limit), 1U);
    CO_CHECK_EQUAL(counts.refusals(http::errc::body_over_limit), 0U);
}

CO_TEST(servers_of_a_shard_may_count_in_one_place_that_a_registry_shows) {
    weir::metrics::registry all(1);
    http::server_options options;
    options.statistics = &http::add_server_statistics(all);
    {
        evening tonight(options, pages);
        evening elsewhere(options, pages);
        const std::string large = "GET / HTTP/1.1\r\nA: " + std::string(20'000, 'x');
        std::size_t open_here = 0;
        auto look = [&]() -> weir::task<> {
            static_cast<void>(co_await weir::sleep_for(5s));
            open_here = tonight.server().open_connections();
        };
        auto [one, other, a, b, c, ended, ended_too, looked] = co_await weir::when_all(
            tonight.serve(), elsewhere.serve(), visit(tonight.where(), large),
            visit(elsewhere.where(), large), visit(elsewhere.where(), get_page("/slow")),
            tonight.drain_after(60s), elsewhere.drain_after(60s), look());
        CO_CHECK(a.starts_with("HTTP/1.1 431") && b == a);
        CO_CHECK_EQUAL(c, named("GET /slow"));
        CO_CHECK_EQUAL(open_here, 0U);  // the slow one is the other's
    }
    // The servers have gone; what they counted has not.
    const weir::test::metric_text shown(all.text());
    CO_CHECK_EQUAL(shown.fault(), "");
    const auto refusals = R"(weir_http_server_refusals_total{reason="headers_over_limit"})";
    CO_CHECK_EQUAL(shown.value_of(refusals), "2");
    CO_CHECK_EQUAL(shown.value_of("weir_http_server_connections_total"), "3");
    CO_CHECK_EQUAL(shown.value_of("weir_http_server_connections_ended_total"), "3");
}

CO_TEST(connections_end_at_their_last_request_but_not_all_at_the_same) {
    http::server_options options;
    options.max_requests = 50;
    evening tonight(options, pages);
    std::set<std::size_t> counts;
    auto visit_often = [&]() -> weir::task<> {
        std::string text;
        for (int i = 0; i < 60; ++i) text += get;
        for (int i = 0; i < 8; ++i) {
            const auto heard = co_await visit(tonight.where(), text);
            counts.insert(times(heard, "HTTP/1.1 200 OK"));
        }
        tonight.server().drain();
    };
    auto [served, visited] = co_await weir::when_all(tonight.serve(), visit_often());
    static_cast<void>(served);
    static_cast<void>(visited);
    CO_REQUIRE(!counts.empty());
    CO_CHECK(*counts.begin() >= 45);
    CO_CHECK_EQUAL(*counts.rbegin(), 50U);
    CO_CHECK(counts.size() > 2);
}

CO_TEST(a_handler_can_see_that_the_server_drains) {
    const auto watch = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        while (!exchange.is_draining()) co_await weir::ok(weir::sleep_for(1s));
        co_return co_await name_it(exchange);
    };
    evening tonight({}, watch);
    auto [served, drained, heard] = co_await weir::when_all(
        tonight.serve(), tonight.drain_after(5s), visit(tonight.where(), get));
    static_cast<void>(served);
    static_cast<void>(drained);
    CO_CHECK_EQUAL(heard, named("GET /", "Connection: close\r\n"));
}

CO_TEST(a_client_that_asks_again_while_the_server_drains_keeps_its_last_answer) {
    evening tonight({}, pages);
    const auto late = [&]() -> weir::task<std::string> {
        auto socket = co_await weir::net::connect(tonight.where());
        if (!socket) co_return std::string();
        static_cast<void>(co_await socket->send_copy(weir::as_bytes(get)));
        static_cast<void>(co_await weir::sleep_for(5s + 1ms));  // the server has begun to drain
        static_cast<void>(co_await socket->send_copy(weir::as_bytes(get)));
        static_cast<void>(co_await weir::sleep_for(1s));
        // A reset would have come by now, and taken with it what was still on its way.
        const auto sent = co_await socket->write_all(weir::as_bytes(get));
        CO_CHECK(sent.has_value());
        auto heard = co_await read_to_end(*socket);
        static_cast<void>(co_await socket->close());
        co_return without_dates(std::move(heard));
    };
    auto [served, drained, heard] =
        co_await weir::when_all(tonight.serve(), tonight.drain_after(5s), late());
    static_cast<void>(served);
    static_cast<void>(drained);
    CO_CHECK_EQUAL(heard, named("GET /"));
    CO_CHECK(!tonight.outcome());
}

CO_TEST(a_drained_server_does_not_wait_long_for_clients_that_stay) {
    evening tonight({}, pages);
    const auto stay = [&]() -> weir::task<> {
        auto socket = co_await weir::net::connect(tonight.where());
        if (!socket) co_return;
        static_cast<void>(co_await socket->send_copy(weir::as_bytes(get)));
        static_cast<void>(co_await weir::sleep_for(1min));
    };
    auto [served, drained, stayed] =
        co_await weir::when_all(tonight.serve(), tonight.drain_after(5s), stay());
    static_cast<void>(served);
    static_cast<void>(drained);
    static_cast<void>(stayed);
    CO_CHECK(!tonight.outcome());
    CO_CHECK(tonight.took() <= 5s + http::server_options().close_timeout + 100ms);
}

BOOST_AUTO_TEST_SUITE_END()
