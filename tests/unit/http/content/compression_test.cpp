// SPDX-License-Identifier: Apache-2.0
#include <weir/http/content/compression.hpp>

#include <weir/http/content/content_decoder.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(compression_test)

namespace {

http::request asking(std::string_view accept_encoding) {
    http::request asked("GET", "/");
    BOOST_REQUIRE(asked.headers().add("Accept-Encoding", accept_encoding));
    return asked;
}

http::response page(std::size_t size) {
    return {http::status::ok, "text/html; charset=utf-8", std::string(size, 'x')};
}

std::string field(const http::response& of, std::string_view name) {
    return std::string(of.headers().find(name).value_or("-"));
}

/// Whether a response stays as it is, headers and all, whoever asks.
bool is_left_alone(http::response answer) {
    const std::size_t fields = answer.headers().size();
    const std::string body = answer.body();
    http::compression().apply(asking("gzip"), answer);
    return answer.headers().size() == fields && answer.body() == body;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_page_of_a_kilobyte_is_packed_for_whoever_can_read_it) {
    auto answer = page(1024);
    http::compression().apply(asking("gzip"), answer);
    BOOST_TEST(field(answer, "Content-Encoding") == "gzip");
    BOOST_TEST(field(answer, "Vary") == "Accept-Encoding");
    BOOST_TEST(answer.body().size() < 100U);
    const auto body = http::decoded(http::content_coding::gzip, weir::as_bytes(answer.body()));
    BOOST_TEST(*body == std::string(1024, 'x'));
}

BOOST_AUTO_TEST_CASE(a_shorter_page_is_not_worth_it) {
    BOOST_TEST(is_left_alone(page(1023)));
    auto answer = page(10);
    const auto coding = http::compression().min_bytes(10).choose(asking("gzip"), answer, 10);
    BOOST_TEST((coding == http::content_coding::gzip));
}

BOOST_AUTO_TEST_CASE(caches_are_told_even_when_this_reader_gets_it_as_it_is) {
    auto answer = page(2000);
    http::compression().apply(http::request("GET", "/"), answer);
    BOOST_TEST(field(answer, "Content-Encoding") == "-");
    BOOST_TEST(field(answer, "Vary") == "Accept-Encoding");
    BOOST_TEST(answer.body().size() == 2000U);
}

BOOST_AUTO_TEST_CASE(what_vary_says_already_is_kept_and_not_said_twice) {
    auto answer = page(2000);
    BOOST_REQUIRE(answer.headers().add("Vary", "Origin, accept-encoding"));
    http::compression().apply(asking("gzip"), answer);
    BOOST_TEST(answer.headers().count("Vary") == 1U);
    auto other = page(2000);
    BOOST_REQUIRE(other.headers().add("Vary", "Origin"));
    http::compression().apply(asking("gzip"), other);
    BOOST_TEST(other.headers().has_token("Vary", "Origin"));
    BOOST_TEST(other.headers().has_token("Vary", "Accept-Encoding"));
}

BOOST_AUTO_TEST_CASE(a_strong_tag_becomes_a_weak_one_because_the_bytes_are_others) {
    auto answer = page(2000);
    BOOST_REQUIRE(answer.headers().add("ETag", "\"v1\""));
    http::compression().apply(asking("gzip"), answer);
    BOOST_TEST(field(answer, "ETag") == "W/\"v1\"");
    auto weak = page(2000);
    BOOST_REQUIRE(weak.headers().add("ETag", "W/\"v1\""));
    http::compression().apply(asking("gzip"), weak);
    BOOST_TEST(field(weak, "ETag") == "W/\"v1\"");
    auto plain = page(2000);
    BOOST_REQUIRE(plain.headers().add("ETag", "\"v1\""));
    http::compression().apply(asking("br"), plain);
    BOOST_TEST(field(plain, "ETag") == "\"v1\"");
}

BOOST_AUTO_TEST_CASE(ranges_of_packed_bytes_are_not_offered) {
    auto answer = page(2000);
    BOOST_REQUIRE(answer.headers().add("Accept-Ranges", "bytes"));
    http::compression().apply(asking("gzip"), answer);
    BOOST_TEST(field(answer, "Accept-Ranges") == "-");
}

BOOST_AUTO_TEST_CASE(what_is_packed_or_partial_or_must_not_change_is_left_alone) {
    for (const auto& [name, value] :
         {std::pair("Content-Encoding", "br"), std::pair("Content-Range", "bytes 0-1/9"),
          std::pair("Cache-Control", "private, no-transform")}) {
        auto answer = page(2000);
        BOOST_REQUIRE(answer.headers().add(name, value));
        BOOST_TEST(is_left_alone(answer), name);
    }
    const std::string text(2000, 'x');
    BOOST_TEST(is_left_alone({http::status::partial_content, "text/html", text}));
    BOOST_TEST(is_left_alone({http::status::ok, "image/png", text}));
    BOOST_TEST(is_left_alone({http::status::no_content, "text/html", ""}));
    http::response untyped(http::status::ok);
    untyped.body() = text;
    BOOST_TEST(is_left_alone(untyped));
}

BOOST_AUTO_TEST_CASE(caches_are_told_again_when_nothing_was_modified) {
    http::response known(http::status::not_modified);
    http::compression().apply(asking("gzip"), known);
    BOOST_TEST(field(known, "Vary") == "Accept-Encoding");
    BOOST_TEST(field(known, "Content-Encoding") == "-");
}

BOOST_AUTO_TEST_CASE(a_body_that_would_grow_is_sent_as_it_is) {
    std::string noise;
    for (std::uint32_t x = 1; noise.size() < 2000; x = x * 1664525 + 1013904223) {
        noise += static_cast<char>(x >> 24U);
    }
    http::response answer(http::status::ok, "text/plain", noise);
    http::compression().apply(asking("gzip"), answer);
    BOOST_TEST((answer.body() == noise));
    BOOST_TEST(field(answer, "Content-Encoding") == "-");
    BOOST_TEST(field(answer, "Vary") == "Accept-Encoding");
}

BOOST_AUTO_TEST_CASE(a_body_of_unknown_length_is_worth_it) {
    http::response head(http::status::ok, "application/json", "");
    const auto coding = http::compression().choose(asking("deflate"), head, std::nullopt);
    BOOST_TEST((coding == http::content_coding::deflate));
    BOOST_TEST(field(head, "Content-Encoding") == "deflate");
}

BOOST_AUTO_TEST_CASE(who_refuses_even_the_identity_gets_it_all_the_same) {
    auto answer = page(2000);
    http::compression().apply(asking("br, identity;q=0"), answer);
    BOOST_TEST(answer.body().size() == 2000U);
}

BOOST_AUTO_TEST_CASE(types_are_known_without_case_and_parameters) {
    for (const char* type : {"text/plain", "TEXT/CSS;charset=x", "application/json",
                             "application/problem+json", "image/svg+xml", "application/wasm ; a"}) {
        BOOST_TEST(http::is_compressible(type), type);
    }
    for (const char* type : {"", "text", "textual/x", "image/png", "application/zip", "video/mp4",
                             "text/event-stream", "font/woff2", "application/octet-stream"}) {
        BOOST_TEST(!http::is_compressible(type), type);
    }
}

BOOST_AUTO_TEST_SUITE_END()
