// SPDX-License-Identifier: Apache-2.0
// A server on real sockets, or simulated ones with faults: pipelining, bodies both ways, the end.
#include <weir/http/server/server.hpp>

#include "../../unit/http/server/http_peers.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/message/error.hpp>

#include <functional>

using namespace weir::http::test;
namespace http = weir::http;
using weir::test::together;

BOOST_AUTO_TEST_SUITE(server_test)

namespace {

/// A client that says a text of any length, and listens meanwhile.
client saying_while_listening(std::string text) {
    return [text = std::move(text)](weir::net::stream_socket& to) -> weir::task<std::string> {
        std::string heard;
        const auto say = [&]() -> weir::task<> {
            static_cast<void>(co_await to.write_all(weir::as_bytes(text)));
            static_cast<void>(co_await to.shutdown_send());
        };
        const auto listen = [&]() -> weir::task<> { heard = co_await read_to_end(to); };
        co_await together(say(), listen());
        co_return heard;
    };
}

weir::task<weir::result<void>> pass_on(http::exchange& exchange) {
    weir::buffer_lease piece = co_await weir::ok(exchange.body().read());
    co_await weir::ok(exchange.answer().start(http::status::ok, {}, exchange.body().length()));
    while (!piece.empty()) {
        co_await weir::ok(exchange.answer().write(std::move(piece)));
        piece = co_await weir::ok(exchange.body().read());
    }
    co_return co_await exchange.answer().finish();
}

std::string chunked_post(const std::string& body, std::size_t chunk) {
    std::string text = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto append_size = [&text](std::size_t size) {
        char digits[20];
        std::snprintf(digits, sizeof digits, "%zx\r\n", size);
        text += digits;
    };
    for (std::size_t at = 0; at < body.size(); at += chunk) {
        const std::string part = body.substr(at, chunk);
        append_size(part.size());
        text += part + "\r\n";
    }
    return text + "0\r\n\r\n";
}

/// The body of a chunked answer.
std::string joined(std::string_view answer) {
    std::string body;
    answer.remove_prefix(answer.find("\r\n\r\n") + 4);
    for (;;) {
        const std::size_t size = std::strtoull(answer.data(), nullptr, 16);
        if (size == 0) return body;
        answer.remove_prefix(answer.find("\r\n") + 2);
        body += answer.substr(0, size);
        answer.remove_prefix(size + 2);
    }
}

}  // namespace

RING_TEST(a_thousand_pipelined_requests_are_answered_in_order) {
    http::server_options options;
    options.max_requests = 2000;
    std::string text;
    std::string expected;
    for (int i = 0; i < 1000; ++i) {
        const std::string target = "/" + std::to_string(i);
        text += "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
        expected += named("GET " + target);
    }
    const auto heard = co_await converse(name_it, saying_while_listening(text), options);
    BOOST_TEST((heard == expected));
}

RING_TEST(large_bodies_pass_through_unchanged_in_both_framings) {
    const std::string body = text_of(700'000);
    const std::string counted = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 700000\r\n\r\n";
    const auto heard = co_await converse(pass_on, saying_while_listening(counted + body));
    BOOST_TEST((heard == named(body)));
    const auto chunks =
        co_await converse(pass_on, saying_while_listening(chunked_post(body, 50'000)));
    BOOST_TEST((weir::test::is_simulated() || joined(chunks) == body));
}

RING_TEST(a_request_in_single_bytes_is_answered) {
    const auto heard = co_await converse(
        echo_it, stammering("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"));
    BOOST_TEST(heard == named("abc"));
}

RING_TEST(a_peer_that_is_still_sending_reads_why_it_was_refused) {
    const std::string much = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n" +
                             std::string(3'000'000, 'x');
    const auto heard = co_await converse(echo_it, saying_while_listening(much));
    BOOST_TEST(heard.starts_with("HTTP/1.1 413 "));
}

RING_TEST(a_drained_server_has_answered_everybody_it_had_begun_with) {
    auto acceptor = weir::test::listen_on_loopback();
    const auto where = acceptor.local_endpoint();
    const auto slow = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        co_await weir::ok(weir::sleep_for(30ms));
        co_return co_await name_it(exchange);
    };
    http::server server(slow);
    const auto serve = [&]() -> weir::task<> {
        const auto ended = co_await server.serve(acceptor);
        BOOST_TEST(ended.has_value());
    };
    const auto visit = [&]() -> weir::task<> {
        auto socket = must(co_await weir::net::connect(where));
        const auto speak = waiting_after("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        const std::string heard = co_await speak(socket);
        BOOST_TEST(without_dates(heard) == named("GET /", "Connection: close\r\n"));
        static_cast<void>(co_await socket.close());
    };
    const auto drain = [&]() -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(15ms));
        server.drain();
    };
    co_await together(serve(), visit(), visit(), drain());
    BOOST_TEST(server.open_connections() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
