// SPDX-License-Identifier: Apache-2.0
// connect, start_client, url: what a client asks for and what it refuses to believe.
#include "ws_peers.hpp"

#include "tls_streams.hpp"

#include <weir/tls/error.hpp>
#include <weir/ws/accept.hpp>
#include <weir/ws/connect.hpp>

using namespace weir::ws::test;
using weir::ws::client_options;
using weir::ws::connection;
using weir::ws::handshake_errc;
using weir::ws::url;

BOOST_AUTO_TEST_SUITE(connect_test)

namespace {

client_options options_for_tests() {
    client_options options;
    options.connection = quick_options();
    options.connection.handshake_timeout = 100ms;
    return options;
}

/// Reads a request and answers with `answer`, in which KEY stands for the right accept value.
weir::task<> answer_with(weir::net::stream_socket& wild, std::string answer, std::string& request) {
    while (request.find("\r\n\r\n") == std::string::npos) {
        const std::string more = co_await read_until(wild, 1);
        if (more.empty()) co_return;
        request += more;
    }
    const std::string name = "Sec-WebSocket-Key: ";
    const std::string key = request.substr(request.find(name) + name.size(), 24);
    if (const auto place = answer.find("KEY"); place != std::string::npos) {
        answer.replace(place, 3, weir::ws::accept_value(key));
    }
    co_await send_wild(wild, answer);
}

const std::string good_answer =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: KEY\r\n";

weir::task<weir::result<connection>> shake(std::string answer, const client_options& options) {
    auto pair = co_await weir::test::tcp_streams::connect();
    std::string request;
    auto both = co_await weir::when_all(
        weir::ws::start_client(std::move(pair.a), *url::parse("ws://example.org:81/chat?a=b"),
                               options),
        answer_with(pair.b, std::move(answer), request));
    BOOST_TEST(request.starts_with("GET /chat?a=b HTTP/1.1\r\nHost: example.org:81\r\n"));
    co_return std::move(std::get<0>(both));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_url_has_a_host_a_port_and_a_target) {
    const auto plain = url::parse("ws://example.org");
    BOOST_TEST(plain->host() == "example.org");
    BOOST_TEST(plain->port() == 80);
    BOOST_TEST(plain->target() == "/");
    BOOST_TEST(plain->authority() == "example.org");
    const auto full = url::parse("ws://[::1]:8080?room=5");
    BOOST_TEST(full->host() == "::1");
    BOOST_TEST(full->port() == 8080);
    BOOST_TEST(full->target() == "/?room=5");
    BOOST_TEST(full->authority() == "[::1]:8080");
    BOOST_TEST(!full->is_secure());
}

BOOST_AUTO_TEST_CASE(a_secure_url_has_another_usual_port) {
    const auto plain = url::parse("WSS://example.org/a");
    BOOST_TEST(plain->is_secure());
    BOOST_TEST(plain->port() == 443);
    BOOST_TEST(plain->authority() == "example.org");
    BOOST_TEST(url::parse("wss://example.org:80")->authority() == "example.org:80");
}

BOOST_AUTO_TEST_CASE(a_url_that_means_two_things_is_refused) {
    for (const char* text :
         {"",          "ws:",          "http://a/",  "wss:/a/",         "wsss://a/",
          "wss://",    "ws://",        "ws:///",     "ws://:80",        "ws://a:0",
          "ws://a:x",  "ws://a:65536", "ws://a:80x", "ws://a:",         "ws://u@a/",
          "ws://a/#f", "ws://a#f",     "ws://[::1",  "ws://[::1]x:80/", "ws://a]/",
          "ws://a b/"}) {
        BOOST_TEST(!url::parse(text).has_value(), text);
    }
}

RING_TEST(both_ends_of_weir_understand_each_other) {
    weir::ws::server_options server;
    server.connection = quick_options();
    server.rules.protocol("chat.v1");
    client_options options = options_for_tests();
    options.protocols = {"chat.v2", "chat.v1"};
    auto acceptor = weir::test::listen_on_loopback();
    auto serve = [](weir::net::tcp_acceptor& from,
                    const weir::ws::server_options& how) -> weir::task<> {
        auto socket = must(co_await from.accept());
        auto made = co_await weir::ws::accept(std::move(socket), how);
        BOOST_REQUIRE(made.has_value());
        static_cast<void>(co_await echo(*made));
    };
    auto ask = [](std::string where, const client_options& how) -> weir::task<> {
        auto made = co_await weir::ws::connect(*url::parse(where), how);
        BOOST_REQUIRE(made.has_value());
        BOOST_TEST(made->protocol() == "chat.v1");
        static_cast<void>(co_await made->send_text("hello"));
        const auto answer = must(co_await made->receive());
        BOOST_TEST(answer.text() == "hello");
        const auto closed = co_await made->close();
        BOOST_TEST(closed.has_value());
    };
    // A name, which may stand for an address where nobody listens too.
    const std::string where = "WS://localhost:" + std::to_string(acceptor.local_endpoint().port());
    co_await together(serve(acceptor, server), ask(where, options));
}

RING_TEST(over_tls_they_understand_each_other_and_a_stranger_is_refused) {
    const auto secret = weir::test::must_serve(weir::test::serving_options());
    weir::ws::server_options server;
    server.connection = quick_options();
    auto acceptor = weir::test::listen_on_loopback();
    auto serve = [&]() -> weir::task<> {
        for (int i = 0; i < 2; ++i) {
            auto socket = must(co_await acceptor.accept());
            const auto info = co_await weir::tls::accept(socket, secret);
            if (!info) continue;
            auto made = co_await weir::ws::accept(std::move(socket), server);
            BOOST_REQUIRE(made.has_value());
            static_cast<void>(co_await echo(*made));
        }
    };
    client_options options = options_for_tests();
    options.tls = weir::test::must_trust(weir::test::trusting_options());
    client_options strange = options_for_tests();
    const weir::test::certificate_authority stranger("a stranger");
    weir::tls::client_options trusting;
    trusting.trusted = weir::tls::trust::only(stranger.pem());
    strange.tls = weir::test::must_trust(trusting);
    auto ask = [&]() -> weir::task<> {
        const auto port = std::to_string(acceptor.local_endpoint().port());
        const url where = *url::parse("wss://localhost:" + port + "/");
        auto made = co_await weir::ws::connect(where, options);
        BOOST_REQUIRE(made.has_value());
        const std::string text(100'000, 't');
        static_cast<void>(co_await made->send_text(text));
        const auto answer = must(co_await made->receive());
        BOOST_TEST((answer.text() == text));
        const auto closed = co_await made->close();
        BOOST_TEST(closed.has_value());
        const auto refused = co_await weir::ws::connect(where, strange);
        BOOST_TEST((weir::test::error_of(refused) == weir::tls::errc::issuer_unknown));
    };
    co_await together(serve(), ask());
}

RING_TEST(frames_behind_the_answer_are_the_first_messages) {
    const client_options options = options_for_tests();
    const std::string early = from_server(1, "early") + from_server(2, std::string(50'000, 'e'));
    auto made = co_await shake(good_answer + "\r\n" + early, options);
    BOOST_REQUIRE(made.has_value());
    const auto first = must(co_await made->receive());
    BOOST_TEST(first.text() == "early");
    const auto second = must(co_await made->receive());
    BOOST_TEST(second.size() == 50'000U);
}

RING_TEST(an_answer_that_breaks_a_rule_is_refused) {
    const client_options options = options_for_tests();
    const std::vector<std::pair<std::string, handshake_errc>> cases{
        {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", handshake_errc::access_denied},
        {"HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n", handshake_errc::access_denied},
        {"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", handshake_errc::status_not_101},
        {"HTTP/1.1 301 Moved\r\nLocation: ws://b/\r\n\r\n", handshake_errc::status_not_101},
        {good_answer + "Sec-WebSocket-Extensions: x\r\n\r\n",
         handshake_errc::extension_not_offered},
        {good_answer + "Sec-WebSocket-Protocol: x\r\n\r\n", handshake_errc::protocol_not_offered},
        {"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
         handshake_errc::accept_mismatch},
    };
    for (const auto& [answer, error] : cases) {
        const auto made = co_await shake(answer, options);
        BOOST_TEST((error_of(made) == error), error_of(made).message());
    }
    const auto garbage = co_await shake("SSH-2.0-server\r\n\r\n", options);
    BOOST_TEST(!garbage.has_value());
}

RING_TEST(a_server_that_says_nothing_is_given_up) {
    const client_options options = options_for_tests();
    const auto begin = weir::test::now();
    const auto made = co_await shake("", options);
    BOOST_TEST((error_of(made) == std::errc::timed_out));
    BOOST_TEST((weir::test::now() - begin < 30s));
}

RING_TEST(nobody_there_is_an_error_of_the_socket) {
    const client_options options = options_for_tests();
    std::string where;
    {
        auto acceptor = weir::test::listen_on_loopback();
        where = "ws://" + acceptor.local_endpoint().to_string() + "/";
    }
    co_await weir::test::turns(5);
    const auto made = co_await weir::ws::connect(*url::parse(where), options);
    BOOST_TEST((error_of(made) == std::errc::connection_refused));
}

RING_TEST(a_field_with_a_line_break_is_never_sent) {
    client_options options = options_for_tests();
    options.headers.emplace_back("X-Name", "a\r\nX-Evil: b");
    auto pair = co_await weir::test::tcp_streams::connect();
    const auto made =
        co_await weir::ws::start_client(std::move(pair.a), *url::parse("ws://a/"), options);
    BOOST_TEST(!made.has_value());
    const std::string nothing = co_await read_to_end(pair.b);
    BOOST_TEST(nothing.empty());
}

BOOST_AUTO_TEST_SUITE_END()
