// SPDX-License-Identifier: Apache-2.0
// last_words: what was sent last arrives although the peer was still sending.
#include "net/last_words.hpp"

#include "ring_test.hpp"

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using weir::test::error_of;
using weir::test::read_to_end;
using weir::test::together;

BOOST_AUTO_TEST_SUITE(last_words_test)

RING_TEST(a_peer_that_is_still_sending_reads_them) {
    auto pair = co_await weir::test::tcp_streams::connect();
    auto speak = [](weir::net::tcp_socket& socket) -> weir::task<> {
        static_cast<void>(co_await socket.send_copy(weir::as_bytes("last words")));
        const auto outcome = co_await weir::net::let_last_words_arrive(socket);
        BOOST_TEST(outcome.has_value());
        static_cast<void>(co_await socket.close());
    };
    auto talk_then_listen = [](weir::net::tcp_socket& socket) -> weir::task<> {
        const std::string much(3'000'000, 'm');
        const auto sent = co_await socket.write_all(weir::as_bytes(much));
        BOOST_TEST(sent.has_value());
        const std::string heard = co_await read_to_end(socket);
        BOOST_TEST(heard == "last words");
        static_cast<void>(co_await socket.close());
    };
    co_await together(speak(pair.a), talk_then_listen(pair.b));
}

RING_TEST(a_peer_that_never_ends_is_left_at_the_timeout) {
    auto pair = co_await weir::test::tcp_streams::connect();
    const auto outcome =
        co_await weir::with_timeout(30ms, weir::net::let_last_words_arrive(pair.a));
    BOOST_TEST((error_of(outcome) == std::errc::timed_out));
    const std::string nothing = co_await read_to_end(pair.b);
    BOOST_TEST(nothing.empty());
}

BOOST_AUTO_TEST_SUITE_END()
