// SPDX-License-Identifier: Apache-2.0
// A server behind proxies: whom it takes for its client.
#include <weir/http/server/server.hpp>

#include "co_test.hpp"
#include "evening.hpp"
#include "http_peers.hpp"

#include <weir/coro/ok.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

using namespace weir::http::test;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(proxied_server_test)

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";

weir::task<weir::result<void>> tell_client(http::exchange& exchange) {
    const auto client = exchange.client();
    const std::string text =
        exchange.peer().address() + " " + (client ? client->address() : "unknown");
    co_return co_await exchange.respond(http::status::ok, {}, text);
}

weir::task<std::string> asked(http::server_options options, std::string text) {
    evening tonight(options, tell_client);
    const auto come = [&]() -> weir::task<std::string> {
        auto heard = co_await visit(tonight.where(), text);
        tonight.server().drain();
        co_return heard;
    };
    auto [served, heard] = co_await weir::when_all(tonight.serve(), come());
    static_cast<void>(served);
    co_return heard.substr(std::min(heard.find("\r\n\r\n"), heard.size()));
}

http::server_options trusting(std::string_view network) {
    http::server_options options;
    const std::array<std::string_view, 1> networks{network};
    options.proxies = *http::trusted_proxies::parse(networks);
    return options;
}

http::server_options expecting_header_from(std::string_view network) {
    http::server_options options;
    options.proxy_header_from.push_back(*weir::net::network::parse(network));
    return options;
}

}  // namespace

CO_TEST(what_a_trusted_proxy_says_is_believed_and_no_more_than_that) {
    const std::string list = "X-Forwarded-For: 1.1.1.1, 203.0.113.7\r\n\r\n";
    const auto trusted = co_await asked(trusting("127.0.0.0/8"), get + list);
    CO_CHECK_EQUAL(trusted, "\r\n\r\n127.0.0.1 203.0.113.7");
    const auto stranger = co_await asked(trusting("10.0.0.0/8"), get + list);
    CO_CHECK_EQUAL(stranger, "\r\n\r\n127.0.0.1 127.0.0.1");
    const auto silent =
        co_await asked(trusting("127.0.0.0/8"), get + "X-Forwarded-For: unknown\r\n\r\n");
    CO_CHECK_EQUAL(silent, "\r\n\r\n127.0.0.1 unknown");
}

CO_TEST(a_proxy_header_names_the_peer) {
    const auto heard = co_await asked(expecting_header_from("127.0.0.0/8"),
                                      "PROXY TCP4 203.0.113.7 203.0.113.1 5 80\r\n" + get + "\r\n");
    CO_CHECK_EQUAL(heard, "\r\n\r\n203.0.113.7 203.0.113.7");
    const auto own =
        co_await asked(expecting_header_from("127.0.0.0/8"), "PROXY UNKNOWN\r\n" + get + "\r\n");
    CO_CHECK_EQUAL(own, "\r\n\r\n127.0.0.1 127.0.0.1");
}

CO_TEST(a_proxy_without_its_header_is_not_answered) {
    const auto heard = co_await asked(expecting_header_from("127.0.0.0/8"), get + "\r\n");
    CO_CHECK_EQUAL(heard, "");
}

CO_TEST(a_stranger_with_a_proxy_header_speaks_no_http) {
    const auto heard = co_await asked(expecting_header_from("10.0.0.0/8"),
                                      "PROXY TCP4 203.0.113.7 203.0.113.1 5 80\r\n" + get + "\r\n");
    CO_CHECK(heard.find("203.0.113.7") == heard.npos);
}

CO_TEST(a_header_comes_before_what_prepares_the_socket) {
    auto options = expecting_header_from("127.0.0.0/8");
    options.prepare = [](weir::net::stream_socket& socket) -> weir::task<weir::result<void>> {
        const auto hello = co_await weir::ok(socket.receive());
        if (weir::as_text(hello.data()) != "hello") co_return weir::fail(std::errc::bad_message);
        co_return co_await socket.send_copy(weir::as_bytes("hello"));
    };
    evening tonight(options, tell_client);
    const auto come = [&]() -> weir::task<std::string> {
        auto socket = co_await weir::net::connect(tonight.where());
        std::string heard;
        if (socket) {
            const std::string first = "PROXY TCP4 203.0.113.7 203.0.113.1 5 80\r\nhello";
            static_cast<void>(co_await socket->send_copy(weir::as_bytes(first)));
            heard = co_await read_until(*socket, 5);
            heard += co_await waiting_after(get + "\r\n")(*socket);
            static_cast<void>(co_await socket->close());
        }
        tonight.server().drain();
        co_return heard;
    };
    auto [served, heard] = co_await weir::when_all(tonight.serve(), come());
    static_cast<void>(served);
    CO_CHECK(heard.starts_with("hello") && heard.ends_with("\r\n\r\n203.0.113.7 203.0.113.7"));
}

CO_TEST(a_proxy_that_says_nothing_is_ended_in_time) {
    auto options = expecting_header_from("127.0.0.0/8");
    options.first_byte_timeout = 5s;
    const auto begun = weir::test::now();
    const auto heard = co_await asked(options, "");
    CO_CHECK_EQUAL(heard, "");
    CO_CHECK(weir::test::now() - begun < 6s);
}

CO_TEST(the_access_log_knows_the_client) {
    auto options = trusting("127.0.0.0/8");
    std::string from;
    options.access_log = [&from](const http::access_record& record) {
        from = record.peer.address();
    };
    const std::string text = get + "X-Forwarded-For: 203.0.113.7\r\n\r\n";
    static_cast<void>(co_await asked(options, text));
    CO_CHECK_EQUAL(from, "203.0.113.7");
}

BOOST_AUTO_TEST_SUITE_END()
