// SPDX-License-Identifier: Apache-2.0
// Short conversations over every kind of socket, in virtual time: CO_TEST repeats each with a stop
// before every step and with every request failing in turn.
#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/connect.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/net/udp_socket.hpp>

#include <chrono>
#include <string>
#include <tuple>
#include <utility>

BOOST_AUTO_TEST_SUITE(conversation_test)

namespace {

using namespace std::chrono_literals;
using weir::ok;
using weir::result;
using weir::task;
using weir::net::endpoint;
using weir::net::tcp_acceptor;

/// So long a conversation may take: what waits for a peer that failed ends then.
constexpr auto patience = 5s;

task<result<std::string>> receive_all(weir::net::stream_socket& from) {
    std::string all;
    for (;;) {
        const weir::buffer_lease chunk = co_await ok(from.receive());
        if (chunk.empty()) co_return all;
        all += weir::as_text(chunk.data());
    }
}

task<result<std::string>> answer_one(tcp_acceptor& acceptor) {
    weir::net::tcp_socket socket = co_await ok(acceptor.accept());
    const std::string asked = co_await ok(receive_all(socket));
    co_await ok(socket.send_copy(weir::as_bytes("you said " + asked)));
    co_await ok(socket.shutdown_send());
    co_await ok(socket.close());
    co_return asked;
}

task<result<std::string>> ask(endpoint where, std::string what) {
    weir::net::tcp_socket socket = co_await ok(weir::net::connect(where));
    co_await ok(socket.send_copy(weir::as_bytes(what)));
    co_await ok(socket.shutdown_send());
    std::string answer = co_await ok(receive_all(socket));
    co_await ok(socket.close());
    co_return answer;
}

task<> converse(endpoint where, std::string what) {
    auto acceptor = tcp_acceptor::listen(where);
    CO_REQUIRE(acceptor.has_value());
    auto answered = weir::with_timeout(patience, answer_one(*acceptor));
    auto asked = weir::with_timeout(patience, ask(acceptor->local_endpoint(), what));
    const auto both = co_await weir::when_all(std::move(answered), std::move(asked));
    const auto& [heard, told] = both;
    CO_CHECK(heard.has_value() && *heard == what);
    CO_CHECK(told.has_value() && *told == "you said " + what);
}

task<result<std::string>> receive_datagram(weir::net::udp_socket& from) {
    const auto arrived = co_await ok(from.receive());
    co_return std::string(weir::as_text(arrived.data.data()));
}

}  // namespace

CO_TEST(a_question_and_its_answer_over_tcp) { co_await converse(endpoint::loopback(0), "hello"); }

CO_TEST(a_question_and_its_answer_over_ipv6) {
    const auto where = endpoint::ip("::1", 0);
    co_await converse(*where, "hello");
}

CO_TEST(a_question_and_its_answer_over_a_unix_socket) {
    const auto where = endpoint::unix_socket("/run/question");
    co_await converse(*where, "hello");
}

CO_TEST(a_long_question_is_answered_whole) {
    co_await converse(endpoint::loopback(0), std::string(400'000, 'l'));
}

CO_TEST(a_name_is_looked_up_and_connected_to) {
    auto acceptor = tcp_acceptor::listen(endpoint::loopback(0));
    CO_REQUIRE(acceptor.has_value());
    const std::uint16_t port = acceptor->local_endpoint().port();
    const auto socket =
        co_await weir::with_timeout(patience, weir::net::connect_to("localhost", port));
    CO_CHECK(socket.has_value());
    const auto nobody =
        co_await weir::with_timeout(patience, weir::net::connect_to("nobody.invalid", port));
    CO_CHECK(!nobody.has_value());
}

CO_TEST(a_datagram_arrives) {
    auto server = weir::net::udp_socket::bind(endpoint::loopback(0));
    auto client = weir::net::udp_socket::bind(endpoint::loopback(0));
    CO_REQUIRE(server.has_value() && client.has_value());
    auto receiving = weir::with_timeout(patience, receive_datagram(*server));
    const auto sent = co_await client->send_to(weir::as_bytes(std::string_view("ping")),
                                               server->local_endpoint());
    CO_CHECK(sent.has_value());
    const auto arrived = co_await receiving;
    CO_CHECK(arrived.has_value() && *arrived == "ping");
}

BOOST_AUTO_TEST_SUITE_END()
