// SPDX-License-Identifier: Apache-2.0
// Answers of a server that packs: what is packed, what is not, and what the head says then.
#include <weir/http/server/response_writer.hpp>

#include "co_test.hpp"
#include "http_peers.hpp"
#include "streams.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/http/content/content_decoder.hpp>
#include <weir/http/server/file_service.hpp>
#include <weir/http/server/server.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

using namespace weir::http::test;
namespace http = weir::http;
using http::status;

BOOST_AUTO_TEST_SUITE(packed_answer_test)

namespace {

const std::string text = [] {
    std::string all;
    for (int i = 0; i < 2500; ++i) all += "line " + std::to_string(i) + "\n";
    return all;
}();

std::string get(std::string_view fields = "Accept-Encoding: gzip\r\n") {
    return "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + std::string(fields) + "\r\n";
}

http::server_options packing() {
    http::server_options options;
    options.compression.emplace();
    return options;
}

http::handler answering(std::string body, std::string type = "text/plain") {
    return [body, type](http::exchange& exchange) -> weir::task<weir::result<void>> {
        static_cast<void>(exchange.headers().set("ETag", "\"tag\""));
        co_return co_await exchange.respond(status::ok, type, body);
    };
}

/// The text in three pieces, the first of them readable at once.
http::handler in_pieces(std::optional<std::uint64_t> length) {
    return [length](http::exchange& exchange) -> weir::task<weir::result<void>> {
        http::response_writer& answer = exchange.answer();
        co_await weir::ok(answer.start(status::ok, "text/plain", length));
        co_await weir::ok(answer.write(weir::as_bytes(text).first(20'000)));
        co_await weir::ok(answer.flush());
        co_await weir::ok(answer.write(weir::send_buffer(weir::as_bytes(text).subspan(20'000))));
        co_return co_await answer.finish();
    };
}

std::string body_of(const std::string& answer) {
    const std::size_t end = answer.find("\r\n\r\n");
    return end == answer.npos ? std::string() : answer.substr(end + 4);
}

std::string joined(std::string_view chunks) {
    std::string body;
    for (;;) {
        const std::size_t size = std::strtoull(std::string(chunks).c_str(), nullptr, 16);
        if (size == 0 || chunks.find("\r\n") == chunks.npos) return body;
        chunks.remove_prefix(chunks.find("\r\n") + 2);
        body += chunks.substr(0, size);
        chunks.remove_prefix(std::min(size + 2, chunks.size()));
    }
}

std::string unpacked(const std::string& body) {
    const auto decoded = http::decoded(http::content_coding::gzip, weir::as_bytes(body));
    return decoded.value_or("damaged");
}

bool says(const std::string& answer, const std::string& field) {
    return answer.substr(0, answer.find("\r\n\r\n") + 2).find("\r\n" + field + "\r\n") !=
           answer.npos;
}

}  // namespace

CO_TEST(a_whole_body_is_packed_and_its_head_says_so) {
    const auto heard = co_await converse(answering(text), saying(get()), packing());
    CO_CHECK(says(heard, "Content-Encoding: gzip"));
    CO_CHECK(says(heard, "Vary: Accept-Encoding"));
    CO_CHECK(says(heard, "ETag: W/\"tag\""));
    CO_CHECK(says(heard, "Content-Length: " + std::to_string(body_of(heard).size())));
    CO_CHECK(body_of(heard).size() < text.size() / 2);
    CO_CHECK(unpacked(body_of(heard)) == text);
}

CO_TEST(a_long_body_is_packed_in_pieces_between_which_others_have_their_turn) {
    std::string large;
    while (large.size() < 1'000'000) large += text;
    bool is_answered = false;
    std::size_t turns = 0;
    const auto watched = [&](http::exchange& exchange) -> weir::task<weir::result<void>> {
        auto sent = co_await exchange.respond(status::ok, "text/plain", large);
        is_answered = true;
        co_return sent;
    };
    const auto count = [&]() -> weir::task<> {
        while (!is_answered && turns < 1000) {
            co_await weir::test::turns(1);
            ++turns;
        }
    };
    auto [heard, counted] =
        co_await weir::when_all(converse(watched, saying(get()), packing()), count());
    static_cast<void>(counted);
    CO_CHECK(says(heard, "Transfer-Encoding: chunked"));
    CO_CHECK(unpacked(joined(body_of(heard))) == large);
    CO_CHECK(turns > 30);  // of 32 KiB each
}

CO_TEST(who_does_not_ask_for_it_gets_it_as_it_is_and_caches_are_told) {
    const auto heard = co_await converse(answering(text), saying(get("")), packing());
    CO_CHECK(!says(heard, "Content-Encoding: gzip"));
    CO_CHECK(says(heard, "Vary: Accept-Encoding"));
    CO_CHECK(says(heard, "ETag: \"tag\""));
    CO_CHECK(body_of(heard) == text);
}

CO_TEST(short_packed_and_protected_bodies_stay_as_they_are) {
    const auto brief = co_await converse(answering(text.substr(0, 1023)), saying(get()), packing());
    CO_CHECK(body_of(brief) == text.substr(0, 1023));
    const auto image = co_await converse(answering(text, "image/png"), saying(get()), packing());
    CO_CHECK(body_of(image) == text);
    const auto secret = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        static_cast<void>(exchange.headers().set("Cache-Control", "no-transform"));
        co_return co_await exchange.respond(status::ok, "text/plain", text);
    };
    const auto kept = co_await converse(secret, saying(get()), packing());
    CO_CHECK(body_of(kept) == text);
}

CO_TEST(a_body_in_pieces_is_packed_in_chunks) {
    const auto open = co_await converse(in_pieces(std::nullopt), saying(get()), packing());
    CO_CHECK(says(open, "Content-Encoding: gzip"));
    CO_CHECK(unpacked(joined(body_of(open))) == text);
    const auto counted = co_await converse(in_pieces(text.size()), saying(get()), packing());
    CO_CHECK(says(counted, "Transfer-Encoding: chunked"));
    CO_CHECK(unpacked(joined(body_of(counted))) == text);
}

CO_TEST(a_packed_body_of_another_length_than_told_is_cut_off) {
    const auto heard = co_await converse(in_pieces(text.size() + 1), saying(get()), packing());
    CO_CHECK(!heard.ends_with("0\r\n\r\n"));
    const auto more = co_await converse(in_pieces(text.size() - 1), saying(get()), packing());
    CO_CHECK(!more.ends_with("0\r\n\r\n"));
}

CO_TEST(what_was_flushed_can_be_read_before_the_end) {
    const auto half = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        http::response_writer& answer = exchange.answer();
        co_await weir::ok(answer.start(status::ok, "text/plain"));
        co_await weir::ok(answer.write(weir::as_bytes("first words")));
        co_await weir::ok(answer.flush());
        co_return weir::fail(std::errc::io_error);
    };
    const auto heard = co_await converse(half, saying(get()), packing());
    http::content_decoder decoder(http::content_coding::gzip);
    const std::string packed = joined(body_of(heard));
    weir::bytes rest = weir::as_bytes(packed);
    std::array<std::byte, 64> out;
    const auto size = decoder.read_some(rest, out);
    CO_CHECK(weir::as_text(weir::bytes(out).first(size.value_or(0))) == "first words");
}

CO_TEST(head_has_the_head_of_get) {
    const std::string head = "HEAD" + get().substr(3);
    const auto heard = co_await converse(in_pieces(std::nullopt), saying(head), packing());
    CO_CHECK(says(heard, "Content-Encoding: gzip"));
    CO_CHECK_EQUAL(body_of(heard), "");
    const auto whole = co_await converse(answering(text), saying(head), packing());
    CO_CHECK(says(whole, "Content-Encoding: gzip"));
    CO_CHECK_EQUAL(body_of(whole), "");
}

CO_TEST(when_all_encoders_are_out_bodies_stay_as_they_are) {
    http::server_options options = packing();
    options.max_encoders = 0;
    const auto heard = co_await converse(answering(text), saying(get()), options);
    CO_CHECK(body_of(heard) == text);
    CO_CHECK(says(heard, "Vary: Accept-Encoding"));
}

CO_TEST(an_error_in_the_place_of_a_packed_answer_is_plain) {
    const auto answer = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        // As one who passes on the fields of somebody else's answer.
        static_cast<void>(exchange.headers().set("Content-Length", "2000"));
        co_return co_await exchange.respond(status::ok, "text/plain", text + text);
    };
    const auto heard = co_await converse(answer, saying(get()), packing());
    CO_CHECK(heard.starts_with("HTTP/1.1 500 "));
    CO_CHECK(heard.find("Content-Encoding") == heard.npos);
    CO_CHECK(body_of(heard).starts_with("Internal Server Error") || body_of(heard).empty());
}

CO_TEST(an_answer_without_a_body_keeps_no_encoder) {
    http::server_options options = packing();
    options.max_encoders = 1;
    http::server server(in_pieces(std::nullopt), options);
    auto acceptor = weir::test::listen_on_loopback();
    const auto where = acceptor.local_endpoint();
    std::string heard;
    auto ask = [&]() -> weir::task<> {
        auto idle = co_await weir::net::connect(where);
        auto other = co_await weir::net::connect(where);
        if (idle && other) {
            const std::string head = "HEAD / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n";
            static_cast<void>(co_await idle->send_copy(weir::as_bytes(head)));
            static_cast<void>(co_await idle->receive());
            heard = co_await saying(get())(*other);
            static_cast<void>(co_await idle->close());
            static_cast<void>(co_await other->close());
        }
        server.drain();
    };
    auto both = weir::when_all(server.serve(acceptor), ask());
    static_cast<void>(co_await both);
    CO_CHECK(says(heard, "Content-Encoding: gzip"));
}

CO_TEST(a_file_is_packed_and_its_ranges_are_not) {
    weir::test::current_place().host().disk().put("/www/lines.txt", text + text + text);
    auto root = co_await weir::folder::open("/www");
    CO_REQUIRE(root.has_value());
    http::file_service files(std::move(*root));
    const auto answer = [&files](http::exchange& exchange) { return files.answer(exchange); };
    std::string ask = get();
    ask.replace(ask.find(" / "), 3, " /lines.txt ");
    const auto whole = co_await converse(answer, saying(ask), packing());
    CO_CHECK(unpacked(joined(body_of(whole))) == text + text + text);
    CO_CHECK(whole.find("Accept-Ranges") == whole.npos);
    ask.insert(ask.size() - 2, "Range: bytes=5-2004\r\n");
    const auto part = co_await converse(answer, saying(ask), packing());
    CO_CHECK(body_of(part) == text.substr(5, 2000));
    CO_CHECK(!says(part, "Content-Encoding: gzip"));
}

BOOST_AUTO_TEST_SUITE_END()
