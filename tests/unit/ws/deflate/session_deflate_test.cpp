// SPDX-License-Identifier: Apache-2.0
// Compressed messages as a session sees them: RFC 7692 6 and 7.2, in every split.
#include "../protocol/session_script.hpp"
#include "deflate_script.hpp"

#include <weir/base/random.hpp>
#include <weir/ws/protocol/session.hpp>

#include <boost/test/unit_test.hpp>

namespace ws = weir::ws;
using ws::script::check_lines;
using ws::script::compressed;
using ws::script::default_limits;
using ws::script::deflate_bits;
using ws::script::deflating;
using ws::script::each_by_itself;
using ws::script::failed;
using ws::script::feed_directly;
using ws::script::feed_in_pieces;
using ws::script::feed_whole;
using ws::script::frame;
using ws::script::keeping_context;
using ws::script::lines;
using ws::script::wire;

BOOST_AUTO_TEST_SUITE(session_deflate_test)

namespace {

/// Checks that a server sees `expected`, whatever the bytes are cut into.
void check(const std::string& data, const lines& expected,
           ws::deflate_parameters agreed = each_by_itself,
           const ws::limits& limits = default_limits) {
    for (std::size_t cut = 0; cut <= data.size(); ++cut) {
        auto subject = deflating(ws::role::server, agreed, limits);
        lines seen;
        ws::script::feed(subject, std::string_view(data).substr(0, cut), seen);
        ws::script::feed(subject, std::string_view(data).substr(cut), seen);
        if (seen != expected) {
            BOOST_TEST_MESSAGE("split at " << cut);
            return check_lines(seen, expected);
        }
    }
    for (const unsigned piece : {1U, 2U, 3U, 5U}) {
        auto subject = deflating(ws::role::server, agreed, limits);
        check_lines(feed_in_pieces(subject, data, piece), expected);
        auto direct = deflating(ws::role::server, agreed, limits);
        check_lines(feed_directly(direct, data, piece), expected);
    }
}

std::string repetitive(std::size_t size) {
    std::string text;
    for (unsigned i = 0; text.size() < size; ++i) {
        text += "{\"id\":" + std::to_string(i * i) + ",\"name\":\"\xC3\xA4pfel\"},";
    }
    text.resize(size, '.');
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80U) != 0) {
        text.pop_back();
    }
    return text;
}

}  // namespace

// ---- the situations of RFC 7692 7.2.3, with bytes of our own

BOOST_AUTO_TEST_CASE(a_message_of_one_block) {
    check(wire(compressed(deflate_bits().text("weir").message())), {"text:weir"});
}

BOOST_AUTO_TEST_CASE(a_message_in_fragments_of_which_only_the_first_has_the_bit) {
    const std::string payload = deflate_bits().text("fragments of it").message();
    for (std::size_t cut = 0; cut <= payload.size(); ++cut) {
        check(wire(compressed(payload.substr(0, cut)).unfinished()) +
                  wire(frame(0, payload.substr(cut))),
              {"text:fragments of it"});
    }
}

BOOST_AUTO_TEST_CASE(a_message_that_refers_to_the_one_before) {
    const std::string data = wire(compressed(deflate_bits().text("weir").message())) +
                             wire(compressed(deflate_bits().copy(8, 4).message())) +
                             wire(frame(1, "plain")) +
                             wire(compressed(deflate_bits().copy(4, 4).message()));
    check(data, {"text:weir", "text:weirweir", "text:plain", "text:weir"}, keeping_context);
    // Who keeps no context has nothing to refer to.
    check(data, {"text:weir", failed(ws::protocol_errc::compressed_data_malformed)});
}

BOOST_AUTO_TEST_CASE(a_block_that_is_not_compressed) {
    check(wire(compressed(deflate_bits().stored("as it is").message())), {"text:as it is"});
}

BOOST_AUTO_TEST_CASE(a_final_block_does_not_end_what_may_follow) {
    const std::string first = deflate_bits().text("one", true).as_it_is();
    const std::string rest = deflate_bits().message();
    for (const auto agreed : {each_by_itself, keeping_context}) {
        check(wire(compressed(first + rest)), {"text:one"}, agreed);
        check(
            wire(compressed(first + rest)) + wire(compressed(deflate_bits().text("two").message())),
            {"text:one", "text:two"}, agreed);
        check(wire(compressed(first + deflate_bits().text("two").message())), {"text:onetwo"},
              agreed);
        check(wire(compressed(first + first + first + rest)), {"text:oneoneone"}, agreed);
    }
    // It ends what may be referred to.
    check(wire(compressed(first + deflate_bits().copy(3, 3).message())),
          {failed(ws::protocol_errc::compressed_data_malformed)}, keeping_context);
}

