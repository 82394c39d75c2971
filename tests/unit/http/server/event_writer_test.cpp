// SPDX-License-Identifier: Apache-2.0
// event_writer: events as they are sent, in a stream that is kept up.
#include <weir/http/server/event_writer.hpp>

#include "co_test.hpp"
#include "evening.hpp"
#include "http_peers.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_any.hpp>

#include <algorithm>

using namespace weir::http::test;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(event_writer_test)

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n";

/// Two events with a pause between them, kept alive.
http::handler two_events(std::chrono::nanoseconds pause, http::event_writer_options options = {}) {
    return [pause, options](http::exchange& exchange) -> weir::task<weir::result<void>> {
        http::event_writer events(exchange, options);
        co_await weir::ok(events.start());
        const auto work = [&]() -> weir::task<weir::result<void>> {
            co_await weir::ok(events.send(http::server_event("one")));
            co_await weir::ok(weir::sleep_for(pause));
            http::server_event second("two");
            second.id(std::string(events.last_event_id()));
            co_return co_await events.send(second);
        };
        auto race = co_await weir::when_any(work(), events.keep_alive());
        if (race.winner() == 0) co_return race.outcome<0>();
        co_return race.outcome<1>();
    };
}

}  // namespace

CO_TEST(events_leave_one_by_one_and_are_never_packed) {
    http::server_options options;
    options.compression.emplace().min_bytes(0);
    const auto heard =
        co_await converse(two_events(1s), saying(get + "Last-Event-ID: 7\r\n\r\n"), options);
    CO_CHECK(heard.find("\r\nContent-Type: text/event-stream\r\n") != heard.npos);
    CO_CHECK(heard.find("Content-Encoding") == heard.npos);
    CO_CHECK(heard.find("\r\nb\r\ndata: one\n\n\r\n") != heard.npos);
    CO_CHECK(heard.find("id: 7\ndata: two\n\n") != heard.npos);
    CO_CHECK(heard.ends_with("0\r\n\r\n"));
}

CO_TEST(a_silent_stream_has_heartbeats_and_a_busy_one_none) {
    const auto silent = co_await converse(two_events(50s), saying(get + "\r\n"));
    CO_CHECK_EQUAL(times(silent, ":\n\n"), 3U);
    const auto busy = co_await converse(two_events(10s), saying(get + "\r\n"));
    CO_CHECK_EQUAL(times(busy, ":\n\n"), 0U);
}

CO_TEST(a_reader_is_told_when_to_come_back) {
    http::event_writer_options options;
    options.retry = 2500ms;
    const auto heard = co_await converse(two_events(1s, options), saying(get + "\r\n"));
    CO_CHECK(heard.find("retry: 2500\n") != heard.npos);
    CO_CHECK(heard.find("retry: 2500\n") < heard.find("data: one"));
}

CO_TEST(a_stream_ends_in_order_when_the_server_drains) {
    evening tonight({}, two_events(1000h));
    auto [served, drained, heard] = co_await weir::when_all(
        tonight.serve(), tonight.drain_after(40s), visit(tonight.where(), get + "\r\n"));
    static_cast<void>(served);
    static_cast<void>(drained);
    CO_CHECK(heard.ends_with("0\r\n\r\n"));
    CO_CHECK(!tonight.outcome());
    CO_CHECK(tonight.took() < 41s);
}

CO_TEST(whoever_sends_to_a_slow_reader_waits_with_a_bounded_queue) {
    std::size_t most = 0;
    const auto flood = [&most](http::exchange& exchange) -> weir::task<weir::result<void>> {
        http::event_writer events(exchange);
        co_await weir::ok(events.start());
        const weir::send_buffer event = format_event(http::server_event(std::string(1000, 'x')));
        for (int i = 0; i < 3000; ++i) {
            co_await weir::ok(events.send(event));
            most = std::max(most, exchange.answer().queued_bytes());
        }
        co_return weir::result<void>();
    };
    const auto sip = [](weir::net::stream_socket& to) -> weir::task<std::string> {
        static_cast<void>(co_await to.send_copy(weir::as_bytes(get + "Connection: close\r\n\r\n")));
        const auto slept = co_await weir::sleep_for(5s);
        if (!slept) co_return std::string();
        co_return co_await read_to_end(to);
    };
    const auto heard = co_await converse(flood, sip);
    CO_CHECK(times(heard, "data: x") == 3000);
    CO_CHECK(most <= 64 * 1024 + 2000);
}

BOOST_AUTO_TEST_SUITE_END()
