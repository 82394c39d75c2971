// SPDX-License-Identifier: Apache-2.0
// Whole WebSocket conversations, handshake to close, in virtual time: CO_TEST repeats each with a
// stop before every step and with every request failing in turn.
#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/ws/accept.hpp>
#include <weir/ws/connect.hpp>

#include <chrono>
#include <string>
#include <utility>

BOOST_AUTO_TEST_SUITE(conversation_test)

namespace {

using namespace std::chrono_literals;
using weir::ok;
using weir::result;
using weir::task;
using weir::ws::connection;

constexpr auto patience = 3min;  // longer than a silent peer is borne

const weir::ws::server_options& lenient_server() {
    static const weir::ws::server_options options = [] {
        weir::ws::server_options made;
        made.rules.allow_any_origin();
        return made;
    }();
    return options;
}
const weir::ws::client_options& plain_client() {
    static const weir::ws::client_options options;
    return options;
}

const weir::ws::deflate_options keeping_context =
    weir::ws::deflate_options().keep_send_context().keep_receive_context().send_window_bits(9);

/// How both sides behave; lives as long as the test.
class settings {
public:
    settings() = default;
    explicit settings(const weir::ws::deflate_options& deflate) {
        server.connection.deflate = deflate;
        client.connection.deflate = deflate;
    }
    weir::ws::server_options server = lenient_server();
    weir::ws::client_options client = plain_client();
};

task<result<std::size_t>> echo_until_closed(weir::net::tcp_acceptor& acceptor,
                                            const weir::ws::server_options& options) {
    weir::net::tcp_socket socket = co_await ok(acceptor.accept());
    connection peer = co_await ok(weir::ws::accept(std::move(socket), options));
    std::size_t count = 0;
    while (auto message = co_await peer.receive()) {
        co_await ok(peer.send(std::move(*message)));
        ++count;
    }
    co_await ok(peer.close());
    co_return count;
}

task<result<void>> send_and_hear(connection& peer, std::string text) {
    co_await ok(peer.send_text(text));
    const weir::ws::message answer = co_await ok(peer.receive());
    if (answer.text() != text) co_return weir::fail(std::errc::bad_message);
    co_return result<void>();
}

task<result<void>> talk(std::uint16_t port, std::size_t size, std::chrono::seconds silence,
                        const weir::ws::client_options& options) {
    const weir::ws::url where =
        ok(weir::ws::url::parse("ws://127.0.0.1:" + std::to_string(port) + "/chat"));
    connection peer = co_await ok(weir::ws::connect(where, options));
    if (peer.deflate().is_agreed() != options.connection.deflate.has_value()) {
        co_return weir::fail(std::errc::protocol_error);
    }
    for (int i = 0; i < 3; ++i) {
        co_await ok(send_and_hear(peer, std::string(size, 'x')));
        co_await ok(weir::sleep_for(silence));
    }
    co_return co_await peer.close();
}

task<> converse(std::size_t size, std::chrono::seconds silence, const settings& both) {
    auto acceptor = weir::net::tcp_acceptor::listen(weir::net::endpoint::loopback(0));
    CO_REQUIRE(acceptor.has_value());
    auto serving = weir::with_timeout(patience, echo_until_closed(*acceptor, both.server));
    auto talking = weir::with_timeout(
        patience, talk(acceptor->local_endpoint().port(), size, silence, both.client));
    const auto ended = co_await weir::when_all(std::move(serving), std::move(talking));
    const auto& [served, talked] = ended;
    CO_CHECK(served.has_value() && *served == 3U);
    CO_CHECK(talked.has_value());
}

}  // namespace

CO_TEST(small_messages_and_a_close) {
    const settings both;
    co_await converse(20, 0s, both);
}

CO_TEST(large_messages_and_a_close) {
    const settings both;
    co_await converse(300'000, 0s, both);
}

CO_TEST(compressed_messages_and_a_close) {
    const settings both{weir::ws::deflate_options()};
    co_await converse(50'000, 0s, both);
}

CO_TEST(compressed_messages_that_refer_to_each_other_and_a_close) {
    const settings both{keeping_context};
    co_await converse(50'000, 0s, both);
}

CO_TEST(a_silence_is_bridged_by_pings) {
    const settings both;
    co_await converse(20, 40s, both);
}

CO_TEST(a_client_that_says_nothing_is_given_up_at_the_handshake_timeout) {
    auto acceptor = weir::net::tcp_acceptor::listen(weir::net::endpoint::loopback(0));
    CO_REQUIRE(acceptor.has_value());
    const auto silent = co_await weir::net::connect(acceptor->local_endpoint());
    CO_REQUIRE(silent.has_value());
    auto socket = co_await acceptor->accept();
    CO_REQUIRE(socket.has_value());
    const auto begin = weir::reactor::current().now();
    const auto accepted = co_await weir::ws::accept(std::move(*socket), lenient_server());
    CO_CHECK(!accepted && accepted.error() == std::errc::timed_out);
    const auto took = weir::reactor::current().now() - begin;
    CO_CHECK(took >= 10s && took < 16s);
}

BOOST_AUTO_TEST_SUITE_END()
