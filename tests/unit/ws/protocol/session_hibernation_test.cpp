// SPDX-License-Identifier: Apache-2.0
// Sessions that hibernate between, or in the midst of, what they are told lose nothing.
#include "../deflate/deflate_script.hpp"

#include <weir/base/random.hpp>
#include <weir/ws/protocol/session.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(session_hibernation_test)

namespace {

const ws::limits default_limits;
constexpr auto keeping = ws::deflate_parameters(15, 15).keep_send_context().keep_receive_context();

std::string json_about(std::uint64_t number) {
    std::string text = "[";
    while (text.size() < 600) text += R"({"id":)" + std::to_string(number) + R"(,"name":"x"},)";
    return text;
}

/// The frame of `text` as `from` sends it.
std::string sent(ws::session& from, const std::string& text) {
    const auto small = from.compress(weir::as_bytes(text), 3);
    BOOST_REQUIRE(!small.empty());
    std::string out(from.frame_size(small.size()), '\0');
    from.encode_message(ws::message_kind::text, small.view(),
                        std::as_writable_bytes(std::span(out)), ws::compressed_bit);
    return out;
}

/// What `to` makes of `data`, which may hibernate after every byte.
std::string taken(ws::session& to, std::string data, bool hibernates) {
    std::string text;
    for (char& each : data) {
        weir::mutable_bytes chunk(reinterpret_cast<std::byte*>(&each), 1);
        for (;;) {
            const auto event = to.next(chunk);
            if (event.kind() == ws::event_kind::need_data) break;
            BOOST_REQUIRE((event.kind() == ws::event_kind::message));
            text += weir::as_text(event.payload());
        }
        if (hibernates) to.hibernate();
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(messages_arrive_whoever_hibernates_whenever) {
    auto client = ws::script::deflating(ws::role::client, keeping, default_limits);
    auto server = ws::script::deflating(ws::role::server, keeping, default_limits);
    weir::random chance(7);
    for (int i = 0; i < 200; ++i) {
        const bool to_server = chance.below(2) == 0;
        ws::session& from = to_server ? client : server;
        ws::session& to = to_server ? server : client;
        const std::string text = json_about(chance.below(3));
        if (chance.below(4) == 0) from.hibernate();
        if (chance.below(4) == 0) to.hibernate();
        const std::string data = sent(from, text);
        if (taken(to, data, chance.below(4) == 0) != text) BOOST_FAIL("message " << i);
    }
}

BOOST_AUTO_TEST_CASE(what_is_held_is_told_and_given_back) {
    auto client = ws::script::deflating(ws::role::client, keeping, default_limits);
    auto server = ws::script::deflating(ws::role::server, keeping, default_limits);
    BOOST_TEST(server.held_bytes() == 0U);
    BOOST_TEST(server.hibernate() == 0U);
    const std::string text = json_about(1);
    BOOST_TEST(taken(server, sent(client, text), false) == text);
    BOOST_TEST(taken(client, sent(server, text), false) == text);
    const std::size_t held = server.held_bytes();
    BOOST_TEST(held >= 300'000U);
    BOOST_TEST(server.hibernate() == held - text.size());
    BOOST_TEST(server.held_bytes() == text.size());  // the peer may refer to it
    BOOST_TEST(server.hibernate() == 0U);
}

BOOST_AUTO_TEST_CASE(a_peer_that_promised_no_context_leaves_nothing_to_be_kept) {
    constexpr auto sending_only = ws::deflate_parameters(15, 15).keep_send_context();
    auto server = ws::script::deflating(ws::role::server, sending_only, default_limits);
    static_cast<void>(sent(server, json_about(1)));
    BOOST_TEST(server.held_bytes() > 200'000U);
    server.hibernate();
    BOOST_TEST(server.held_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(an_unfinished_message_gives_back_the_room_that_it_does_not_fill) {
    ws::session server(ws::role::server, default_limits);
    const std::string whole = ws::script::wire(ws::script::frame(1, std::string(200'000, 'a')));
    std::string begin = whole.substr(0, 1000);
    weir::mutable_bytes chunk = std::as_writable_bytes(std::span(begin));
    BOOST_TEST((server.next(chunk).kind() == ws::event_kind::need_data));
    BOOST_TEST(server.held_bytes() > 50'000U);
    server.hibernate();
    BOOST_TEST(server.held_bytes() < 1000U);
    std::string rest = whole.substr(1000);
    chunk = std::as_writable_bytes(std::span(rest));
    const auto event = server.next(chunk);
    BOOST_REQUIRE((event.kind() == ws::event_kind::message));
    BOOST_TEST(weir::as_text(event.payload()) == std::string(200'000, 'a'));
}

BOOST_AUTO_TEST_CASE(the_first_byte_of_a_message_is_told_from_that_of_a_control_frame) {
    for (const auto& [code, is_message] :
         {std::pair(1U, true), std::pair(2U, true), std::pair(9U, false), std::pair(10U, false)}) {
        ws::session server(ws::role::server, default_limits);
        std::string data = ws::script::wire(ws::script::frame(code, "abc"));
        for (char& each : data) {
            if (&each == &data.back()) break;
            weir::mutable_bytes chunk(reinterpret_cast<std::byte*>(&each), 1);
            static_cast<void>(server.next(chunk));
            BOOST_TEST(server.has_begun_message() == is_message);
        }
    }
}

BOOST_AUTO_TEST_CASE(between_the_fragments_of_a_message_it_has_begun) {
    ws::session server(ws::role::server, default_limits);
    std::string data = ws::script::wire(ws::script::frame(1, "abc").unfinished());
    weir::mutable_bytes chunk = std::as_writable_bytes(std::span(data));
    BOOST_TEST(!server.has_begun_message());
    static_cast<void>(server.next(chunk));
    BOOST_TEST(server.has_begun_message());
}

BOOST_AUTO_TEST_SUITE_END()
