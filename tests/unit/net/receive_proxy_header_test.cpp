// SPDX-License-Identifier: Apache-2.0
// receive_proxy_header: the header of either version, in pieces, and what comes behind it.
#include <weir/net/receive_proxy_header.hpp>

#include "co_test.hpp"
#include "streams.hpp"

#include <algorithm>
#include <string>

BOOST_AUTO_TEST_SUITE(receive_proxy_header_test)

namespace {

using weir::net::proxy_header;
using weir::test::error_of;

const weir::net::endpoint client = *weir::net::endpoint::ip("203.0.113.7", 47011);
const weir::net::endpoint frontend = *weir::net::endpoint::ip("203.0.113.1", 443);

class reading {
public:
    weir::result<proxy_header> header = weir::fail(std::errc::io_error);
    std::string rest;
};

/// What is read of `text`, sent in pieces of that size, before its sender ends.
weir::task<reading> read_from(std::string text, std::size_t piece) {
    reading seen;
    auto pair = co_await weir::test::tcp_streams::connect();
    for (std::size_t at = 0; at < text.size(); at += piece) {
        const auto sent = co_await pair.b.send_copy(
            weir::as_bytes(text).subspan(at).first(std::min(piece, text.size() - at)));
        if (!sent) co_return seen;
        co_await weir::test::turns(1);
    }
    const auto ended = co_await pair.b.shutdown_send();
    if (!ended) co_return seen;
    seen.header = co_await weir::net::receive_proxy_header(pair.a);
    for (;;) {
        const auto more = co_await pair.a.receive();
        if (!more || more->empty()) co_return seen;
        seen.rest += weir::as_text(more->data());
    }
}

}  // namespace

CO_TEST(both_versions_name_the_client_and_leave_what_follows) {
    const proxy_header header(client, frontend);
    const std::string one = serialize_v1(header) + "GET /";
    const std::string two = serialize_v2(header) + "GET /";
    for (std::size_t piece = 1; piece < 100; piece += 33) {
        const auto of_one = co_await read_from(one, piece);
        CO_REQUIRE(of_one.header.has_value());
        CO_CHECK(of_one.header->source() == client);
        CO_CHECK_EQUAL(of_one.rest, "GET /");
        const auto of_two = co_await read_from(two, piece);
        CO_REQUIRE(of_two.header.has_value());
        CO_CHECK(of_two.header->source() == client);
        CO_CHECK_EQUAL(of_two.rest, "GET /");
    }
}

CO_TEST(anything_else_is_refused) {
    const auto plain = co_await read_from("GET / HTTP/1.1\r\n\r\n", 100);
    CO_CHECK(error_of(plain.header) == std::errc::bad_message);
}

CO_TEST(a_header_that_breaks_off_is_refused) {
    const auto half = co_await read_from("PROXY TCP4 203.0.113.7", 100);
    CO_CHECK(error_of(half.header) == std::errc::connection_reset);
}

BOOST_AUTO_TEST_SUITE_END()
