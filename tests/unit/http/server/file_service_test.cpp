// SPDX-License-Identifier: Apache-2.0
// file_service: what a folder's files are as answers, over the wire.
#include <weir/http/server/file_service.hpp>

#include "co_test.hpp"
#include "http_peers.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/message/error.hpp>

#include <array>
#include <string>

using namespace weir::http::test;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(file_service_test)

namespace {

weir::sim::disk& disk() { return weir::test::current_place().host().disk(); }

/// What a client hears of a service of /www.
weir::task<std::string> heard_by(client speak, std::string prefix = "/") {
    auto root = co_await weir::folder::open("/www");
    if (!root) co_return std::string();
    http::file_service files(std::move(*root), prefix);
    const auto answer = [&files](http::exchange& exchange) { return files.answer(exchange); };
    co_return co_await converse(answer, std::move(speak));
}

/// What the service answers to one request, from a disk with a few files.
weir::task<std::string> asked(std::string head, std::string prefix = "/") {
    disk().put("/www/page.html", "0123456789");
    disk().put("/www/docs/index.html", "index");
    disk().put("/www/empty.txt", "");
    disk().put("/secret", "secret");
    co_return co_await heard_by(saying(std::move(head)), std::move(prefix));
}

/// What is heard of /log, asked for with `head`, when its size changes after the answer has begun.
weir::task<std::string> heard_of_resized_log(std::string head, std::size_t size) {
    disk().put("/www/log", text_of(3'000'000));
    const auto resize = [&](weir::net::stream_socket& to) -> weir::task<std::string> {
        static_cast<void>(co_await to.send_copy(weir::as_bytes(head)));
        std::string all = co_await read_until(to, 1000);
        disk().find("/www/log")->resize(size);
        all += co_await read_to_end(to);
        co_return all;
    };
    co_return co_await heard_by(resize);
}

std::string get(std::string_view target, std::string_view fields = {}) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" +
           std::string(fields) + "\r\n";
}

std::string body_of(const std::string& answer) {
    const std::size_t end = answer.find("\r\n\r\n");
    return end == answer.npos ? std::string() : answer.substr(end + 4);
}

std::string field_of(const std::string& answer, const std::string& name) {
    const std::size_t at = answer.find("\r\n" + name + ": ");
    if (at == answer.npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return answer.substr(begin, answer.find("\r\n", begin) - begin);
}

}  // namespace

CO_TEST(a_file_is_sent_whole_with_its_type_and_validators) {
    const auto heard = co_await asked(get("/page.html"));
    CO_CHECK(heard.starts_with("HTTP/1.1 200 OK\r\n"));
    CO_CHECK_EQUAL(body_of(heard), "0123456789");
    CO_CHECK_EQUAL(field_of(heard, "Content-Length"), "10");
    CO_CHECK_EQUAL(field_of(heard, "Content-Type"), "text/html; charset=utf-8");
    CO_CHECK_EQUAL(field_of(heard, "Accept-Ranges"), "bytes");
    CO_CHECK(!field_of(heard, "ETag").empty());
}

CO_TEST(a_range_is_sent_alone) {
    const auto heard = co_await asked(get("/page.html", "Range: bytes=2-4\r\n"));
    CO_CHECK(heard.starts_with("HTTP/1.1 206 "));
    CO_CHECK_EQUAL(body_of(heard), "234");
    CO_CHECK_EQUAL(field_of(heard, "Content-Range"), "bytes 2-4/10");
}

CO_TEST(several_ranges_are_sent_in_parts) {
    const auto heard = co_await asked(get("/page.html", "Range: bytes=0-1,-2\r\n"));
    CO_CHECK(heard.starts_with("HTTP/1.1 206 "));
    const std::string type = field_of(heard, "Content-Type");
    CO_CHECK(type.starts_with("multipart/byteranges; boundary="));
    const std::string boundary = type.substr(type.find('=') + 1);
    const std::string expected = "--" + boundary +
                                 "\r\nContent-Type: text/html; charset=utf-8\r\n"
                                 "Content-Range: bytes 0-1/10\r\n\r\n01\r\n--" +
                                 boundary +
                                 "\r\nContent-Type: text/html; charset=utf-8\r\n"
                                 "Content-Range: bytes 8-9/10\r\n\r\n89\r\n--" +
                                 boundary + "--\r\n";
    CO_CHECK_EQUAL(body_of(heard), expected);
    CO_CHECK_EQUAL(field_of(heard, "Content-Length"), std::to_string(expected.size()));
}

CO_TEST(a_range_behind_the_end_is_416) {
    const auto heard = co_await asked(get("/page.html", "Range: bytes=10-\r\n"));
    CO_CHECK(heard.starts_with("HTTP/1.1 416 "));
    CO_CHECK_EQUAL(field_of(heard, "Content-Range"), "bytes */10");
}

