// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/session.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <random>

#include "session_script.hpp"

namespace ws = weir::ws;
using ws::script::check_all_splits;
using ws::script::check_lines;
using ws::script::client;
using ws::script::close_payload;
using ws::script::failed;
using ws::script::feed_directly;
using ws::script::feed_in_pieces;
using ws::script::feed_whole;
using ws::script::frame;
using ws::script::lines;
using ws::script::served;
using ws::script::server;
using ws::script::wire;

BOOST_AUTO_TEST_SUITE(session_test)

namespace {

std::string some_text(std::size_t size) {
    std::string text;
    while (text.size() < size) text += "Gr\xC3\xBC\xC3\x9F Gott \xF0\x9F\x8E\x89 ";
    text.resize(size, '.');
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80U) != 0) {
        text.pop_back();
    }
    text.resize(size, '.');
    return text;
}

std::string mixed_script() {
    return wire(frame(1, "hello")) + wire(frame(2, std::string("\0\xFF\x80", 3))) +
           wire(frame(1, "")) + wire(frame(9, "ping")) + wire(frame(1, "Gr\xC3\xBC").unfinished()) +
           wire(frame(9, "inside")) + wire(frame(0, "\xC3\x9F e").unfinished()) +
           wire(frame(10, "")) + wire(frame(0, "").unfinished()) + wire(frame(0, "nd")) +
           wire(frame(2, std::string(300, 'b'))) + wire(frame(10, "pong")) +
           wire(frame(8, close_payload(1001, "bye \xE2\x82\xAC"))) + wire(frame(1, "ignored"));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_run_of_messages_leaves_room_for_a_run_of_answers) {
    auto subject = server();
    std::string data;
    std::string answers;
    for (const std::size_t size :
         {0U, 1U, 5U, 64U, 125U, 126U, 300U, 65'535U, 65'536U, 70'001U, 3U}) {
        const std::string text(size, static_cast<char>('a' + size % 26));
        data += wire(frame(2, text));
        frame answer(2, text);
        answer.is_masked = false;
        answers += wire(answer);
    }
    std::vector<std::byte> memory(weir::as_bytes(data).begin(), weir::as_bytes(data).end());
    weir::mutable_bytes chunk(memory);
    std::size_t gap = 0;
    std::byte* end = memory.data();
    while (!chunk.empty()) {
        const ws::event next = subject.next(chunk, gap);
        BOOST_REQUIRE((next.kind() == ws::event_kind::message));
        const std::size_t head = ws::header_size(next.payload().size(), false);
        BOOST_REQUIRE(next.headroom() >= head);
        BOOST_REQUIRE((next.payload().data() - head == end));
        subject.write_header(next.type(), next.payload().size(), {end, head});
        end = next.payload().data() + next.payload().size();
        gap = static_cast<std::size_t>(chunk.data() - end);
    }
    const auto written = static_cast<std::size_t>(end - memory.data());
    BOOST_TEST((weir::as_text(weir::bytes(memory).first(written)) == answers));
}

BOOST_AUTO_TEST_CASE(a_whole_frame_is_handed_out_in_place_without_a_copy) {
    auto subject = server();
    std::string data = wire(frame(1, "hello")) + wire(frame(2, "x"));
    std::vector<std::byte> memory(weir::as_bytes(data).begin(), weir::as_bytes(data).end());
    weir::mutable_bytes chunk(memory);
    const ws::event first = subject.next(chunk);
    BOOST_TEST((first.kind() == ws::event_kind::message));
    BOOST_TEST((first.type() == ws::message_kind::text));
    BOOST_TEST(first.is_in_chunk());
    BOOST_TEST((first.payload().data() == memory.data() + 2));  // room for its answer's header
    BOOST_TEST(first.headroom() == 2);
    BOOST_TEST(weir::as_text(first.payload()) == "hello");
    BOOST_TEST(chunk.size() == 7U);
    BOOST_TEST(weir::as_text(subject.next(chunk).payload()) == "x");
    BOOST_TEST((subject.next(chunk).kind() == ws::event_kind::need_data));
    BOOST_TEST(chunk.empty());
    BOOST_TEST(!subject.is_mid_message());
}

BOOST_AUTO_TEST_CASE(a_script_of_everything_gives_its_events_in_order) {
    check_lines(
        served(mixed_script()),
        {"text:hello", std::string("binary:\0\xFF\x80", 10), "text:", "ping:ping", "ping:inside",
         "pong:", "text:Gr\xC3\xBC\xC3\x9F end", served(wire(frame(2, std::string(300, 'b'))))[0],
         "pong:pong", "close:1001:bye \xE2\x82\xAC"});
}

BOOST_AUTO_TEST_CASE(any_split_of_the_bytes_gives_the_same_events) {
    check_all_splits(mixed_script());
}

BOOST_AUTO_TEST_CASE(a_script_cut_off_anywhere_neither_fails_nor_hangs) {
    const std::string data = mixed_script();
    const lines whole = served(data);
    for (std::size_t size = 0; size <= data.size(); ++size) {
        const lines seen = served(data.substr(0, size));
        BOOST_REQUIRE(seen.size() <= whole.size());
        BOOST_REQUIRE(std::equal(seen.begin(), seen.end(), whole.begin()));
    }
}

BOOST_AUTO_TEST_CASE(a_broken_script_fails_alike_in_every_split) {
    check_all_splits(wire(frame(1, "ok")) + wire(frame(1, "\xC3")));
    check_all_splits(wire(frame(1, "a").unfinished()) + wire(frame(2, "b")));
    check_all_splits(wire(frame(9, "a").unfinished()) + wire(frame(2, "b")));
    check_all_splits(wire(frame(3, "abc")));
    check_all_splits(wire(frame(0, "abc")));
    check_all_splits(wire(frame(8, "x")));
    check_all_splits(wire(frame(8, close_payload(1005, "x"))));
    check_all_splits(wire(frame(8, close_payload(1000, "\xFF"))));
    check_all_splits(wire(frame(1, "\xE2\x82").unfinished()) + wire(frame(0, "\x82")));
    check_all_splits(wire(frame(2, std::string(40, 'x'))), ws::limits().max_message_bytes(39));
    check_all_splits(wire(frame(2, "x").with_reserved(4)));
}

BOOST_AUTO_TEST_CASE(large_messages_survive_random_splits_and_direct_receiving) {
    std::mt19937 random(20'240'501);
    const auto limits = ws::limits().max_message_bytes(2 << 20);
    const std::string data = wire(frame(1, some_text(300'000))) +
                             wire(frame(2, std::string(700'001, '\x90'))) + wire(frame(9, "p")) +
                             wire(frame(1, some_text(150'000)).unfinished()) +
                             wire(frame(0, some_text(200'000))) + wire(frame(1, "end"));
    const lines expected = served(data, limits);
    BOOST_REQUIRE(expected.size() == 5U);
    for (int round = 0; round < 20; ++round) {
        std::uniform_int_distribution<std::size_t> size(1, round % 2 == 0 ? 3'000 : 200'000);
        auto subject = server(limits);
        lines seen;
        std::string_view left = data;
        while (!left.empty()) {
            const std::size_t count = std::min(size(random), left.size());
            ws::script::feed(subject, left.substr(0, count), seen);
            left.remove_prefix(count);
        }
        BOOST_REQUIRE(seen == expected);
        auto direct = server(limits);
        BOOST_REQUIRE(feed_directly(direct, data, size(random)) == expected);
    }
}

BOOST_AUTO_TEST_CASE(direct_space_is_offered_only_for_large_missing_parts) {
    auto subject = server();
    BOOST_TEST(subject.direct_space().empty());
    const std::string data = wire(frame(2, std::string(200'000, 'x')));
    lines seen;
    ws::script::feed(subject, std::string_view(data).substr(0, 1000), seen);
    const auto space = subject.direct_space();
    BOOST_TEST(space.size() >= ws::session::min_direct_bytes / 2);
    ws::script::feed(subject, std::string_view(data).substr(1000, 190'000), seen);
    BOOST_TEST(subject.direct_space().empty());
    BOOST_TEST(subject.is_mid_message());
    ws::script::feed(subject, std::string_view(data).substr(191'000), seen);
    BOOST_TEST(seen.size() == 1U);
}

BOOST_AUTO_TEST_CASE(bad_text_received_directly_fails_before_the_frame_ends) {
    auto subject = server();
    const std::string data = wire(frame(1, std::string(200'000, '\xFF')));
    lines seen;
    ws::script::feed(subject, std::string_view(data).substr(0, 14), seen);
    BOOST_TEST(seen.empty());
    const auto space = subject.direct_space();
    std::copy_n(weir::as_bytes(data).begin() + 14, 10, space.begin());
    subject.direct_filled(10);
    ws::script::feed(subject, {}, seen);
    check_lines(seen, {failed(ws::protocol_errc::text_not_utf8)});
}

BOOST_AUTO_TEST_CASE(an_assembled_message_can_be_taken_and_outlives_the_next_call) {
    auto subject = server();
    std::string data = wire(frame(1, "hello world"));
    std::vector<std::byte> memory(weir::as_bytes(data).begin(), weir::as_bytes(data).end());
    weir::mutable_bytes front = weir::mutable_bytes(memory).first(9);
    weir::mutable_bytes back = weir::mutable_bytes(memory).subspan(9);
    BOOST_TEST((subject.next(front).kind() == ws::event_kind::need_data));
    const ws::event happened = subject.next(back);
    BOOST_REQUIRE((happened.kind() == ws::event_kind::message));
    BOOST_TEST(!happened.is_in_chunk());
    ws::message_buffer taken = subject.take_message();
    BOOST_TEST((subject.next(back).kind() == ws::event_kind::need_data));
    BOOST_TEST(weir::as_text(taken.view()) == "hello world");
    BOOST_TEST(subject.take_message().empty());
}

BOOST_AUTO_TEST_CASE(a_server_refuses_unmasked_frames_and_a_client_masked_ones) {
    check_lines(served(wire(frame(1, "x").unmasked())),
                {failed(ws::protocol_errc::unmasked_frame)});
    check_lines(served(wire(frame(9, "x").unmasked())),
                {failed(ws::protocol_errc::unmasked_frame)});
    auto subject = client();
    check_lines(feed_whole(subject, wire(frame(1, "x"))),
                {failed(ws::protocol_errc::masked_frame)});
    auto other = client();
    check_lines(
        feed_whole(other, wire(frame(1, "x").unmasked()) +
                              wire(frame(1, "y").unmasked().unfinished()) +
                              wire(frame(9, "p").unmasked()) + wire(frame(0, "z").unmasked())),
        {"text:x", "ping:p", "text:yz"});
}

BOOST_AUTO_TEST_CASE(reserved_bits_are_refused_on_every_kind_of_frame) {
    for (const unsigned bits : {1U, 2U, 4U, 7U}) {
        for (const unsigned code : {1U, 2U, 8U, 9U, 10U}) {
            check_lines(served(wire(frame(code, "").with_reserved(bits))),
                        {failed(ws::protocol_errc::reserved_bits)});
            check_lines(served(wire(frame(code, "abc").with_reserved(bits))),
                        {failed(ws::protocol_errc::reserved_bits)});
        }
        check_lines(
            served(wire(frame(1, "a").unfinished()) + wire(frame(0, "b").with_reserved(bits))),
            {failed(ws::protocol_errc::reserved_bits)});
    }
}

BOOST_AUTO_TEST_CASE(unknown_opcodes_are_refused) {
    for (const unsigned code : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
        for (const std::string& payload : {std::string(), std::string("abc")}) {
            check_lines(served(wire(frame(code, payload))),
                        {failed(ws::protocol_errc::unknown_opcode)});
            check_lines(served(wire(frame(1, "a").unfinished()) + wire(frame(code, payload))),
                        {failed(ws::protocol_errc::unknown_opcode)});
        }
    }
}

BOOST_AUTO_TEST_CASE(control_frames_are_refused_when_long_or_fragmented) {
    for (const unsigned code : {8U, 9U, 10U}) {
        check_lines(served(wire(frame(code, std::string(126, 'x')))),
                    {failed(ws::protocol_errc::control_frame_too_long)});
        check_lines(served(wire(frame(code, "").unfinished())),
                    {failed(ws::protocol_errc::fragmented_control_frame)});
        check_lines(served(wire(frame(1, "a").unfinished()) + wire(frame(code, "b").unfinished())),
                    {failed(ws::protocol_errc::fragmented_control_frame)});
    }
    BOOST_TEST(served(wire(frame(9, std::string(125, 'x')))).size() == 1U);
}

BOOST_AUTO_TEST_CASE(fragments_are_refused_out_of_order) {
    check_lines(served(wire(frame(0, "x"))),
                {failed(ws::protocol_errc::continuation_without_start)});
    check_lines(served(wire(frame(0, "").unfinished())),
                {failed(ws::protocol_errc::continuation_without_start)});
    check_lines(served(wire(frame(1, "x")) + wire(frame(0, "y"))),
                {"text:x", failed(ws::protocol_errc::continuation_without_start)});
    for (const unsigned code : {1U, 2U}) {
        check_lines(served(wire(frame(1, "x").unfinished()) + wire(frame(code, "y"))),
                    {failed(ws::protocol_errc::message_inside_message)});
        check_lines(served(wire(frame(1, "x").unfinished()) + wire(frame(0, "y")) +
                           wire(frame(2, "z").unfinished()) + wire(frame(code, ""))),
                    {"text:xy", failed(ws::protocol_errc::message_inside_message)});
    }
}

BOOST_AUTO_TEST_CASE(lengths_must_be_minimal_and_positive) {
    const std::string long_form{'\x82', '\xFE', '\x00', '\x05', 0, 0, 0, 0};
    check_lines(served(long_form), {failed(ws::protocol_errc::length_not_minimal)});
    const std::string negative{'\x82', '\xFF', '\x80', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    check_lines(served(negative), {failed(ws::protocol_errc::length_out_of_range)});
}

BOOST_AUTO_TEST_CASE(bad_text_fails_at_the_first_impossible_byte_of_an_unfinished_frame) {
    auto subject = server();
    const std::string data = wire(frame(1, "ab\xC0 and much more"));
    check_lines(feed_whole(subject, data.substr(0, 9)), {failed(ws::protocol_errc::text_not_utf8)});
    auto other = server();
    const std::string fragment = wire(frame(1, "ab\xC0 and much more").unfinished());
    check_lines(feed_whole(other, fragment.substr(0, 9)),
                {failed(ws::protocol_errc::text_not_utf8)});
}

BOOST_AUTO_TEST_CASE(a_character_may_be_split_over_fragments_but_not_over_messages) {
    check_lines(served(wire(frame(1, "\xE2").unfinished()) + wire(frame(9, "p")) +
                       wire(frame(0, "\x82").unfinished()) + wire(frame(0, "\xAC"))),
                {"ping:p", "text:\xE2\x82\xAC"});
    check_lines(served(wire(frame(1, "\xE2\x82").unfinished()) + wire(frame(0, ""))),
                {failed(ws::protocol_errc::text_not_utf8)});
    check_lines(served(wire(frame(1, "\xE2\x82"))), {failed(ws::protocol_errc::text_not_utf8)});
}

BOOST_AUTO_TEST_CASE(binary_messages_may_hold_anything) {
    std::string all;
    for (unsigned value = 0; value < 256; ++value) all += static_cast<char>(value);
    BOOST_TEST(served(wire(frame(2, all))).at(0).starts_with("binary:"));
    BOOST_TEST(served(wire(frame(2, all).unfinished()) + wire(frame(0, all))).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_message_over_its_limit_is_refused_at_the_header) {
    const auto limits = ws::limits().max_message_bytes(1000);
    BOOST_TEST(served(wire(frame(2, std::string(1000, 'x'))), limits).size() == 1U);
    const std::string over = wire(frame(2, std::string(1001, 'x'))).substr(0, 8);
    check_lines(served(over, limits), {failed(ws::protocol_errc::message_over_limit)});
    const std::string huge{'\x82', '\xFF', '\x7F', '\xFF', '\xFF', '\xFF', '\xFF',
                           '\xFF', '\xFF', '\xFF', 0,      0,      0,      0};
    check_lines(served(huge), {failed(ws::protocol_errc::message_over_limit)});
}

BOOST_AUTO_TEST_CASE(fragments_together_are_held_to_the_message_limit) {
    const auto limits = ws::limits().max_message_bytes(10);
    const std::string half = wire(frame(1, "12345").unfinished());
    check_lines(served(half + wire(frame(0, "67890")), limits), {"text:1234567890"});
    check_lines(served(half + wire(frame(0, "678901")).substr(0, 6), limits),
                {failed(ws::protocol_errc::message_over_limit)});
}

BOOST_AUTO_TEST_CASE(a_frame_limit_below_the_message_limit_is_named_as_such) {
    const auto limits = ws::limits().max_message_bytes(100).max_frame_bytes(10);
    check_lines(served(wire(frame(2, "12345678901")), limits),
                {failed(ws::protocol_errc::frame_over_limit)});
    check_lines(served(wire(frame(2, "1234567890").unfinished()) + wire(frame(0, "1")), limits),
                {"binary:12345678901"});
}

BOOST_AUTO_TEST_CASE(the_number_of_fragments_is_limited) {
    const auto limits = ws::limits().max_fragments(3);
    const std::string start = wire(frame(1, "a").unfinished()) + wire(frame(0, "").unfinished());
    check_lines(served(start + wire(frame(0, "c")), limits), {"text:ac"});
    check_lines(served(start + wire(frame(0, "").unfinished()) + wire(frame(0, "d")), limits),
                {failed(ws::protocol_errc::fragments_over_limit)});
}

BOOST_AUTO_TEST_CASE(a_message_of_65536_fragments_is_assembled_in_linear_time) {
    const auto limits = ws::limits().max_message_bytes(16 << 20).max_fragments(65'536);
    const std::string part(256, 'p');
    std::string data = wire(frame(2, part).unfinished());
    const std::string middle = wire(frame(0, part).unfinished());
    for (int i = 0; i < 65'534; ++i) data += middle;
    data += wire(frame(0, part));
    auto subject = server(limits);
    const auto before = std::chrono::steady_clock::now();
    const lines seen = feed_in_pieces(subject, data, 65'536);
    const auto took = std::chrono::steady_clock::now() - before;
    BOOST_REQUIRE(seen.size() == 1U);
    BOOST_TEST(seen[0].starts_with("binary:16777216#"));
    // Quadratic copying would take minutes.
    BOOST_TEST((took < std::chrono::seconds(10)));
}

BOOST_AUTO_TEST_CASE(only_the_newest_ping_is_answered_beyond_the_pong_limit) {
    const auto limits = ws::limits().max_pending_pongs(2);
    auto subject = server(limits);
    check_lines(
        feed_whole(subject, wire(frame(9, "1")) + wire(frame(9, "2")) + wire(frame(9, "3")) +
                                wire(frame(9, "4")) + wire(frame(1, "x"))),
        {"ping:1", "ping:2", "text:x"});
    BOOST_TEST(subject.pongs_flushed());
    check_lines(feed_whole(subject, {}), {"ping:4"});
    BOOST_TEST(!subject.pongs_flushed());
    check_lines(feed_whole(subject, wire(frame(9, "5"))), {"ping:5"});
}

BOOST_AUTO_TEST_CASE(a_session_moves_in_the_middle_of_a_message) {
    auto first = server();
    lines seen;
    const std::string data = wire(frame(1, "a").unfinished()) + wire(frame(0, "bc"));
    ws::script::feed(first, std::string_view(data).substr(0, 14), seen);
    ws::session second = std::move(first);
    BOOST_TEST(second.is_mid_message());
    ws::script::feed(second, std::string_view(data).substr(14), seen);
    check_lines(seen, {"text:abc"});
    BOOST_TEST(!second.is_mid_message());
}

BOOST_AUTO_TEST_SUITE_END()
