// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/session.hpp>

#include <boost/test/unit_test.hpp>

#include "session_script.hpp"

namespace ws = weir::ws;
using ws::script::check_all_splits;
using ws::script::check_lines;
using ws::script::client;
using ws::script::close_payload;
using ws::script::failed;
using ws::script::feed_in_pieces;
using ws::script::feed_whole;
using ws::script::frame;
using ws::script::lines;
using ws::script::served;
using ws::script::server;
using ws::script::wire;

BOOST_AUTO_TEST_SUITE(session_close_test)

BOOST_AUTO_TEST_CASE(every_close_code_from_0_to_5000_is_accepted_or_refused_by_the_registry) {
    for (unsigned code = 0; code <= 5000; ++code) {
        const lines seen = served(wire(frame(8, close_payload(code, "why"))));
        const bool is_valid = ws::is_valid_on_wire(static_cast<ws::close_code>(code));
        const std::string expected = is_valid ? "close:" + std::to_string(code) + ":why"
                                              : failed(ws::protocol_errc::close_code_not_allowed);
        BOOST_REQUIRE_EQUAL(seen.size(), 1U);
        BOOST_REQUIRE_EQUAL(seen[0], expected);
    }
}

BOOST_AUTO_TEST_CASE(an_empty_close_has_no_status) {
    check_lines(served(wire(frame(8, ""))), {"close:1005:"});
}

BOOST_AUTO_TEST_CASE(close_with_one_byte_payload_is_a_protocol_error) {
    check_lines(served(wire(frame(8, "x"))),
                {failed(ws::protocol_errc::close_payload_of_one_byte)});
}

BOOST_AUTO_TEST_CASE(a_close_reason_must_be_utf8_in_every_split) {
    const std::string good = wire(frame(8, close_payload(1000, "\xE2\x82\xAC\xC3\xA9")));
    const std::string bad = wire(frame(8, close_payload(1000, "ab\xC3(")));
    check_all_splits(good);
    check_all_splits(bad);
    check_lines(served(good), {"close:1000:\xE2\x82\xAC\xC3\xA9"});
    check_lines(served(bad), {failed(ws::protocol_errc::close_reason_not_utf8)});
    check_lines(served(wire(frame(8, close_payload(1000, "\xE2\x82")))),
                {failed(ws::protocol_errc::close_reason_not_utf8)});
}

BOOST_AUTO_TEST_CASE(after_the_peers_close_nothing_more_is_delivered) {
    auto subject = server();
    check_lines(feed_whole(subject, wire(frame(8, close_payload(1000))) + wire(frame(1, "late"))),
                {"close:1000:"});
    BOOST_TEST((subject.state() == ws::session_state::close_received));
    check_lines(feed_whole(subject, wire(frame(1, "later"))), {});
    BOOST_TEST(subject.close(ws::close_code::normal).has_value());
    BOOST_TEST((subject.state() == ws::session_state::closed));
    check_lines(feed_whole(subject, wire(frame(8, ""))), {});
}

BOOST_AUTO_TEST_CASE(after_our_close_messages_still_arrive_but_pings_go_unanswered) {
    auto subject = server();
    BOOST_TEST(subject.close(ws::close_code::going_away, "restart").has_value());
    BOOST_TEST((subject.state() == ws::session_state::closing));
    BOOST_TEST(!subject.may_send());
    check_lines(feed_whole(subject, wire(frame(1, "still")) + wire(frame(9, "p")) +
                                        wire(frame(8, close_payload(1001)))),
                {"text:still", "close:1001:"});
    BOOST_TEST((subject.state() == ws::session_state::closed));
}

BOOST_AUTO_TEST_CASE(a_second_close_is_refused) {
    auto subject = server();
    BOOST_TEST(subject.close(ws::close_code::normal).has_value());
    const auto again = subject.close(ws::close_code::normal);
    BOOST_REQUIRE(!again);
    BOOST_TEST((again.error() == ws::protocol_errc::already_closing));
}

BOOST_AUTO_TEST_CASE(after_a_failure_input_is_ignored_and_one_close_may_be_sent) {
    auto subject = server();
    check_lines(feed_whole(subject, wire(frame(3, "")) + wire(frame(1, "x"))),
                {failed(ws::protocol_errc::unknown_opcode)});
    BOOST_TEST((subject.state() == ws::session_state::failed));
    check_lines(feed_whole(subject, wire(frame(1, "y"))), {});
    BOOST_TEST(!subject.may_send());
    BOOST_TEST(subject.close(ws::close_code::protocol_error).has_value());
    BOOST_TEST((subject.state() == ws::session_state::failed_closed));
    BOOST_TEST(!subject.close(ws::close_code::protocol_error).has_value());
}

