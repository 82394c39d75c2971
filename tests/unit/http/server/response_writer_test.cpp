// SPDX-License-Identifier: Apache-2.0
// response_writer: answers in one piece and in many, and what may not leave.
#include <weir/http/server/response_writer.hpp>

#include "co_test.hpp"
#include "http_peers.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/message/error.hpp>

#include <optional>

using namespace weir::http::test;
namespace http = weir::http;
using http::status;

BOOST_AUTO_TEST_SUITE(response_writer_test)

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string head = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string old_get = "GET / HTTP/1.0\r\n\r\n";

/// Writes two pieces and a trailer.
http::handler in_pieces(std::optional<std::uint64_t> length) {
    return [length](http::exchange& exchange) -> weir::task<weir::result<void>> {
        http::response_writer& answer = exchange.answer();
        co_await weir::ok(answer.start(status::ok, "text/plain", length));
        co_await weir::ok(answer.write(weir::as_bytes("hello ")));
        co_await weir::ok(answer.write(weir::bytes()));
        co_await weir::ok(answer.write(weir::send_buffer(weir::as_bytes("you, dear reader"))));
        static_cast<void>(answer.trailers().add("Digest", "x"));
        co_return co_await answer.finish();
    };
}

weir::task<weir::result<void>> send_much(http::exchange& exchange) {
    http::response_writer& answer = exchange.answer();
    co_await weir::ok(answer.start(status::ok, {}));
    const std::string some(100'000, 'm');
    for (int i = 0; i < 50; ++i) co_await weir::ok(answer.write(weir::as_bytes(some)));
    co_return weir::result<void>();
}

}  // namespace

CO_TEST(a_body_of_unknown_length_is_sent_in_chunks_with_trailers) {
    const auto heard = co_await converse(in_pieces(std::nullopt), saying(get + get));
    const std::string once =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        "6\r\nhello \r\n10\r\nyou, dear reader\r\n0\r\nDigest: x\r\n\r\n";
    CO_CHECK_EQUAL(heard, once + once);
}

CO_TEST(a_body_of_known_length_is_sent_as_it_is) {
    const auto heard = co_await converse(in_pieces(22), saying(get));
    CO_CHECK_EQUAL(heard,
                   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 22\r\n\r\n"
                   "hello you, dear reader");
}

CO_TEST(to_http_1_0_the_end_of_the_connection_is_the_end_of_the_body) {
    const auto heard = co_await converse(
        in_pieces(std::nullopt), waiting_after("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    CO_CHECK_EQUAL(heard,
                   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
                   "hello you, dear reader");
}

CO_TEST(the_answer_to_head_has_the_same_fields_and_no_body) {
    const auto heard = co_await converse(in_pieces(std::nullopt), saying(head + head));
    const std::string once =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";
    CO_CHECK_EQUAL(heard, once + once);
    const auto whole = co_await converse(name_it, saying(head + head));
    const std::string no_body = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n";
    CO_CHECK_EQUAL(whole, no_body + no_body);
}

CO_TEST(a_status_that_has_no_body_is_sent_without_one) {
    for (const status code : {status::no_content, status::not_modified}) {
        const auto answer = [code](http::exchange& exchange) -> weir::task<weir::result<void>> {
            co_return co_await exchange.respond(code, {}, "lost");
        };
        const auto heard = co_await converse(answer, saying(get + get));
        CO_CHECK_EQUAL(times(heard, "\r\n\r\n"), 2U);
        CO_CHECK_EQUAL(times(heard, "lost"), 0U);
        CO_CHECK_EQUAL(times(heard, "Content-Length"), 0U);
    }
}

CO_TEST(prepared_and_shared_answers_of_any_size_are_the_same_bytes) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{6}, std::size_t{100'000}}) {
        const std::string text = text_of(size);
        const http::prepared_response prepared(http::response(status::ok, "a/b", text));
        const weir::send_buffer shared{weir::as_bytes(text)};
        int calls = 0;
        const auto answer = [&](http::exchange& exchange) -> weir::task<weir::result<void>> {
            static_cast<void>(exchange.headers().add("X", "y"));
            switch (++calls) {
                case 1:
                    return exchange.respond(prepared);
                case 2:
                    return exchange.respond(status::ok, "a/b", shared);
                default:
                    return exchange.respond(status::ok, "a/b", text);
            }
        };
        const auto heard = co_await converse(answer, saying(get + get + get));
        const std::string rest = "Content-Length: " + std::to_string(size) + "\r\n";
        CO_CHECK_EQUAL(times(heard, "Content-Type: a/b\r\n"), 3U);
        CO_CHECK_EQUAL(times(heard, "X: y\r\n"), 3U);
        CO_CHECK_EQUAL(times(heard, rest), 3U);
        if (size != 0) CO_CHECK_EQUAL(times(heard, "\r\n\r\n" + text), 3U);
    }
}

