// SPDX-License-Identifier: Apache-2.0
#include <weir/http/events/event_history.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(event_history_test)

namespace {

using namespace std::chrono_literals;
using http::replay_outcome;

constexpr http::event_history::time_point begin{1000h};

/// The outcome, and the first letters of the data of what is replayed.
std::string missed(http::event_history& history, std::string_view last,
                   http::event_history::time_point now = begin) {
    const auto replay = history.since(last, now);
    std::string text = replay.outcome() == replay_outcome::complete ? "complete:"
                       : replay.outcome() == replay_outcome::gap    ? "gap:"
                                                                    : "unknown:";
    for (std::size_t i = 0; i < replay.size(); ++i) {
        const std::string_view event = weir::as_text(replay[i].view());
        text += event[event.find("data: ") + 6];
    }
    return text;
}

http::event_history with(std::string_view letters, const http::event_history_options& options =
                                                       http::event_history_options()) {
    http::event_history history("e", options);
    for (const char each : letters) {
        static_cast<void>(history.append(http::server_event(std::string(1, each)), begin));
    }
    return history;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_reader_that_comes_back_gets_what_it_missed) {
    auto history = with("abc");
    BOOST_TEST(missed(history, "e-1") == "complete:bc");
    BOOST_TEST(missed(history, "e-3") == "complete:");
    BOOST_TEST(missed(history, "e-0") == "complete:abc");
}

BOOST_AUTO_TEST_CASE(every_event_has_its_id) {
    http::event_history history("run7");
    const auto text = history.append(http::server_event("x").type("t"), begin);
    BOOST_TEST(weir::as_text(text.view()) == "event: t\nid: run7-1\ndata: x\n\n");
}

BOOST_AUTO_TEST_CASE(a_reader_that_was_away_too_long_is_told_so) {
    http::event_history_options options;
    options.max_events = 2;
    auto history = with("abcd", options);
    BOOST_TEST(history.size() == 2U);
    BOOST_TEST(missed(history, "e-2") == "complete:cd");
    BOOST_TEST(missed(history, "e-1") == "gap:cd");
}

BOOST_AUTO_TEST_CASE(an_id_of_nobody_is_unknown_and_replays_nothing) {
    auto history = with("abc");
    for (const char* id : {"", "e", "e-", "e-4", "e-18446744073709551615", "e-18446744073709551616",
                           "e--1", "e-1x", "e- 1", "f-1", "1", "ee-1", "e-0x1"}) {
        BOOST_TEST(missed(history, id) == "unknown:", id);
    }
}

BOOST_AUTO_TEST_CASE(no_more_bytes_are_kept_than_allowed) {
    http::event_history_options options;
    options.max_bytes = 40;  // two of "id: e-1\ndata: a\n\n"
    auto history = with("abc", options);
    BOOST_TEST(history.bytes() <= 40U);
    BOOST_TEST(missed(history, "e-1") == "complete:bc");
    BOOST_TEST(missed(history, "e-0") == "gap:bc");
}

BOOST_AUTO_TEST_CASE(an_event_that_is_too_large_to_keep_is_a_gap_for_who_misses_it) {
    http::event_history_options options;
    options.max_bytes = 40;
    auto history = with("ab", options);
    const auto large = history.append(http::server_event(std::string(100, 'x')), begin);
    BOOST_TEST(large.size() > 100U);
    BOOST_TEST(history.size() == 0U);
    BOOST_TEST(history.bytes() == 0U);
    BOOST_TEST(missed(history, "e-2") == "gap:");
    BOOST_TEST(missed(history, "e-3") == "complete:");
    static_cast<void>(history.append(http::server_event("d"), begin));
    BOOST_TEST(missed(history, "e-3") == "complete:d");
    BOOST_TEST(missed(history, "e-2") == "gap:d");
}

BOOST_AUTO_TEST_CASE(events_are_forgotten_after_an_hour) {
    auto history = with("a");
    static_cast<void>(history.append(http::server_event("b"), begin + 30min));
    BOOST_TEST(missed(history, "e-0", begin + 1h) == "complete:ab");
    BOOST_TEST(missed(history, "e-0", begin + 1h + 1ns) == "gap:b");
    history.expire(begin + 2h);
    BOOST_TEST(history.size() == 0U);
    BOOST_TEST(missed(history, "e-2", begin + 2h) == "complete:");
}

BOOST_AUTO_TEST_CASE(whoever_follows_keeps_a_number_only) {
    http::event_history_options two;
    two.max_events = 2;
    const auto empty = with("", two);
    BOOST_TEST(empty.oldest() == empty.next());
    const auto history = with("abc", two);
    BOOST_TEST(history.next() == 4U);
    BOOST_TEST(history.oldest() == 2U);
    BOOST_TEST(weir::as_text(history[3].view()).find("data: c") != std::string_view::npos);
}

BOOST_AUTO_TEST_SUITE_END()
