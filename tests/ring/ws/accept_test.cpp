// SPDX-License-Identifier: Apache-2.0
// accept, upgrade: who gets in, what the others are told, and how long it may take.
#include "ws_peers.hpp"

#include "fd_count.hpp"
#include "io/receive_buffers.hpp"

#include <weir/coro/stop.hpp>
#include <weir/http/message/error.hpp>
#include <weir/ws/accept.hpp>

#include <algorithm>
#include <string_view>

using namespace weir::ws::test;
using weir::ws::connection;
using weir::ws::connection_errc;
using weir::ws::handshake_errc;
using weir::ws::server_options;

BOOST_AUTO_TEST_SUITE(accept_test)

namespace {

server_options options_for_tests() {
    server_options options;
    options.connection = quick_options();
    options.connection.handshake_timeout = 100ms;
    return options;
}

std::string request_with(std::string_view more = {}) {
    return "GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: "
           "Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           std::string(more) + "\r\n";
}

/// What became of one handshake.
class handshake_outcome {
public:
    explicit handshake_outcome(weir::result<connection> outcome, std::string text)
        : accepted(std::move(outcome)), answer(std::move(text)) {}
    [[nodiscard]] std::string status() const { return answer.substr(9, 3); }
    [[nodiscard]] bool has_field(std::string_view line) const {
        return answer.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
    }
    weir::result<connection> accepted;
    std::string answer;
};

/// Sends `data`, reads the head of the answer, and all of it if it is a refusal.
weir::task<std::string> ask(weir::net::stream_socket& wild, std::string data) {
    co_await send_wild(wild, std::move(data));
    std::string answer;
    while (answer.find("\r\n\r\n") == std::string::npos) {
        const std::string more = co_await read_until(wild, 1);
        if (more.empty()) co_return answer;
        answer += more;
    }
    if (answer.substr(9, 3) != "101") {
        answer += co_await read_to_end(wild);
        static_cast<void>(co_await wild.close());
    }
    co_return answer;
}

weir::task<handshake_outcome> shake(std::string data, const server_options& options) {
    auto pair = co_await weir::test::tcp_streams::connect();
    auto both = co_await weir::when_all(weir::ws::accept(std::move(pair.a), options),
                                        ask(pair.b, std::move(data)));
    co_return handshake_outcome(std::move(std::get<0>(both)), std::move(std::get<1>(both)));
}

}  // namespace

