// SPDX-License-Identifier: Apache-2.0
// request_body: bodies as they arrive, slow ones, unread ones, and those that wait for a word.
#include <weir/http/server/request_body.hpp>

#include "co_test.hpp"
#include "http_peers.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/message/error.hpp>

#include <memory>

using namespace weir::http::test;
namespace http = weir::http;
using weir::test::is_about;

BOOST_AUTO_TEST_SUITE(request_body_test)

namespace {

const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
const std::string get_next = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string last = "Connection: close\r\n";

/// Answers with the pieces as they came, in brackets, and the trailers.
weir::task<weir::result<void>> show_pieces(http::exchange& exchange) {
    std::string text;
    for (;;) {
        const weir::buffer_lease piece = co_await weir::ok(exchange.body().read());
        if (piece.empty()) break;
        text += "[" + std::string(weir::as_text(piece.data())) + "]";
    }
    const http::headers& trailers = exchange.body().trailers();
    for (std::size_t i = 0; i < trailers.size(); ++i) {
        text += std::string(trailers[i].name()) + "=" + std::string(trailers[i].value());
    }
    co_return co_await exchange.respond(http::status::ok, {}, text);
}

weir::task<weir::result<void>> ignore_body(http::exchange& exchange) {
    co_return co_await exchange.respond(http::status::ok, {}, "ignored");
}

weir::task<weir::result<void>> collect_ten(http::exchange& exchange) {
    const std::string text = co_await weir::ok(exchange.body().collect(10));
    co_return co_await exchange.respond(http::status::ok, {}, text);
}

std::string counted(std::string_view body) {
    return post + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// Says a head, then `piece` every `pause` for as long as anybody listens.
client dripping(std::string head, std::string piece, std::chrono::nanoseconds pause, int count) {
    return [=](weir::net::stream_socket& to) -> weir::task<std::string> {
        static_cast<void>(co_await to.send_copy(weir::as_bytes(head)));
        for (int i = 0; i < count; ++i) {
            const auto slept = co_await weir::sleep_for(pause);
            const auto sent = co_await to.send_copy(weir::as_bytes(piece));
            if (!slept || !sent) break;
        }
        co_return co_await read_to_end(to);
    };
}

}  // namespace

CO_TEST(a_counted_body_and_the_request_behind_it_are_kept_apart) {
    const auto heard = co_await converse(echo_it, saying(counted("hello") + counted("you")));
    CO_CHECK_EQUAL(heard, named("hello") + named("you"));
}

CO_TEST(a_chunked_body_comes_in_pieces_with_its_trailers_behind_it) {
    const auto heard = co_await converse(
        show_pieces, saying(post +
                            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n"
                            "0\r\nDigest: z\r\n\r\n" +
                            counted("next")));
    CO_CHECK_EQUAL(heard, named("[abc][de]Digest=z") + named("[next]"));
}

CO_TEST(a_body_that_comes_byte_by_byte_is_whole) {
    const auto heard = co_await converse(
        echo_it,
        stammering(post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n" +
                   counted("xy")));
    CO_CHECK_EQUAL(heard, named("abc") + named("xy"));
}

CO_TEST(a_large_body_arrives_unchanged) {
    const std::string text = text_of(300'000);
    const auto heard = co_await converse(echo_it, saying(counted(text)));
    CO_CHECK(heard == named(text));
}

CO_TEST(the_peer_is_told_to_continue_when_the_body_is_first_asked_for) {
    const auto speak = [](weir::net::stream_socket& to) -> weir::task<std::string> {
        const std::string head = post + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n";
        static_cast<void>(co_await to.send_copy(weir::as_bytes(head)));
        std::string heard = co_await read_until(to, 25);
        static_cast<void>(co_await to.send_copy(weir::as_bytes("hello")));
        static_cast<void>(co_await to.shutdown_send());
        co_return heard + "|" + co_await read_to_end(to);
    };
    const auto heard = co_await converse(echo_it, speak);
    CO_CHECK_EQUAL(heard, "HTTP/1.1 100 Continue\r\n\r\n|" + named("hello"));
}

CO_TEST(a_peer_that_does_not_wait_is_not_told_to_continue) {
    const auto heard = co_await converse(
        echo_it, saying(post + "Content-Length: 5\r\nExpect: 100-Continue\r\n\r\nhello"));
    CO_CHECK_EQUAL(heard, named("hello"));
}

CO_TEST(an_answer_without_the_body_that_a_peer_waits_to_send_ends_the_connection) {
    const auto heard = co_await converse(
        ignore_body, waiting_after(post + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
    CO_CHECK_EQUAL(heard, named("ignored", last));
}

CO_TEST(a_body_that_nobody_read_is_passed_over) {
    const auto heard = co_await converse(ignore_body, saying(counted("hello") + counted("you")));
    CO_CHECK_EQUAL(heard, named("ignored") + named("ignored"));
    const auto in_chunks = co_await converse(
        ignore_body, stammering(post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" +
                                counted("you")));
    CO_CHECK_EQUAL(in_chunks, named("ignored") + named("ignored"));
}

CO_TEST(a_long_body_that_nobody_read_ends_the_connection) {
    http::server_options options;
    options.max_discarded_bytes = 4;
    auto heard =
        co_await converse(ignore_body, waiting_after(counted("hello") + get_next), options);
    CO_CHECK_EQUAL(heard, named("ignored", last));
    // In chunks it only shows later, so nothing could be said beforehand.
    heard = co_await converse(ignore_body,
                              waiting_after(post +
                                            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
                                            "0\r\n\r\n" +
                                            get_next),
                              options);
    CO_CHECK_EQUAL(heard, named("ignored"));
}

CO_TEST(a_body_longer_than_its_reader_wants_is_refused) {
    auto heard = co_await converse(collect_ten, waiting_after(counted("0123456789")));
    CO_CHECK_EQUAL(heard, named("0123456789"));
    heard = co_await converse(collect_ten, waiting_after(counted("01234567890")));
    CO_CHECK(heard.starts_with("HTTP/1.1 413 "));
    CO_CHECK(heard.find(last) != heard.npos);
    heard = co_await converse(collect_ten,
                              waiting_after(post + "Transfer-Encoding: chunked\r\n\r\n"
                                                   "6\r\n012345\r\n5\r\n67890\r\n0\r\n\r\n"));
    CO_CHECK(heard.starts_with("HTTP/1.1 413 "));
}

CO_TEST(a_broken_chunk_ends_the_connection_even_if_the_handler_does_not_mind) {
    const auto forgiving = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        const auto body = co_await exchange.body().collect(100);
        const auto again = co_await exchange.body().read();
        const bool is_same = !body && !again && body.error() == again.error();
        co_return co_await exchange.respond(http::status::ok, {}, is_same ? "so what" : "?");
    };
    const std::string broken = post + "Transfer-Encoding: chunked\r\n\r\n3\nabc";
    auto heard = co_await converse(forgiving, waiting_after(broken + get_next));
    CO_CHECK_EQUAL(heard, named("so what", last));
    heard = co_await converse(echo_it, waiting_after(broken + get_next));
    CO_CHECK(heard.starts_with("HTTP/1.1 400 "));
    CO_CHECK_EQUAL(times(heard, "HTTP/1.1 "), 1U);
}

CO_TEST(a_body_that_ends_early_is_no_request) {
    const auto heard = co_await converse(echo_it, saying(post + "Content-Length: 5\r\n\r\nhell"));
    CO_CHECK(heard.starts_with("HTTP/1.1 400 "));
}

CO_TEST(a_body_that_drips_is_given_up_when_its_grace_is_used_up) {
    const auto begun = weir::test::now();
    const auto drip = dripping(post + "Content-Length: 1000\r\n\r\n", "x", 1s, 20);
    const auto heard = co_await converse(echo_it, drip);
    CO_CHECK(heard.starts_with("HTTP/1.1 408 "));
    CO_CHECK(heard.find("min_body_rate") != heard.npos);
    CO_CHECK(weir::test::now() - begun < 23s);
}

CO_TEST(a_body_that_keeps_the_least_rate_may_take_minutes) {
    const auto drip =
        dripping(post + "Content-Length: 30000\r\n\r\n", std::string(250, 'x'), 1s, 120);
    const auto ends = [drip](weir::net::stream_socket& to) -> weir::task<std::string> {
        return drip(to);
    };
    http::server_options options;
    options.keep_alive_timeout = 1s;
    const auto heard = co_await converse(echo_it, ends, options);
    CO_CHECK(heard == named(std::string(30'000, 'x')));
}

CO_TEST(the_time_that_a_handler_takes_is_not_the_peers) {
    const auto read_late = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        const weir::buffer_lease first = co_await weir::ok(exchange.body().read());
        co_await weir::ok(weir::sleep_for(1h));
        co_return co_await echo_it(exchange);
    };
    const auto heard = co_await converse(
        read_late, dripping(post + "Content-Length: 4\r\nConnection: close\r\n\r\n", "xy", 1s, 2));
    CO_CHECK_EQUAL(heard, named("xy", last));
}

CO_TEST(a_read_that_is_given_up_loses_nothing) {
    const auto impatient = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        int late = 0;
        std::string text;
        while (!exchange.body().is_complete()) {
            const auto piece = co_await weir::with_timeout(300ms, exchange.body().read());
            if (piece) text += weir::as_text(piece->data());
            if (!piece && ++late > 20) co_return weir::fail(piece.error());
        }
        if (late <= 2) text = "it never had to wait";
        co_return co_await exchange.respond(http::status::ok, {}, text);
    };
    const auto heard = co_await converse(
        impatient, dripping(post + "Content-Length: 3\r\nConnection: close\r\n\r\n", "x", 1s, 3));
    CO_CHECK_EQUAL(heard, named("xxx", last));
}

BOOST_AUTO_TEST_SUITE_END()
