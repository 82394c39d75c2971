// SPDX-License-Identifier: Apache-2.0
// Compression from the handshake to the wire: who agrees on what, which messages are compressed,
// and what many receivers of one message share.
#include "ws_peers.hpp"

#include <weir/ws/accept.hpp>
#include <weir/ws/connect.hpp>
#include <weir/ws/connection_error.hpp>
#include <weir/ws/deflate/coder_pool.hpp>
#include <weir/ws/protocol/error.hpp>

#include <string_view>

using namespace weir::ws::test;
using weir::ws::client_options;
using weir::ws::coder_pool;
using weir::ws::connection;
using weir::ws::deflate_options;
using weir::ws::deflate_parameters;
using weir::ws::message_kind;
using weir::ws::prepared_message;
using weir::ws::server_options;

BOOST_AUTO_TEST_SUITE(deflate_connection_test)

namespace {

constexpr unsigned char compressed_text = 0xC1;  // FIN, RSV1, text

/// Options of both sides, which outlive the connections.
class both_options {
public:
    explicit both_options(const deflate_options& for_server, const deflate_options& for_client) {
        server.connection = quick_options();
        server.connection.deflate = for_server;
        client.connection = quick_options();
        client.connection.deflate = for_client;
    }
    explicit both_options(const deflate_options& both) : both_options(both, both) {}

    server_options server;
    client_options client;
};

const deflate_options keeping_both = deflate_options().keep_send_context().keep_receive_context();

/// Both ends after a real handshake.
weir::task<both_ends> shake_hands(const both_options& options) {
    auto pair = co_await weir::test::tcp_streams::connect();
    const auto where = weir::ws::url::parse("ws://example.org/");
    auto both =
        co_await weir::when_all(weir::ws::accept(std::move(pair.a), options.server),
                                weir::ws::start_client(std::move(pair.b), *where, options.client));
    co_return both_ends(must(std::move(std::get<0>(both))), must(std::move(std::get<1>(both))));
}

/// A server's end that agreed on `deflate`, and the bytes that it sends.
weir::task<half_wild> with_wild_receiver(const weir::ws::connection_options& options,
                                         deflate_parameters deflate) {
    auto pair = co_await weir::test::tcp_streams::connect();
    connection server(std::move(pair.a), weir::ws::role::server, options, {},
                      std::move(*weir::ws::deflate_agreement::make(deflate)));
    co_return half_wild(std::move(server), std::move(pair.b));
}

std::string json(std::size_t size) {
    std::string text;
    for (unsigned i = 0; text.size() < size; ++i) text += "{\"n\":" + std::to_string(i * i) + "},";
    text.resize(size);
    return text;
}

weir::task<> exchange(connection& from, connection& to, std::string text) {
    const auto sent = co_await from.send_text(text);
    BOOST_TEST(sent.has_value());
    const auto arrived = must(co_await to.receive());
    BOOST_TEST((arrived.text() == text));
}

}  // namespace

RING_TEST(messages_of_all_sizes_travel_under_every_agreement) {
    for (unsigned choice = 0; choice < 8; ++choice) {
        const auto options = both_options(deflate_options()
                                              .threshold_bytes(0)
                                              .keep_send_context((choice & 1U) != 0)
                                              .keep_receive_context((choice & 2U) != 0)
                                              .send_window_bits((choice & 4U) != 0 ? 9 : 15));
        both_ends ends = co_await shake_hands(options);
        BOOST_TEST(ends.server.deflate().is_agreed());
        BOOST_TEST(ends.client.deflate().is_agreed());
        for (const std::size_t size : {0U, 1U, 100U, 1024U, 5000U, 70'000U, 300'000U}) {
            co_await exchange(ends.client, ends.server, json(size));
            co_await exchange(ends.server, ends.client, json(size));
        }
        co_await exchange(ends.client, ends.server, json(100));
    }
}

RING_TEST(by_default_nothing_is_offered_and_nothing_accepted) {
    auto options = both_options(deflate_options());
    options.client.connection.deflate.reset();
    both_ends silent_client = co_await shake_hands(options);
    BOOST_TEST(!silent_client.server.deflate().is_agreed());
    BOOST_TEST(!silent_client.client.deflate().is_agreed());
    options.client.connection.deflate.emplace();
    options.server.connection.deflate.reset();
    both_ends silent_server = co_await shake_hands(options);
    BOOST_TEST(!silent_server.server.deflate().is_agreed());
    BOOST_TEST(!silent_server.client.deflate().is_agreed());
    co_await exchange(silent_server.client, silent_server.server, json(5000));
}

RING_TEST(messages_below_the_threshold_travel_as_they_are) {
    auto options = quick_options();
    options.deflate.emplace().threshold_bytes(1000);
    half_wild ends = co_await with_wild_receiver(options, deflate_parameters(15, 15));
    const std::string below(999, 'a');
    const auto sent = co_await ends.server.send_text(below);
    BOOST_TEST(sent.has_value());
    const std::string expected = from_server(1, below);
    const std::string seen = co_await read_until(ends.wild, expected.size());
    BOOST_TEST((seen == expected));
    const auto more = co_await ends.server.send_text(below + 'a');
    BOOST_TEST(more.has_value());
    const auto chunk = must(co_await ends.wild.receive());
    BOOST_TEST(std::to_integer<unsigned char>(chunk.data()[0]) == compressed_text);
}

