// SPDX-License-Identifier: Apache-2.0
// Bodies: however they end, packed or not, and where their limits are.
#include "client_peers.hpp"
#include "co_test.hpp"

#include <weir/http/content/content_encoder.hpp>

#include <array>

using namespace weir::http::test;
namespace http = weir::http;
using weir::task;

BOOST_AUTO_TEST_SUITE(client_call_body_test)

namespace {

std::string packed(http::content_coding coding, std::string_view text) {
    std::string out;
    http::content_encoder encoder(coding);
    encoder.append(weir::as_bytes(text), out);
    encoder.finish(out);
    return out;
}

std::string packed_answer(http::content_coding coding, std::string_view text) {
    return counted(packed(coding, text),
                   "Content-Encoding: " + std::string(name_of(coding)) + "\r\n");
}

/// What a client with these options makes of one response; "!" and the error if it is one.
task<std::string> made_of(step answer, http::client_options options = {}) {
    scripted_server server({std::move(answer)});
    std::string seen;
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task(), options);
        const auto page = co_await client.get(server.url());
        seen = told(page);
    };
    co_await talk_to(server, talk);
    co_return seen;
}

std::string refused(http::errc why) { return "!" + make_error_code(why).message() + " in body"; }

}  // namespace

CO_TEST(a_packed_body_is_unpacked_and_its_fields_say_so) {
    constexpr std::array codings{http::content_coding::gzip, http::content_coding::deflate};
    for (const auto coding : codings) {
        const std::string text(100'000, 'x');
        http::client_options options;
        options.decoding.max_ratio(10'000);
        const auto seen = co_await made_of(step(packed_answer(coding, text)), options);
        CO_CHECK(seen == "200 " + text);
    }
    scripted_server server({step(packed_answer(http::content_coding::gzip, "hello"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto page = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(page), "200 hello");
        CO_CHECK(page && page->headers().empty());
        CO_CHECK(server.heard_at(0).find("Accept-Encoding: gzip, deflate\r\n") !=
                 std::string::npos);
    };
    co_await talk_to(server, talk);
}

CO_TEST(who_asks_for_a_coding_himself_gets_what_was_sent) {
    scripted_server server({step(packed_answer(http::content_coding::gzip, "hello")),
                            step(packed_answer(http::content_coding::gzip, "hello"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        http::client_request request("GET", server.where());
        CO_CHECK(request.headers().add("Accept-Encoding", "gzip"));
        const auto page = co_await client.send(std::move(request));
        CO_CHECK(page && page->body() == packed(http::content_coding::gzip, "hello"));
        CO_CHECK(page && page->headers().find("Content-Encoding") == "gzip");
        http::client_options plain;
        plain.decodes = false;
        http::client other(co_await weir::this_task(), plain);
        const auto raw = co_await other.get(server.url());
        CO_CHECK(raw && raw->body() == packed(http::content_coding::gzip, "hello"));
        CO_CHECK(server.heard_at(1).find("Accept-Encoding") == std::string::npos);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_bomb_is_stopped_while_it_is_unpacked_by_the_limit_that_is_named) {
    const std::string zeros(4'000'000, '\0');
    const std::string bomb = packed_answer(http::content_coding::gzip, zeros);
    const auto by_ratio = co_await made_of(step(bomb));
    CO_CHECK_EQUAL(by_ratio, refused(http::errc::coding_ratio_over_limit));
    http::client_options options;
    options.decoding.max_ratio(10'000);
    const auto by_size = co_await made_of(step(bomb), options);
    CO_CHECK_EQUAL(by_size, refused(http::errc::decoded_over_limit));
    options.decoding.max_decoded_bytes(10'000'000);
    const auto by_body = co_await made_of(step(bomb), options);
    CO_CHECK_EQUAL(by_body, refused(http::errc::body_over_limit));
}

CO_TEST(a_packed_body_that_is_damaged_or_cut_off_is_refused) {
    const std::string whole = packed(http::content_coding::gzip, "hello");
    const std::string field = "Content-Encoding: gzip\r\n";
    const auto cut = co_await made_of(step(counted(whole.substr(0, whole.size() - 3), field)));
    CO_CHECK_EQUAL(cut, refused(http::errc::bad_coding));
    const auto damaged = co_await made_of(step(counted("hello", field)));
    CO_CHECK_EQUAL(damaged, refused(http::errc::bad_coding));
    const auto nothing = co_await made_of(step(counted("", field)));
    CO_CHECK_EQUAL(nothing, "200 ");
    const auto unknown = co_await made_of(step(counted("x", "Content-Encoding: br\r\n")));
    CO_CHECK_EQUAL(unknown, refused(http::errc::unsupported_coding));
}

CO_TEST(a_body_ends_by_its_count_by_its_last_chunk_or_with_the_stream) {
    const auto chunked =
        co_await made_of(step("HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                              "chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n"));
    CO_CHECK_EQUAL(chunked, "200 abcde");
    const auto until_close = co_await made_of(step("HTTP/1.1 200 OK\r\n\r\nabcde").closes());
    CO_CHECK_EQUAL(until_close, "200 abcde");
    const auto old = co_await made_of(step("HTTP/1.0 200 OK\r\n\r\nabcde").closes());
    CO_CHECK_EQUAL(old, "200 abcde");
}

CO_TEST(a_body_that_is_cut_off_is_an_error) {
    const auto by_count =
        co_await made_of(step("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc").closes());
    CO_CHECK_EQUAL(by_count, refused(http::errc::ended_early));
    const auto by_chunk = co_await made_of(
        step("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").closes());
    CO_CHECK_EQUAL(by_chunk, refused(http::errc::ended_early));
}

CO_TEST(a_body_over_the_limit_is_refused_at_its_announcement_or_when_it_is_too_long) {
    http::client_options options;
    options.max_body_bytes = 4;
    const auto fits = co_await made_of(step(counted("abcd")), options);
    CO_CHECK_EQUAL(fits, "200 abcd");
    // No byte of this one has been sent.
    const auto announced =
        co_await made_of(step("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n"), options);
    CO_CHECK_EQUAL(announced, refused(http::errc::body_over_limit));
    const auto chunked = co_await made_of(
        step("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"),
        options);
    CO_CHECK_EQUAL(chunked, refused(http::errc::body_over_limit));
}

CO_TEST(the_limits_of_heads_are_named) {
    http::client_options options;
    options.response.max_header_count(2).max_request_line_bytes(100).max_headers_bytes(200);
    const auto limit = [](http::errc why) {
        return "!" + make_error_code(why).message() + " in response";
    };
    const auto many = co_await made_of(step(counted("x", "A: b\r\nC: d\r\n")), options);
    CO_CHECK_EQUAL(many, limit(http::errc::header_count_over_limit));
    const auto large =
        co_await made_of(step(counted("x", "A: " + std::string(300, 'b') + "\r\n")), options);
    CO_CHECK_EQUAL(large, limit(http::errc::headers_over_limit));
    const auto line = co_await made_of(step("HTTP/1.1 200 " + std::string(100, 'x')), options);
    CO_CHECK_EQUAL(line, limit(http::errc::request_line_over_limit));
}

BOOST_AUTO_TEST_SUITE_END()