BOOST_AUTO_TEST_CASE(a_message_of_two_blocks) {
    check(wire(compressed(deflate_bits().text("we").text("ir").message())), {"text:weir"});
    check(wire(compressed(deflate_bits().text("we").stored("i").copy(3, 3).message())),
          {"text:weiwei"});
}

BOOST_AUTO_TEST_CASE(an_empty_message_is_one_zero_byte) {
    check(wire(compressed(deflate_bits().message())), {"text:"});
    check(wire(compressed(deflate_bits().message()).unfinished()) + wire(frame(0, "")), {"text:"});
    check(wire(compressed("").unfinished()) + wire(frame(0, deflate_bits().message())), {"text:"});
    check(wire(compressed(deflate_bits().text("").message())), {"text:"});
}

// ---- the bit, and where it may stand

BOOST_AUTO_TEST_CASE(the_bit_without_an_agreement_is_a_broken_rule) {
    const std::string payload = deflate_bits().text("weir").message();
    ws::session subject(ws::role::server, default_limits);
    check_lines(feed_whole(subject, wire(compressed(payload))),
                {failed(ws::protocol_errc::reserved_bits)});
}

BOOST_AUTO_TEST_CASE(the_bit_is_allowed_on_the_first_frame_of_a_data_message_only) {
    const std::string payload = deflate_bits().text("weir").message();
    const lines broken{failed(ws::protocol_errc::reserved_bits)};
    check(wire(compressed(payload.substr(0, 2)).unfinished()) +
              wire(frame(0, payload.substr(2)).with_reserved(4)),
          broken);
    check(wire(frame(1, "a").unfinished()) + wire(frame(0, "b").with_reserved(4)), broken);
    check(wire(compressed("").unfinished()) + wire(compressed(payload)), broken);
    for (const unsigned code : {8U, 9U, 10U}) {
        check(wire(frame(code, "").with_reserved(4)), broken);
        check(wire(compressed(payload).unfinished()) + wire(frame(code, "").with_reserved(4)),
              broken);
    }
    check(wire(frame(0, payload).with_reserved(4)), broken);
    check(wire(frame(3, payload).with_reserved(4)), broken);
    for (const unsigned bits : {1U, 2U, 3U, 5U, 6U, 7U}) {
        check(wire(frame(1, payload).with_reserved(bits)), broken);
    }
}

BOOST_AUTO_TEST_CASE(other_rules_hold_inside_of_a_compressed_message) {
    const std::string payload = deflate_bits().text("weir").message();
    const std::string begun = wire(compressed(payload.substr(0, 3)).unfinished());
    check(begun + wire(frame(9, "alive")) + wire(frame(10, "")) + wire(frame(0, payload.substr(3))),
          {"ping:alive", "pong:", "text:weir"});
    check(begun + wire(frame(1, "other")), {failed(ws::protocol_errc::message_inside_message)});
    check(begun + wire(frame(8, ws::script::close_payload(1000))), {"close:1000:"});
}

BOOST_AUTO_TEST_CASE(a_client_reads_what_a_server_compresses) {
    auto subject = deflating(ws::role::client, each_by_itself, default_limits);
    check_lines(
        feed_whole(subject, wire(compressed(deflate_bits().text("weir").message()).unmasked())),
        {"text:weir"});
}

// ---- bytes that are no message

BOOST_AUTO_TEST_CASE(what_is_not_deflate_is_refused_with_1007) {
    const lines broken{failed(ws::protocol_errc::compressed_data_malformed)};
    BOOST_TEST(broken[0].starts_with("failed:1007:"));
    check(wire(compressed("\x07")), broken);                  // block type 3
    check(wire(compressed("\x01\x01\x00\x01\x00")), broken);  // a length that is not complemented
    check(wire(compressed(deflate_bits().copy(3, 1).message())), broken);  // nothing to refer to
}

BOOST_AUTO_TEST_CASE(a_message_that_was_cut_off_is_refused) {
    // From here on the tail is taken for literals, or the block's end never comes.
    const std::string payload = deflate_bits().text("a longer text").message();
    for (const std::size_t size : {std::size_t{1}, std::size_t{3}, payload.size() - 3}) {
        auto subject = deflating(ws::role::server, each_by_itself, default_limits);
        const lines seen = feed_whole(subject, wire(compressed(payload.substr(0, size))));
        BOOST_TEST(seen.size() == 1U);
        BOOST_TEST(seen[0].starts_with("failed:1007:"), seen[0]);
    }
}