RING_TEST(what_does_not_shrink_travels_as_it_is) {
    auto options = quick_options();
    options.deflate.emplace().threshold_bytes(0);
    half_wild ends = co_await with_wild_receiver(options, deflate_parameters(15, 15));
    const auto sent = co_await ends.server.send_text("abc");
    BOOST_TEST(sent.has_value());
    const std::string expected = from_server(1, "abc");
    const std::string seen = co_await read_until(ends.wild, expected.size());
    BOOST_TEST(seen == expected);
}

RING_TEST(a_received_message_that_is_sent_on_is_compressed_anew) {
    const auto options = both_options(keeping_both);
    both_ends ends = co_await shake_hands(options);
    auto talk = [](connection& client) -> weir::task<> {
        for (const std::size_t size : {10U, 5000U, 200'000U}) {
            co_await exchange(client, client, json(size));
        }
        static_cast<void>(co_await client.close());
    };
    co_await together(
        [](connection& peer) -> weir::task<> {
            static_cast<void>(co_await echo(peer));
        }(ends.server),
        talk(ends.client));
}

RING_TEST(a_prepared_message_is_compressed_once_for_all_receivers) {
    const auto forgetting = both_options(deflate_options());
    const auto keeping = both_options(keeping_both);
    std::vector<both_ends> all;
    for (int i = 0; i < 20; ++i) {
        all.push_back(co_await shake_hands(i % 2 == 0 ? forgetting : keeping));
    }
    const std::string text = json(10'000);
    const prepared_message news(message_kind::text, weir::as_bytes(text));
    const weir::send_buffer frame = news.compressed_frame(15, 6);
    for (both_ends& each : all) BOOST_TEST(each.server.try_send(news));
    BOOST_TEST(frame.users() == 22U);  // one in the message, one here, one in each queue
    BOOST_TEST(news.frame().users() == 1U);
    for (both_ends& each : all) {
        const auto arrived = must(co_await each.client.receive());
        BOOST_TEST((arrived.text() == text));
    }
}

RING_TEST(own_messages_and_shared_ones_mix_where_context_is_kept) {
    const auto options = both_options(deflate_options(keeping_both).threshold_bytes(0));
    both_ends ends = co_await shake_hands(options);
    const std::string shared = json(3000);
    const prepared_message news(message_kind::text, weir::as_bytes(shared));
    for (unsigned i = 0; i < 10; ++i) {
        co_await exchange(ends.server, ends.client, json(500 + i));
        BOOST_TEST(ends.server.try_send(news));
        const auto arrived = must(co_await ends.client.receive());
        BOOST_TEST((arrived.text() == shared));
        co_await exchange(ends.server, ends.client, json(600 + i));
        BOOST_TEST(ends.client.try_send(news));
        const auto echoed = must(co_await ends.server.receive());
        BOOST_TEST((echoed.text() == shared));
    }
}

RING_TEST(without_room_for_context_none_is_agreed_on) {
    coder_pool& pool = coder_pool::of_this_thread();
    const std::size_t usual = pool.max_bytes();
    const auto options = both_options(keeping_both);
    pool.set_max_bytes(coder_pool::shared_bytes() +
                       coder_pool::cost_of(keeping_both.at_most()) * 3);
    {
        both_ends first = co_await shake_hands(options);
        BOOST_TEST(first.server.deflate().keeps_context());
        BOOST_TEST(first.client.deflate().keeps_context());
        both_ends second = co_await shake_hands(options);  // there is room for one of its ends
        BOOST_TEST(!second.server.deflate().keeps_context());
        BOOST_TEST(!second.client.deflate().keeps_context());
        BOOST_TEST(second.client.deflate().is_agreed());
        co_await exchange(second.client, second.server, json(5000));
        BOOST_TEST(pool.held_bytes() <= pool.max_bytes());
    }
    both_ends third = co_await shake_hands(options);  // what was taken has come back
    BOOST_TEST(third.server.deflate().keeps_context());
    pool.set_max_bytes(usual);
}

RING_TEST(a_client_that_is_answered_less_gives_its_room_back) {
    coder_pool& pool = coder_pool::of_this_thread();
    const auto options = both_options(deflate_options(), keeping_both);
    const std::size_t before = pool.held_bytes();
    both_ends ends = co_await shake_hands(options);
    BOOST_TEST(!ends.client.deflate().keeps_context());
    BOOST_TEST(pool.held_bytes() == before);
}

RING_TEST(a_bomb_ends_the_connection_with_1009) {
    const auto options = both_options(deflate_options());
    both_ends ends = co_await shake_hands(options);
    const std::string zeros(std::size_t{8} << 20U, '\0');
    auto suffer = [](connection& server) -> weir::task<> {
        const auto received = co_await server.receive();
        BOOST_TEST((error_of(received) == weir::ws::protocol_errc::inflate_ratio_over_limit));
        static_cast<void>(co_await server.close());
    };
    auto attack = [](connection& client, std::string_view data) -> weir::task<> {
        static_cast<void>(co_await client.send(message_kind::binary, weir::as_bytes(data)));
        const auto answer = co_await client.receive();
        BOOST_TEST((error_of(answer) == weir::ws::connection_errc::closed));
        BOOST_TEST((client.close_code_received() == weir::ws::close_code::message_too_big));
        static_cast<void>(co_await client.close());
    };
    co_await together(suffer(ends.server), attack(ends.client, zeros));
}

BOOST_AUTO_TEST_SUITE_END()