CO_TEST(what_the_client_has_already_is_304_and_what_it_does_not_expect_412) {
    const std::string tag = field_of(co_await asked(get("/page.html")), "ETag");
    const auto unchanged = co_await asked(get("/page.html", "If-None-Match: " + tag + "\r\n"));
    CO_CHECK(unchanged.starts_with("HTTP/1.1 304 "));
    CO_CHECK_EQUAL(body_of(unchanged), "");
    const auto other = co_await asked(get("/page.html", "If-Match: \"other\"\r\n"));
    CO_CHECK(other.starts_with("HTTP/1.1 412 "));
}

CO_TEST(head_tells_the_length_and_sends_no_body) {
    const auto heard =
        co_await asked("HEAD /page.html HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    CO_CHECK(heard.starts_with("HTTP/1.1 200 "));
    CO_CHECK_EQUAL(field_of(heard, "Content-Length"), "10");
    CO_CHECK_EQUAL(body_of(heard), "");
}

CO_TEST(an_empty_file_is_an_empty_body) {
    const auto heard = co_await asked(get("/empty.txt"));
    CO_CHECK(heard.starts_with("HTTP/1.1 200 "));
    CO_CHECK_EQUAL(field_of(heard, "Content-Length"), "0");
}

CO_TEST(a_folder_shows_its_index_and_wants_its_slash) {
    const auto index = co_await asked(get("/docs/"));
    CO_CHECK_EQUAL(body_of(index), "index");
    const auto moved = co_await asked(get("/docs?x"));
    CO_CHECK(moved.starts_with("HTTP/1.1 301 "));
    CO_CHECK_EQUAL(field_of(moved, "Location"), "/docs/?x");
}

CO_TEST(what_is_not_beneath_the_root_is_not_there) {
    const std::array<const char*, 5> targets{"/none", "/../secret", "/%2e%2e/secret", "//secret",
                                             "/docs/none"};
    for (const char* const target : targets) {
        const auto heard = co_await asked(get(target));
        CO_CHECK(heard.starts_with("HTTP/1.1 404 ") || heard.starts_with("HTTP/1.1 400 "));
        CO_CHECK(heard.find("secret") == heard.npos);
    }
}

CO_TEST(a_method_that_changes_something_is_405) {
    const auto heard =
        co_await asked("PUT /page.html HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    CO_CHECK(heard.starts_with("HTTP/1.1 405 "));
    CO_CHECK_EQUAL(field_of(heard, "Allow"), "GET, HEAD");
}

CO_TEST(a_prefix_stands_for_the_folder) {
    const auto page = co_await asked(get("/static/page.html"), "/static/");
    CO_CHECK_EQUAL(body_of(page), "0123456789");
    const auto index = co_await asked(get("/static/docs/"), "/static/");
    CO_CHECK_EQUAL(body_of(index), "index");
    const auto bare = co_await asked(get("/static"), "/static/");
    CO_CHECK(bare.starts_with("HTTP/1.1 301 "));
    CO_CHECK_EQUAL(field_of(bare, "Location"), "/static/");
    const auto elsewhere = co_await asked(get("/page.html"), "/static/");
    CO_CHECK(elsewhere.starts_with("HTTP/1.1 404 "));
}

CO_TEST(a_large_file_of_a_slow_reader_arrives_unchanged) {
    const std::string text = text_of(3'000'000);
    disk().put("/www/large", text);
    const auto sip = [](weir::net::stream_socket& to) -> weir::task<std::string> {
        const std::string head = get("/large");
        static_cast<void>(co_await to.send_copy(weir::as_bytes(head)));
        std::string all;
        for (;;) {
            const auto slept = co_await weir::sleep_for(1ms);
            const auto piece = co_await to.receive();
            if (!slept || !piece || piece->empty()) break;
            all += weir::as_text(piece->data());
        }
        co_return all;
    };
    const auto heard = co_await heard_by(sip);
    CO_CHECK_EQUAL(body_of(heard).size(), text.size());
    CO_CHECK(body_of(heard) == text);
}

CO_TEST(a_file_that_shrinks_ends_the_connection_and_is_never_padded) {
    // It would stay open: nobody has asked for its end.
    const auto heard =
        co_await heard_of_resized_log("GET /log HTTP/1.1\r\nHost: h\r\n\r\n", 500'000);
    CO_CHECK_EQUAL(field_of(heard, "Content-Length"), "3000000");
    CO_CHECK(body_of(heard).size() < 3'000'000);
    CO_CHECK(text_of(3'000'000).starts_with(body_of(heard)));
}

CO_TEST(a_file_that_grows_is_sent_as_long_as_it_was_told) {
    const auto heard = co_await heard_of_resized_log(get("/log"), 4'000'000);
    CO_CHECK(body_of(heard) == text_of(3'000'000));
}

BOOST_AUTO_TEST_SUITE_END()