BOOST_AUTO_TEST_CASE(a_fragmented_message_may_end_behind_a_whole_block) {
    const std::string flushed = deflate_bits().text("weir").stored("").as_it_is();
    check(wire(compressed(flushed).unfinished()) + wire(frame(0, "")) +
              wire(compressed(deflate_bits().text("next").message())),
          {"text:weir", "text:next"}, keeping_context);
}

BOOST_AUTO_TEST_CASE(text_must_be_utf8_once_it_is_inflated) {
    const auto text = [](std::string_view raw) {
        return wire(compressed(deflate_bits().stored(raw).message()));
    };
    const lines broken{failed(ws::protocol_errc::text_not_utf8)};
    check(text("Gr\xC3\xBC\xC3\x9F"), {"text:Gr\xC3\xBC\xC3\x9F"});
    check(text("\xC3"), broken);
    check(text("a\xFFz"), broken);
    check(wire(compressed(deflate_bits().stored("\xC3").as_it_is()).unfinished()) +
              wire(frame(0, deflate_bits().stored("\xBC").message())),
          {"text:\xC3\xBC"});
    frame binary(2, deflate_bits().stored("\xFF").message());
    check(wire(binary.with_reserved(4)), {"binary:\xFF"});
}

BOOST_AUTO_TEST_CASE(bad_text_ends_a_message_before_its_last_byte_is_there) {
    auto subject = deflating(ws::role::server, each_by_itself, default_limits);
    const std::string bad = deflate_bits().stored("\xFF").as_it_is();
    check_lines(feed_whole(subject, wire(compressed(bad).unfinished())),
                {failed(ws::protocol_errc::text_not_utf8)});
}

BOOST_AUTO_TEST_CASE(of_several_faults_the_first_is_told_in_any_split) {
    const std::string bad_text = deflate_bits().stored("\xFF").as_it_is();
    const std::string no_deflate = "\x07";
    check(wire(compressed(bad_text + no_deflate)), {failed(ws::protocol_errc::text_not_utf8)});
    check(wire(compressed(bad_text + std::string(30, 'x'))),
          {failed(ws::protocol_errc::text_not_utf8)}, each_by_itself,
          ws::limits().max_message_bytes(25));
}

// ---- bombs

