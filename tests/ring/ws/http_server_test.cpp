// SPDX-License-Identifier: Apache-2.0
// An HTTP server whose connections become WebSockets: on one port, with pages before it.
#include "ws_peers.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/serve.hpp>
#include <weir/ws/accept.hpp>
#include <weir/ws/connect.hpp>

using namespace weir::ws::test;
namespace http = weir::http;
namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(http_server_test)

namespace {

const ws::server_options& socket_options() {
    static const ws::server_options options = [] {
        ws::server_options made;
        made.connection = quick_options();
        made.rules.allow_any_origin();
        return made;
    }();
    return options;
}

weir::task<weir::result<void>> page_or_echo(http::exchange& exchange) {
    if (!exchange.request().wants_upgrade()) {
        co_return co_await exchange.respond(http::status::ok, "text/plain", "a page\n");
    }
    http::raw_connection raw = weir::ok(exchange.take_connection());
    ws::connection peer = co_await weir::ok(ws::upgrade(
        std::move(raw.socket), std::move(raw.request), std::move(raw.leftover), socket_options()));
    static_cast<void>(co_await echo(peer));
    co_return weir::result<void>();
}

}  // namespace

RING_TEST(a_connection_that_has_read_a_page_becomes_a_web_socket) {
    auto pair = co_await weir::test::tcp_streams::connect();
    const auto use = [](weir::net::stream_socket socket) -> weir::task<> {
        co_await send_wild(socket, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        std::string page;
        while (!page.ends_with("a page\n")) {
            const std::string more = co_await read_until(socket, 1);
            if (more.empty()) co_return;
            page += more;
        }
        ws::client_options options;
        options.connection = quick_options();
        auto where = must(ws::url::parse("ws://h/chat"));
        auto opened = co_await ws::start_client(std::move(socket), std::move(where), options);
        auto peer = must(std::move(opened));
        const auto sent = co_await peer.send_text("hello");
        BOOST_TEST(sent.has_value());
        const auto answer = co_await peer.receive();
        BOOST_TEST((answer.has_value() && answer->text() == "hello"));
        static_cast<void>(co_await peer.close());
    };
    co_await together(http::serve(std::move(pair.a), page_or_echo, http::server_options()),
                      use(std::move(pair.b)));
}

BOOST_AUTO_TEST_SUITE_END()
