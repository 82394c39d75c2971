// SPDX-License-Identifier: Apache-2.0
// Test support: a server on one end of a connection, and a plain stream on the other that can say
// what no client would.
#pragma once

#include "pattern.hpp"
#include "ring_test.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/serve.hpp>
#include <weir/http/server/server_options.hpp>
#include <weir/io/sleep.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::http::test {

using namespace std::chrono_literals;
using weir::test::must;
using weir::test::read_to_end;
using weir::test::read_until;

/// `answers` without its Date fields.
inline std::string without_dates(std::string answers) {
    for (;;) {
        const std::size_t at = answers.find("Date: ");
        if (at == std::string::npos) return answers;
        answers.erase(at, answers.find("\r\n", at) + 2 - at);
    }
}

/// How often `part` is in `text`.
inline std::size_t times(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

/// Text of that size, in which each byte depends on its place.
inline std::string text_of(std::size_t size) {
    const auto all = weir::test::pattern().take(size);
    return std::string(as_text(all));
}

/// What a client does on its end of a connection; gives what it has heard.
using client = std::function<task<std::string>(net::stream_socket&)>;

/// Lets the client speak, then closes its end.
inline task<std::string> speak_and_close(const client& speak, net::stream_socket& on) {
    std::string heard = co_await speak(on);
    static_cast<void>(co_await on.close());
    co_return heard;
}

/// Serves the client at the other end, `b`; gives what it has heard, without dates.
inline task<std::string> converse(weir::test::stream_pair<net::tcp_socket> pair, handler answer,
                                  client speak, server_options options = {}) {
    auto serving = serve(std::move(pair.a), std::move(answer), std::move(options));
    auto speaking = speak_and_close(speak, pair.b);
    auto [served, heard] = co_await when_all(std::move(serving), std::move(speaking));
    static_cast<void>(served);
    co_return without_dates(std::move(heard));
}
/// The same over a connection of its own.
inline task<std::string> converse(handler answer, client speak, server_options options = {}) {
    auto pair = co_await weir::test::tcp_streams::connect();
    co_return co_await converse(std::move(pair), std::move(answer), std::move(speak),
                                std::move(options));
}

/// A client that says one thing, then ends its direction, and listens to the end.
inline client saying(std::string text) {
    return [text = std::move(text)](net::stream_socket& to) -> task<std::string> {
        static_cast<void>(co_await to.send_copy(as_bytes(text)));
        const auto ended = co_await to.shutdown_send();
        if (!ended) co_return std::string();  // and the server, perhaps, would wait for ever
        co_return co_await read_to_end(to);
    };
}

/// A client that says one thing and listens to the end, its own direction open.
inline client waiting_after(std::string text) {
    return [text = std::move(text)](net::stream_socket& to) -> task<std::string> {
        static_cast<void>(co_await to.send_copy(as_bytes(text)));
        co_return co_await read_to_end(to);
    };
}

/// A client that says one thing byte by byte, each in a turn of its own.
inline client stammering(std::string text) {
    return [text = std::move(text)](net::stream_socket& to) -> task<std::string> {
        for (const char& each : text) {
            const auto sent = co_await to.send_copy(as_bytes(std::string_view(&each, 1)));
            if (!sent) break;
            co_await weir::test::turns(1);
        }
        const auto ended = co_await to.shutdown_send();
        if (!ended) co_return std::string();
        co_return co_await read_to_end(to);
    };
}

/// Answers 200 with method and target: "GET /x".
inline task<result<void>> name_it(exchange& exchange) {
    const std::string text = exchange.request().method() + " " + exchange.request().target();
    co_return co_await exchange.respond(status::ok, {}, text);
}

/// Answers 200 with the body, collected.
inline task<result<void>> echo_it(exchange& exchange) {
    const std::string text = co_await ok(exchange.body().collect(1'000'000));
    co_return co_await exchange.respond(status::ok, {}, text);
}

/// The answer of `name_it`.
inline std::string named(std::string_view text, std::string_view more = {}) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n" +
           std::string(more) + "\r\n" + std::string(text);
}

}  // namespace weir::http::test