BOOST_AUTO_TEST_CASE(a_failure_while_closing_sends_no_second_close) {
    auto subject = server();
    BOOST_TEST(subject.close(ws::close_code::normal).has_value());
    check_lines(feed_whole(subject, wire(frame(3, ""))),
                {failed(ws::protocol_errc::unknown_opcode)});
    BOOST_TEST((subject.state() == ws::session_state::failed_closed));
}

BOOST_AUTO_TEST_CASE(a_close_frame_is_encoded_with_code_and_reason) {
    auto subject = server();
    const auto sent = subject.close(ws::close_code::normal, "bye");
    BOOST_REQUIRE(sent);
    BOOST_TEST(weir::as_text(sent->view()) ==
               "\x88\x05\x03\xE8"
               "bye");
    auto other = server();
    const auto empty = other.close(ws::close_code::no_status, "dropped");
    BOOST_REQUIRE(empty);
    BOOST_TEST(weir::as_text(empty->view()) == std::string_view("\x88\x00", 2));
}

BOOST_AUTO_TEST_CASE(a_long_reason_is_cut_between_characters) {
    auto subject = server();
    std::string reason(122, 'r');
    reason += "\xE2\x82\xAC";
    const auto sent = subject.close(ws::close_code::normal, reason);
    BOOST_REQUIRE(sent);
    BOOST_TEST(sent->view().size() == 2U + 2U + 122U);
}

BOOST_AUTO_TEST_CASE(codes_and_reasons_that_may_not_be_sent_are_refused_and_change_nothing) {
    auto subject = server();
    BOOST_TEST((subject.close(ws::close_code::abnormal).error() ==
                ws::protocol_errc::close_code_not_allowed));
    BOOST_TEST((subject.close(ws::close_code::normal, "\xFF").error() ==
                ws::protocol_errc::close_reason_not_utf8));
    BOOST_TEST((subject.state() == ws::session_state::open));
}

BOOST_AUTO_TEST_CASE(what_a_client_encodes_a_server_decodes) {
    auto from = client();
    auto to = server();
    std::string text = "hello";
    const auto header = from.encode_message(ws::message_kind::text, text.size());
    BOOST_REQUIRE(header.key().has_value());
    std::string sent(weir::as_text(header.view()));
    std::vector<std::byte> masked(text.size());
    ws::copy_masked(masked.data(), weir::as_bytes(text), *header.key());
    sent += weir::as_text(masked);
    sent += weir::as_text(from.encode_ping(weir::as_bytes("ping")).view());
    sent += weir::as_text(from.encode_pong(weir::as_bytes("pong")).view());
    sent += weir::as_text(from.encode_fragment(ws::opcode::binary, false, 0).view());
    sent += weir::as_text(from.encode_fragment(ws::opcode::continuation, true, 0).view());
    sent += weir::as_text(from.close(ws::close_code::normal, "done")->view());
    check_lines(feed_whole(to, sent),
                {"text:hello", "ping:ping", "pong:pong", "binary:", "close:1000:done"});
}

BOOST_AUTO_TEST_CASE(what_a_server_encodes_a_client_decodes) {
    auto from = server();
    auto to = client();
    const auto header = from.encode_message(ws::message_kind::binary, 70'000);
    BOOST_TEST(header.view().size() == 10U);
    BOOST_TEST(!header.key().has_value());
    std::string sent(weir::as_text(header.view()));
    sent += std::string(70'000, 'x');
    sent += weir::as_text(from.encode_ping({}).view());
    const lines seen = feed_in_pieces(to, sent, 10'000);
    BOOST_REQUIRE(seen.size() == 2U);
    BOOST_TEST(seen[0].starts_with("binary:70000#"));
    BOOST_TEST(seen[1] == "ping:");
}

BOOST_AUTO_TEST_CASE(a_client_masks_every_frame_with_another_key) {
    auto subject = client();
    const auto first = subject.encode_message(ws::message_kind::text, 1);
    const auto second = subject.encode_message(ws::message_kind::text, 1);
    BOOST_TEST((first.key() != second.key()));
}

BOOST_AUTO_TEST_CASE(a_held_ping_is_forgotten_once_our_close_is_sent) {
    const auto limits = ws::limits().max_pending_pongs(1);
    auto subject = server(limits);
    check_lines(feed_whole(subject, wire(frame(9, "1")) + wire(frame(9, "2"))), {"ping:1"});
    BOOST_TEST(subject.close(ws::close_code::normal).has_value());
    BOOST_TEST(!subject.pongs_flushed());
    check_lines(feed_whole(subject, {}), {});
}

BOOST_AUTO_TEST_SUITE_END()