CO_TEST(a_response_value_is_answered_with_its_headers) {
    const auto answer = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        http::response page(status::not_found, "text/plain", "nothing here\n");
        static_cast<void>(page.headers().add("Cache-Control", "no-store"));
        co_return co_await exchange.respond(std::move(page));
    };
    const auto heard = co_await converse(answer, saying(get));
    CO_CHECK_EQUAL(heard,
                   "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n"
                   "Cache-Control: no-store\r\nContent-Length: 13\r\n\r\nnothing here\n");
}

CO_TEST(no_field_can_smuggle_in_another_line_or_another_framing) {
    const auto inject = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        for (const char* value : {"a\r\nSet-Cookie: x", "a\nb", "a\rb"}) {
            const auto refused = exchange.headers().add("X", value);
            CO_CHECK(!refused);
        }
        CO_CHECK(!exchange.headers().add("X\r\nY", "z"));
        const auto typed = co_await exchange.respond(status::ok, "text/plain\r\nX: y", "text");
        CO_CHECK(!typed);
        CO_CHECK(!exchange.answer().has_begun());
        static_cast<void>(exchange.headers().add("Content-Length", "99"));
        co_return co_await exchange.respond(status::ok, {}, "text");
    };
    const auto heard = co_await converse(inject, saying(get));
    CO_CHECK(heard.starts_with("HTTP/1.1 500 "));
    CO_CHECK_EQUAL(times(heard, "99"), 0U);
    CO_CHECK_EQUAL(times(heard, "X:"), 0U);
}

CO_TEST(more_or_less_body_than_was_told_ends_the_connection_inside_the_answer) {
    const auto too_long = co_await converse(in_pieces(21), waiting_after(get + get));
    CO_CHECK(too_long.ends_with("\r\n\r\nhello "));
    const auto too_short = co_await converse(in_pieces(23), waiting_after(get + get));
    CO_CHECK(too_short.ends_with("\r\n\r\nhello you, dear reader"));
}

CO_TEST(a_body_whose_handler_fails_is_cut_off) {
    const auto fails = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        co_await weir::ok(exchange.answer().start(status::ok, {}));
        co_await weir::ok(exchange.answer().write(weir::as_bytes("half")));
        co_return weir::fail(std::errc::io_error);
    };
    const auto heard = co_await converse(fails, waiting_after(get + get));
    CO_CHECK(heard.ends_with("\r\n\r\n4\r\nhalf\r\n"));
}

CO_TEST(a_handler_that_ends_well_has_finished_its_answer) {
    const auto heard = co_await converse(send_much, saying(get + get));
    CO_CHECK_EQUAL(times(heard, "0\r\n\r\n"), 2U);
    CO_CHECK(heard.size() > 10'000'000);
}

CO_TEST(a_handler_can_end_the_connection) {
    const auto close_it = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        exchange.answer().close_after();
        return name_it(exchange);
    };
    const auto heard = co_await converse(close_it, waiting_after(get + get));
    CO_CHECK_EQUAL(heard, named("GET /", "Connection: close\r\n"));
}

CO_TEST(a_received_piece_is_sent_on_as_it_is) {
    const auto pass_on = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        weir::buffer_lease piece = co_await weir::ok(exchange.body().read());
        co_await weir::ok(exchange.answer().start(status::ok, {}, exchange.body().length()));
        while (!piece.empty()) {
            co_await weir::ok(exchange.answer().write(std::move(piece)));
            piece = co_await weir::ok(exchange.body().read());
        }
        co_return co_await exchange.answer().finish();
    };
    const std::string text = text_of(900'000);
    const std::string post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n";
    // Read and written at once, for neither side keeps all of it.
    const auto speak = [&](weir::net::stream_socket& to) -> weir::task<std::string> {
        std::string heard;
        const auto write = [&]() -> weir::task<> {
            static_cast<void>(co_await to.write_all(weir::as_bytes(post)));
            static_cast<void>(co_await to.write_all(weir::as_bytes(text)));
            static_cast<void>(co_await to.shutdown_send());
        };
        const auto read = [&]() -> weir::task<> { heard = co_await read_to_end(to); };
        co_await weir::test::together(write(), read());
        co_return heard;
    };
    const auto heard = co_await converse(pass_on, speak);
    CO_CHECK(heard == named(text));
}

CO_TEST(a_peer_that_takes_nothing_is_given_up) {
    std::error_code end;
    const auto note_end = [&end](http::exchange& exchange) -> weir::task<weir::result<void>> {
        const auto sent = co_await send_much(exchange);
        if (!sent) end = sent.error();
        co_return sent;
    };
    const auto begun = weir::test::now();
    const auto deaf = [](weir::net::stream_socket& to) -> weir::task<std::string> {
        static_cast<void>(co_await to.send_copy(weir::as_bytes(get)));
        static_cast<void>(co_await weir::sleep_for(10min));
        co_return std::string();
    };
    const auto heard = co_await converse(note_end, deaf);
    CO_CHECK((end == http::errc::peer_not_reading));
    CO_CHECK(weir::test::is_about(weir::test::now() - begun, 10min));
    CO_CHECK(heard.empty());
}

BOOST_AUTO_TEST_SUITE_END()