BOOST_AUTO_TEST_CASE(a_bomb_is_stopped_by_its_ratio_long_before_its_end) {
    const std::string data = wire(compressed(ws::script::bomb(256)));
    BOOST_TEST(data.size() < 300'000U);
    const auto endless = ws::limits().max_message_bytes(std::size_t{1} << 30U);
    auto subject = deflating(ws::role::server, each_by_itself, endless);
    std::size_t fed = 0;
    lines seen;
    while (seen.empty() && fed < data.size()) {
        ws::script::feed(subject, std::string_view(data).substr(fed, 16), seen);
        fed += 16;
    }
    check_lines(seen, {failed(ws::protocol_errc::inflate_ratio_over_limit)});
    BOOST_TEST(seen[0].starts_with("failed:1009:"));
    BOOST_TEST(fed < 1024U, "stopped after " << fed << " bytes");
    auto at_once = deflating(ws::role::server, each_by_itself, endless);
    check_lines(feed_whole(at_once, data), seen);
}

BOOST_AUTO_TEST_CASE(a_ratio_is_judged_alike_in_any_split) {
    static const auto limits = ws::limits().max_message_bytes(10'000'000);
    const std::string zeros = ws::script::bomb(1) + std::string("\0\0\xFF\xFF", 4);
    const std::string honest(9'000, 'h');
    for (const std::size_t size : {0U, 1'000U, 9'000U}) {
        const std::string stored = deflate_bits().stored(honest.substr(0, size)).as_it_is();
        for (const std::string& payload : {stored + zeros, zeros + stored}) {
            const std::string data = wire(compressed(payload));
            auto whole = deflating(ws::role::server, each_by_itself, limits);
            const lines expected = feed_whole(whole, data);
            for (const std::size_t piece : {1U, 7U, 100U, 4096U}) {
                auto pieces = deflating(ws::role::server, each_by_itself, limits);
                check_lines(feed_in_pieces(pieces, data, piece), expected);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_bomb_is_stopped_by_the_message_limit_where_ratios_are_not_limited) {
    const std::string data = wire(compressed(ws::script::bomb(64)));
    const auto limits = ws::limits().max_message_bytes(1'000'000).max_inflate_ratio(2000);
    auto subject = deflating(ws::role::server, each_by_itself, limits);
    check_lines(feed_whole(subject, data), {failed(ws::protocol_errc::message_over_limit)});
}

BOOST_AUTO_TEST_CASE(a_message_may_reach_its_limit_and_not_pass_it) {
    const auto limits = ws::limits().max_message_bytes(5000).max_inflate_ratio(2000);
    for (const std::size_t size : {4999U, 5000U, 5001U}) {
        auto sender = deflating(ws::role::client, each_by_itself, default_limits);
        const std::string data =
            ws::script::sent_by(sender, ws::message_kind::text, std::string(size, 'x'));
        auto subject = deflating(ws::role::server, each_by_itself, limits);
        const lines seen = feed_whole(subject, data);
        BOOST_REQUIRE(seen.size() == 1U);
        BOOST_TEST(seen[0].starts_with("text:") == (size <= 5000));
        if (size > 5000) {
            BOOST_TEST(seen[0] == failed(ws::protocol_errc::message_over_limit));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_message_within_its_limit_may_be_longer_on_the_wire) {
    const auto limits = ws::limits().max_message_bytes(20);
    const std::string text(20, 'x');
    check(wire(compressed(deflate_bits().stored(text).message())), {"text:" + text}, each_by_itself,
          limits);
    check(wire(compressed(deflate_bits().stored(text).as_it_is()).unfinished()) +
              wire(frame(0, deflate_bits().stored("").message())),
          {"text:" + text}, each_by_itself, limits);
}

BOOST_AUTO_TEST_CASE(a_message_that_inflates_to_nothing_does_not_go_on_for_ever) {
    const auto limits = ws::limits().max_message_bytes(1000);
    std::string nothing;
    for (int i = 0; i < 100; ++i) nothing += deflate_bits().stored("").as_it_is();
    std::string data = wire(compressed(nothing).unfinished());
    for (int i = 0; i < 3; ++i) data += wire(frame(0, nothing).unfinished());
    auto subject = deflating(ws::role::server, each_by_itself, limits);
    check_lines(feed_whole(subject, data), {failed(ws::protocol_errc::message_over_limit)});
}

BOOST_AUTO_TEST_CASE(a_limit_of_frames_is_one_of_the_wire) {
    const auto limits = ws::limits().max_frame_bytes(10);
    check(wire(compressed(deflate_bits().stored("more than ten").message())),
          {failed(ws::protocol_errc::frame_over_limit)}, each_by_itself, limits);
}

// ---- sending

BOOST_AUTO_TEST_CASE(what_one_side_compresses_the_other_reads) {
    weir::random random(7);
    for (const auto agreed :
         {each_by_itself, keeping_context, ws::deflate_parameters(9, 9),
          ws::deflate_parameters(9, 9).keep_send_context().keep_receive_context(),
          ws::deflate_parameters(12, 12).keep_send_context().keep_receive_context()}) {
        static const auto limits = ws::limits().max_inflate_ratio(2000);
        auto server = deflating(ws::role::server, agreed, limits);
        auto client = deflating(ws::role::client, agreed, limits);
        std::string data;
        lines expected;
        for (int i = 0; i < 60; ++i) {
            std::string text = repetitive(random.below(5000));
            if (i % 7 == 0) {  // what does not shrink goes as it is
                for (char& c : text) c = static_cast<char>(random.below(128));
            }
            if (i == 30) text = repetitive(300'000);
            data += ws::script::sent_by(client, ws::message_kind::text, text);
            ws::session plain(ws::role::server, limits);
            expected.push_back(feed_whole(plain, wire(frame(1, text)))[0]);
        }
        check_lines(feed_in_pieces(server, data, 4096), expected);
    }
}

BOOST_AUTO_TEST_CASE(kept_context_makes_similar_messages_tiny) {
    const std::string text = R"({"type":"tick","symbol":"WEIR","price":101.25,"volume":17})";
    auto keeping = deflating(ws::role::server, keeping_context, default_limits);
    auto forgetting = deflating(ws::role::server, each_by_itself, default_limits);
    const auto first = keeping.compress(weir::as_bytes(text), 6).size();
    const auto second = keeping.compress(weir::as_bytes(text), 6).size();
    BOOST_TEST(second < first / 3);
    BOOST_TEST(forgetting.compress(weir::as_bytes(text), 6).size() == first);
    BOOST_TEST(forgetting.compress(weir::as_bytes(text), 6).size() == first);
}

BOOST_AUTO_TEST_CASE(context_survives_messages_that_others_compressed) {
    const std::string text = repetitive(3000);
    auto keeping = deflating(ws::role::client, keeping_context, default_limits);
    auto other = deflating(ws::role::client, each_by_itself, default_limits);
    std::string data = ws::script::sent_by(keeping, ws::message_kind::text, text);
    data += ws::script::sent_by(other, ws::message_kind::text, repetitive(40'000));
    keeping.forget_sent();
    data += ws::script::sent_by(keeping, ws::message_kind::text, text);
    data += ws::script::sent_by(keeping, ws::message_kind::text, text);
    auto server = deflating(ws::role::server, keeping_context, default_limits);
    const lines seen = feed_whole(server, data);
    BOOST_REQUIRE(seen.size() == 4U);
    BOOST_TEST(seen[2] == seen[0]);
    BOOST_TEST(seen[3] == seen[0]);
}

BOOST_AUTO_TEST_CASE(nothing_that_does_not_shrink_is_compressed) {
    auto subject = deflating(ws::role::server, each_by_itself, default_limits);
    BOOST_TEST(subject.compress({}, 6).empty());
    BOOST_TEST(subject.compress(weir::as_bytes(std::string_view("a")), 6).empty());
    weir::random random(3);
    std::string noise(100'000, ' ');
    for (char& c : noise) c = static_cast<char>(random.below(256));
    BOOST_TEST(subject.compress(weir::as_bytes(noise), 9).empty());
    BOOST_TEST(!subject.compress(weir::as_bytes(std::string(1000, 'a')), 1).empty());
}

// ---- memory

BOOST_AUTO_TEST_CASE(without_room_a_message_waits_for_its_last_byte) {
    auto& pool = ws::coder_pool::of_this_thread();
    const std::size_t usual = pool.max_bytes();
    pool.set_max_bytes(0);  // what is shared only
    std::vector<ws::coder_pool::lent_inflater> taken;
    for (auto lent = pool.lend(); lent != nullptr; lent = pool.lend()) {
        taken.push_back(std::move(lent));
    }
    const auto before = pool.deferred();
    const std::string payload = deflate_bits().text("patience").message();
    check(wire(compressed(payload)) + wire(compressed(payload.substr(0, 3)).unfinished()) +
              wire(frame(0, payload.substr(3))),
          {"text:patience", "text:patience"});
    BOOST_TEST(pool.deferred() > before);
    const auto limits = ws::limits().max_message_bytes(7);
    auto subject = deflating(ws::role::server, each_by_itself, limits);
    check_lines(feed_whole(subject, wire(compressed(payload))),
                {failed(ws::protocol_errc::message_over_limit)});
    taken.clear();
    pool.set_max_bytes(usual);
}

BOOST_AUTO_TEST_CASE(ten_thousand_sessions_in_the_midst_of_a_message_stay_in_the_budget) {
    auto& pool = ws::coder_pool::of_this_thread();
    const std::string begun =
        wire(compressed(deflate_bits().stored("begun").as_it_is()).unfinished());
    std::vector<ws::session> sessions;
    for (int i = 0; i < 10'000; ++i) {
        sessions.push_back(deflating(ws::role::server, each_by_itself, default_limits));
        BOOST_REQUIRE(feed_whole(sessions.back(), begun).empty());
        BOOST_REQUIRE(pool.held_bytes() <= pool.max_bytes());
    }
    const std::string end = wire(frame(0, deflate_bits().text(" ended").message()));
    for (auto& one : sessions) check_lines(feed_whole(one, end), {"text:begun ended"});
    sessions.clear();
    BOOST_TEST(pool.held_bytes() <= ws::coder_pool::shared_bytes());
}

BOOST_AUTO_TEST_CASE(a_session_that_keeps_no_context_keeps_nothing) {
    auto& pool = ws::coder_pool::of_this_thread();
    auto subject = deflating(ws::role::server, each_by_itself, default_limits);
    feed_whole(subject, wire(compressed(deflate_bits().text("weir").message())));
    static_cast<void>(subject.compress(weir::as_bytes(repetitive(2000)), 6));
    BOOST_TEST(!subject.is_mid_message());
    BOOST_TEST(pool.held_bytes() <= ws::coder_pool::shared_bytes());
    BOOST_TEST(sizeof(ws::session) == 32U);
}

BOOST_AUTO_TEST_SUITE_END()