RING_TEST(a_good_request_becomes_a_connection) {
    const server_options options = options_for_tests();
    const handshake_outcome made = co_await shake(request_with(), options);
    BOOST_REQUIRE(made.accepted.has_value());
    BOOST_TEST(made.status() == "101");
    BOOST_TEST(made.has_field("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    BOOST_TEST(made.accepted->protocol().empty());
}

RING_TEST(bytes_behind_the_request_are_the_first_frames) {
    const server_options options = options_for_tests();
    for (const std::size_t size : {3U, 1000U, 60'000U}) {
        auto pair = co_await weir::test::tcp_streams::connect();
        const std::string sent(size, 'e');
        co_await send_wild(pair.b, request_with() + wire(frame(1, sent)) + wire(frame(1, "b")));
        auto made = co_await weir::ws::accept(std::move(pair.a), options);
        BOOST_REQUIRE(made.has_value());
        const auto first = must(co_await made->receive());
        BOOST_TEST((first.text() == sent));
        const auto second = must(co_await made->receive());
        BOOST_TEST(second.text() == "b");
    }
}

RING_TEST(a_request_may_come_in_pieces) {
    const server_options options = options_for_tests();
    auto pair = co_await weir::test::tcp_streams::connect();
    auto drip = [](weir::net::stream_socket& wild) -> weir::task<> {
        for (const char each : request_with()) {
            co_await send_wild(wild, std::string(1, each));
            co_await weir::test::turns(1);
        }
    };
    auto both = co_await weir::when_all(weir::ws::accept(std::move(pair.a), options), drip(pair.b));
    BOOST_TEST(std::get<0>(both).has_value());
}

RING_TEST(the_first_spoken_sub_protocol_that_is_offered_is_chosen) {
    server_options options = options_for_tests();
    options.rules.protocol("chat.v2").protocol("chat.v1");
    const handshake_outcome made =
        co_await shake(request_with("Sec-WebSocket-Protocol: chat.v1, chat.v2\r\n"), options);
    BOOST_REQUIRE(made.accepted.has_value());
    BOOST_TEST(made.accepted->protocol() == "chat.v2");
    BOOST_TEST(made.has_field("Sec-WebSocket-Protocol: chat.v2"));
    const handshake_outcome none =
        co_await shake(request_with("Sec-WebSocket-Protocol: other\r\n"), options);
    BOOST_REQUIRE(none.accepted.has_value());
    BOOST_TEST(none.accepted->protocol().empty());
}

RING_TEST(pages_of_another_origin_are_refused_by_default) {
    const server_options options = options_for_tests();
    const handshake_outcome evil =
        co_await shake(request_with("Origin: https://evil.org\r\n"), options);
    BOOST_TEST((error_of(evil.accepted) == handshake_errc::origin_not_allowed));
    BOOST_TEST(evil.status() == "403");
    const handshake_outcome same =
        co_await shake(request_with("Origin: https://example.org\r\n"), options);
    BOOST_TEST(same.accepted.has_value());
}

RING_TEST(each_refusal_is_counted_by_its_reason) {
    weir::metrics::sharded<weir::ws::connection_statistics> counted(1);
    server_options options = options_for_tests();
    options.connection.statistics = &counted;
    const handshake_outcome evil =
        co_await shake(request_with("Origin: https://evil.org\r\n"), options);
    BOOST_TEST((error_of(evil.accepted) == handshake_errc::origin_not_allowed));
    BOOST_TEST(counted.at(0).refusals(handshake_errc::origin_not_allowed) == 1U);
    const std::string long_field = "X: " + std::string(200'000, 'x') + "\r\n";
    const handshake_outcome large = co_await shake(request_with(long_field), options);
    BOOST_TEST((error_of(large.accepted) == weir::http::errc::headers_over_limit));
    BOOST_TEST(counted.at(0).refusals(weir::http::errc::headers_over_limit) == 1U);
    BOOST_TEST(counted.at(0).connections.value() == 0U);
}

RING_TEST(what_is_no_upgrade_gets_426) {
    const server_options options = options_for_tests();
    const handshake_outcome plain = co_await shake("GET / HTTP/1.1\r\nHost: a\r\n\r\n", options);
    BOOST_TEST((error_of(plain.accepted) == connection_errc::not_an_upgrade));
    BOOST_TEST(plain.status() == "426");
    BOOST_TEST(plain.has_field("Upgrade: websocket"));
    BOOST_TEST(plain.has_field("Sec-WebSocket-Version: 13"));
}

RING_TEST(what_is_too_large_gets_its_status_although_the_client_goes_on_sending) {
    const server_options options = options_for_tests();
    const std::string long_field = "X: " + std::string(200'000, 'x') + "\r\n";
    const handshake_outcome large = co_await shake(request_with(long_field), options);
    BOOST_TEST((error_of(large.accepted) == weir::http::errc::headers_over_limit));
    BOOST_TEST(large.status() == "431");
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
    const handshake_outcome fields = co_await shake(request_with(many), options);
    BOOST_TEST(fields.status() == "431");
}

RING_TEST(a_client_that_says_nothing_is_given_up) {
    const server_options options = options_for_tests();
    auto pair = co_await weir::test::tcp_streams::connect();
    const auto begin = weir::test::now();
    const auto made = co_await weir::ws::accept(std::move(pair.a), options);
    const auto took = weir::test::now() - begin;
    BOOST_TEST((error_of(made) == std::errc::timed_out));
    BOOST_TEST((took >= 100ms && took < 30s));
    const std::string nothing = co_await read_to_end(pair.b);
    BOOST_TEST(nothing.empty());
}

RING_TEST(the_deadline_is_for_the_whole_handshake_not_for_each_byte) {
    const server_options options = options_for_tests();
    auto pair = co_await weir::test::tcp_streams::connect();
    auto drip = [](weir::net::stream_socket& wild) -> weir::task<> {
        for (const char each : request_with()) {
            const std::string one(1, each);
            if (!co_await wild.send_copy(weir::as_bytes(one))) co_return;
            static_cast<void>(co_await weir::sleep_for(5ms));
        }
    };
    const auto begin = weir::test::now();
    auto timed = [](weir::net::tcp_socket socket, const server_options& how) -> weir::task<> {
        const auto made = co_await weir::ws::accept(std::move(socket), how);
        BOOST_TEST((error_of(made) == std::errc::timed_out));
    };
    auto both = [&]() -> weir::task<> {
        co_await together(timed(std::move(pair.a), options), drip(pair.b));
    };
    co_await both();
    BOOST_TEST((weir::test::now() - begin < 30s));
}

RING_TEST(slow_handshakes_hold_no_shared_memory) {
    const server_options options = options_for_tests();
    auto pair = co_await weir::test::tcp_streams::connect();
    auto look = [](weir::net::stream_socket& wild) -> weir::task<> {
        co_await send_wild(wild, request_with().substr(0, 100));
        co_await weir::test::turns(3);
        co_await turn_buffers_over();
        const auto& buffers = weir::reactor::current().buffers();
        BOOST_TEST(buffers.ring_available() == buffers.ring_count());
    };
    auto both = co_await weir::when_all(weir::ws::accept(std::move(pair.a), options), look(pair.b));
    BOOST_TEST((error_of(std::get<0>(both)) == std::errc::timed_out));
}

RING_TEST(a_client_that_leaves_in_the_middle_is_an_aborted_connection) {
    const server_options options = options_for_tests();
    for (const std::size_t size : {0U, 50U}) {
        auto pair = co_await weir::test::tcp_streams::connect();
        co_await send_wild(pair.b, request_with().substr(0, size));
        static_cast<void>(co_await pair.b.close());
        const auto made = co_await weir::ws::accept(std::move(pair.a), options);
        BOOST_TEST((error_of(made) == std::errc::connection_aborted));
    }
}

RING_TEST(a_stop_closes_the_socket) {
    const server_options options = options_for_tests();
    auto pair = co_await weir::test::tcp_streams::connect();
    weir::stop_source stop;
    auto stop_soon = [](weir::stop_source& source) -> weir::task<> {
        co_await weir::test::turns(3);
        source.request_stop();
    };
    auto accept = [](weir::stop_source& source, weir::net::tcp_socket socket,
                     const server_options& how) -> weir::task<> {
        auto made = co_await weir::with_stop(source, weir::ws::accept(std::move(socket), how));
        BOOST_TEST((error_of(made) == std::errc::operation_canceled));
    };
    co_await together(accept(stop, std::move(pair.a), options), stop_soon(stop));
    const std::string nothing = co_await read_to_end(pair.b);
    BOOST_TEST(nothing.empty());
}

BOOST_AUTO_TEST_CASE(no_handshake_leaves_a_descriptor) {
    const std::size_t before = weir::test::fd_count();
    run_limited([]() -> weir::task<> {
        const server_options options = options_for_tests();
        const std::vector<std::string> requests{request_with(), request_with("X\r\n"),
                                                "GET / HTTP/1.1\r\n\r\n"};
        for (const std::string& each : requests) {
            const handshake_outcome made = co_await shake(each, options);
            BOOST_TEST(!made.answer.empty());
        }
    });
    BOOST_TEST(weir::test::fd_count() == before);
}

BOOST_AUTO_TEST_SUITE_END()
