// SPDX-License-Identifier: Apache-2.0
#include <weir/http/events/event_stream_parser.hpp>

#include <weir/base/random.hpp>
#include <weir/http/message/error.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace std::string_literals;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(event_stream_parser_test)

namespace {

using namespace std::chrono_literals;
constexpr std::uint64_t seed = 92;

/// Each event as "type#id:data"; in the end an error, if there was one.
std::string events(std::string_view text, std::size_t piece, http::event_stream_parser& parser) {
    std::string seen;
    while (!text.empty()) {
        weir::bytes data = weir::as_bytes(text.substr(0, piece));
        const std::size_t before = data.size();
        const auto action = parser.feed(data);
        if (!action) return seen + "!" + action.error().message();
        text.remove_prefix(before - data.size());
        if (*action == http::event_action::need_data) continue;
        const http::server_event event = parser.take();
        seen += event.type() + "#" + event.id().value_or("-") + ":" + event.data() + "|";
    }
    return seen;
}

void check(std::string_view text, std::string_view expected) {
    for (std::size_t piece = 1; piece <= std::max<std::size_t>(text.size(), 1); ++piece) {
        http::event_stream_parser parser;
        BOOST_TEST(events(text, piece, parser) == expected, "in pieces of " << piece);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_event_is_what_stands_before_an_empty_line) {
    check("data: a\n\ndata: b\n\n", "message#:a|message#:b|");
    check("event: tick\nid: 7\ndata: 12\n\n", "tick#7:12|");
    check("data: lost", "");
    check("data: lost\n", "");
}

BOOST_AUTO_TEST_CASE(lines_of_data_are_joined) {
    check("data: YHOO\ndata: +2\ndata: 10\n\n", "message#:YHOO\n+2\n10|");
}

BOOST_AUTO_TEST_CASE(events_without_data_are_dropped_and_empty_data_is_data) {
    check("data\n\ndata\ndata\n\ndata:", "message#:|message#:\n|");
    check("event: x\n\ndata: a\n\n", "message#:a|");
    check("\n\n\n", "");
}

BOOST_AUTO_TEST_CASE(one_space_after_the_colon_is_no_data) {
    check("data:test\n\ndata: test\n\ndata:  test\n\n",
          "message#:test|message#:test|message#: test|");
}

BOOST_AUTO_TEST_CASE(comments_and_unknown_fields_are_passed_over) {
    check(": nothing\ndata: a\n:\nDATA: b\ndata : c\nx: y\nz\n\n", "message#:a|");
}

BOOST_AUTO_TEST_CASE(a_line_may_end_in_any_of_three_ways) {
    check("data: a\r\ndata: b\rdata: c\n\r\n", "message#:a\nb\nc|");
    check("data: a\r\rdata: b\r\n\r\ndata: c\n\n", "message#:a|message#:b|message#:c|");
    check("data: a\n\rdata: b\n\n", "message#:a|message#:b|");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_counts_at_the_very_beginning_only) {
    check(
        "\xEF\xBB\xBF"
        "data: a\n\n",
        "message#:a|");
    check(
        "data: a\n\n\xEF\xBB\xBF"
        "data: b\n\n",
        "message#:a|");
    check(
        "\xEF\xBB\xBF\xEF\xBB\xBF"
        "data: a\n\n",
        "");
}

BOOST_AUTO_TEST_CASE(an_id_stays_until_there_is_another) {
    check("data: a\nid: 1\n\ndata: b\n\ndata: c\nid\n\n", "message#1:a|message#1:b|message#:c|");
    check("id: 1\nid: x\0y\ndata: a\n\n"s, "message#1:a|");
}

BOOST_AUTO_TEST_CASE(only_complete_events_move_the_last_id) {
    http::event_stream_parser parser;
    events("id: 1\ndata: a\n\nid: 2\ndata: b\n", 100, parser);
    BOOST_TEST(parser.last_event_id() == "1");
    events("\n", 1, parser);
    BOOST_TEST(parser.last_event_id() == "2");
    events("id: 3\n\n", 100, parser);  // without data it is no event, but the ID counts
    BOOST_TEST(parser.last_event_id() == "3");
}

BOOST_AUTO_TEST_CASE(a_wait_is_digits_and_nothing_else) {
    http::event_stream_parser parser;
    BOOST_TEST(!parser.retry().has_value());
    events("retry: 3000\n", 100, parser);
    BOOST_TEST((parser.retry() == 3s));
    events("retry: 1s\nretry: -1\nretry: +1\nretry:\nretry: 99999999999999999999\n", 100, parser);
    BOOST_TEST((parser.retry() == 3s));
}

BOOST_AUTO_TEST_CASE(an_endless_event_is_an_error_and_heartbeats_are_none) {
    const std::string limit = "!" + make_error_code(http::errc::event_over_limit).message();
    http::event_stream_parser line(10);
    BOOST_TEST(events("data: 1234\n\n", 1, line) == "message#:1234|");
    BOOST_TEST(events("data: 12345\n\n", 1, line) == limit);
    BOOST_TEST(events("\n", 1, line) == limit);
    http::event_stream_parser lines(10);
    BOOST_TEST(events("data\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\n", 1, lines) == limit);
    http::event_stream_parser quiet(10);
    for (int i = 0; i < 1000; ++i) BOOST_TEST(events(": alive\n", 3, quiet) == "");
}

BOOST_AUTO_TEST_CASE(what_was_formatted_is_read_again) {
    weir::random chance(seed);
    constexpr std::string_view alphabet = "ab: \n\r";
    for (int round = 0; round < 1000; ++round) {
        std::string data;
        for (auto left = chance.below(12); left > 0; --left) {
            data += alphabet[chance.below(alphabet.size())];
        }
        std::string joined;
        for (std::size_t i = 0; i < data.size(); ++i) {
            if (data[i] == '\r' && i + 1 < data.size() && data[i + 1] == '\n') continue;
            joined += data[i] == '\r' ? '\n' : data[i];
        }
        const auto sent = http::format_event(http::server_event(data).type("t").id("7"));
        http::event_stream_parser parser;
        const std::string seen = events(weir::as_text(sent.view()), 1 + chance.below(5), parser);
        BOOST_TEST(seen == "t#7:" + joined + "|", "seed " << seed << ", round " << round);
    }
}

BOOST_AUTO_TEST_SUITE_END()
