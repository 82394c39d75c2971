// SPDX-License-Identifier: Apache-2.0
// connection: messages arrive whole and in order, ends are told, waits end.
#include "ws_peers.hpp"

#include <weir/coro/stop.hpp>
#include <weir/sync/task_group.hpp>

#include <algorithm>

using namespace weir::ws::test;
using weir::as_bytes;
using weir::ws::close_code;
using weir::ws::connection;
using weir::ws::connection_errc;
using weir::ws::message;
using weir::ws::message_kind;
using weir::ws::protocol_errc;

BOOST_AUTO_TEST_SUITE(connection_test)

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

weir::task<> send_all(connection& from, const std::vector<std::size_t>& sizes) {
    weir::test::pattern run;
    for (const std::size_t size : sizes) {
        const auto sent = run.take(size);
        const auto outcome = co_await from.send(message_kind::binary, sent);
        BOOST_TEST(outcome.has_value());
    }
}

weir::task<> receive_all(connection& to, const std::vector<std::size_t>& sizes) {
    weir::test::pattern run;
    for (const std::size_t size : sizes) {
        const auto arrived = co_await to.receive();
        BOOST_REQUIRE_MESSAGE(arrived.has_value(), "message of " << size << " bytes");
        BOOST_TEST(arrived->size() == size);
        BOOST_TEST(!arrived->is_text());
        BOOST_TEST(run.matches(arrived->data()));
    }
}

weir::task<> talk_and_close(connection& client, const std::vector<std::size_t>& sizes) {
    co_await together(send_all(client, sizes), receive_all(client, sizes));
    const auto closed = co_await client.close();
    BOOST_TEST(closed.has_value());
}

weir::task<> echo_of(std::vector<std::size_t> sizes) {
    both_ends ends = co_await connected();
    auto outcome = co_await weir::when_all(echo(ends.server), talk_and_close(ends.client, sizes));
    BOOST_TEST((std::get<0>(outcome) == connection_errc::closed));
}

/// Connects a wild client that sends `data`, and gives the server's error and last bytes.
weir::task<std::pair<std::error_code, std::string>> answer_to(std::string data) {
    half_wild ends = co_await with_wild_client();
    co_await send_wild(ends.wild, std::move(data));
    std::error_code error;
    auto serve = [](connection& server, std::error_code& end) -> weir::task<> {
        end = co_await echo(server);
    };
    auto read = [](weir::net::stream_socket& wild) -> weir::task<std::string> {
        std::string all = co_await read_to_end(wild);
        static_cast<void>(co_await wild.close());
        co_return all;
    };
    auto outcome = co_await weir::when_all(serve(ends.server, error), read(ends.wild));
    co_return std::pair(error, std::get<1>(outcome));
}

}  // namespace

RING_TEST(messages_of_every_size_come_back) {
    std::vector<std::size_t> sizes{0, 1, 125, 126, 127, 2047, 2048, 2049, 65'535, 65'536, 65'537};
    for (std::size_t size = 3; size <= 200 * 1024; size += size / 3 + 1) sizes.push_back(size);
    co_await echo_of(sizes);
}

RING_TEST(one_and_sixteen_mebibytes_come_back) {
    const std::vector<std::size_t> sizes{mebibyte, 16 * mebibyte, 5};
    co_await echo_of(sizes);
}

RING_TEST(a_thousand_small_messages_stay_in_order) {
    co_await echo_of(std::vector<std::size_t>(1000, 20));
}

RING_TEST(text_stays_text) {
    both_ends ends = co_await connected();
    const auto sent = co_await ends.client.send_text("Grüße");
    BOOST_TEST(sent.has_value());
    const auto arrived = must(co_await ends.server.receive());
    BOOST_TEST(arrived.is_text());
    BOOST_TEST(arrived.text() == "Grüße");
}

RING_TEST(messages_that_arrived_together_can_be_kept_and_sent_in_any_order) {
    auto ends = co_await with_wild_client();
    const std::vector<std::string> texts{
        "", "a", std::string(125, 'b'), std::string(126, 'c'), std::string(700, 'd'), "e"};
    std::string data;
    for (const std::string& text : texts) data += wire(frame(2, text));
    co_await send_wild(ends.wild, data);
    std::vector<weir::ws::message> kept;
    while (kept.size() < texts.size()) {
        auto arrived = co_await ends.server.receive();
        BOOST_REQUIRE(arrived.has_value());
        kept.push_back(std::move(*arrived));
    }
    std::string expected;
    for (std::size_t i = texts.size(); i-- > 0;) {
        BOOST_TEST(kept[i].text() == texts[i]);
        const auto sent = co_await ends.server.send(std::move(kept[i]));
        BOOST_TEST(sent.has_value());
        expected += from_server(2, texts[i]);
    }
    const std::string answers = co_await read_until(ends.wild, expected.size());
    BOOST_TEST((answers == expected));
}

RING_TEST(a_message_whose_payload_was_taken_is_sent_on_empty) {
    auto ends = co_await with_wild_client();
    co_await send_wild(ends.wild, wire(frame(1, "news")) + wire(frame(1, "more")));
    auto arrived = must(co_await ends.server.receive());
    const weir::buffer_lease payload = arrived.take_payload();
    BOOST_TEST(weir::as_text(payload.data()) == "news");
    const auto sent = co_await ends.server.send(std::move(arrived));
    BOOST_TEST(sent.has_value());
    const std::string answer = co_await read_until(ends.wild, 2);
    BOOST_TEST(answer == from_server(1, ""));
}

RING_TEST(a_client_masks_and_a_server_does_not) {
    auto pair = co_await weir::test::tcp_streams::connect();
    connection client(std::move(pair.a), weir::ws::role::client, quick());
    const auto sent = co_await client.send_text("ab");
    BOOST_TEST(sent.has_value());
    const std::string seen = co_await read_until(pair.b, 8);
    BOOST_REQUIRE(seen.size() == 8U);
    BOOST_TEST(static_cast<unsigned char>(seen[1]) == 0x82U);
    half_wild ends = co_await with_wild_client();
    const auto answered = co_await ends.server.send_text("ab");
    BOOST_TEST(answered.has_value());
    const std::string answer = co_await read_until(ends.wild, 4);
    BOOST_TEST(answer == from_server(1, "ab"));
}

RING_TEST(fragments_become_one_message) {
    half_wild ends = co_await with_wild_client();
    co_await send_wild(ends.wild, wire(frame(1, "Gr\xC3").unfinished()) + wire(frame(9, "p")));
    co_await send_wild(ends.wild, wire(frame(0, "").unfinished()) + wire(frame(0,
                                                                               "\xBC\xC3\x9F"
                                                                               "e")));
    const auto arrived = must(co_await ends.server.receive());
    BOOST_TEST(arrived.text() == "Grüße");
    const std::string pong = co_await read_until(ends.wild, 3);
    BOOST_TEST(pong == from_server(10, "p"));
}

RING_TEST(a_close_of_the_client_is_answered_with_its_code) {
    both_ends ends = co_await connected();
    auto outcome =
        co_await weir::when_all(echo(ends.server), ends.client.close(close_code(3999), "done"));
    BOOST_TEST((std::get<0>(outcome) == connection_errc::closed));
    BOOST_TEST(std::get<1>(outcome).has_value());
    BOOST_TEST((ends.server.close_code_received() == close_code(3999)));
    BOOST_TEST(ends.server.close_reason_received() == "done");
    BOOST_TEST((ends.client.close_code_received() == close_code(3999)));
}

RING_TEST(a_close_of_the_server_is_answered_with_its_code) {
    both_ends ends = co_await connected();
    auto outcome = co_await weir::when_all(
        echo(ends.client), ends.server.close(close_code::going_away, "maintenance"));
    BOOST_TEST((std::get<0>(outcome) == connection_errc::closed));
    BOOST_TEST(std::get<1>(outcome).has_value());
    BOOST_TEST((ends.client.close_code_received() == close_code::going_away));
    BOOST_TEST(ends.client.close_reason_received() == "maintenance");
}

RING_TEST(both_ends_may_close_at_once) {
    both_ends ends = co_await connected();
    auto outcome = co_await weir::when_all(ends.client.close(), ends.server.close());
    BOOST_TEST(std::get<0>(outcome).has_value());
    BOOST_TEST(std::get<1>(outcome).has_value());
}

RING_TEST(start_close_ends_the_receive_of_another_task) {
    both_ends ends = co_await connected();
    auto stop_soon = [](connection& peer) -> weir::task<> {
        co_await weir::test::turns(5);
        BOOST_TEST(peer.start_close(close_code::going_away));
        BOOST_TEST(!peer.start_close(close_code::going_away));
    };
    auto outcome =
        co_await weir::when_all(echo(ends.server), stop_soon(ends.server), echo(ends.client));
    BOOST_TEST((std::get<0>(outcome) == connection_errc::closed));
}

RING_TEST(a_reason_that_is_no_utf8_is_left_out) {
    half_wild ends = co_await with_wild_client();
    BOOST_TEST(ends.server.start_close(close_code::normal, "\xFF"));
    const std::string seen = co_await read_until(ends.wild, 4);
    BOOST_TEST(seen == from_server(8, close_payload(1000)));
}

RING_TEST(close_ends_in_time_when_the_peer_never_answers) {
    half_wild ends = co_await with_wild_client();
    const auto begin = weir::test::now();
    const auto closed = co_await ends.server.close();
    const auto took = weir::test::now() - begin;
    BOOST_TEST((error_of(closed) == std::errc::timed_out));
    BOOST_TEST((took >= 200ms && took < 30s));
}

RING_TEST(close_ends_in_time_when_the_peer_only_sends) {
    half_wild ends = co_await with_wild_client();
    auto flood = [](weir::net::stream_socket& wild) -> weir::task<> {
        const std::string some = wire(frame(2, std::string(10'000, 'x')));
        while (co_await wild.send_copy(as_bytes(some))) {
            // Virtual time hardly passes while somebody is busy.
            if (weir::test::is_simulated()) static_cast<void>(co_await weir::sleep_for(100us));
        }
    };
    const auto begin = weir::test::now();
    auto outcome = co_await weir::when_all(ends.server.close(), flood(ends.wild));
    BOOST_TEST((error_of(std::get<0>(outcome)) == std::errc::timed_out));
    BOOST_TEST((weir::test::now() - begin < 30s));
}

RING_TEST(a_second_close_reports_again) {
    half_wild ends = co_await with_wild_client();
    const auto first = co_await ends.server.close();
    const auto second = co_await ends.server.close();
    BOOST_TEST((error_of(first) == error_of(second)));
    const auto after = co_await ends.server.receive();
    BOOST_TEST((error_of(after) == std::errc::timed_out));
    both_ends fine = co_await connected();
    auto outcome = co_await weir::when_all(echo(fine.server), fine.client.close());
    BOOST_TEST(std::get<1>(outcome).has_value());
    const auto again = co_await fine.client.close();
    BOOST_TEST(again.has_value());
}

RING_TEST(a_closed_connection_can_still_be_asked) {
    both_ends ends = co_await connected();
    const weir::ws::prepared_message news(message_kind::text, as_bytes("news"));
    BOOST_TEST(ends.client.is_open());
    auto outcome = co_await weir::when_all(echo(ends.server), ends.client.close());
    BOOST_TEST(std::get<1>(outcome).has_value());
    BOOST_TEST(!ends.client.is_open());
    BOOST_TEST(!ends.client.try_send(news));
    BOOST_TEST(!ends.client.try_ping({}));
    BOOST_TEST(!ends.client.start_close(close_code::normal));
    BOOST_TEST(ends.client.queued_bytes() == 0U);
    const auto sent = co_await ends.client.send_text("late");
    BOOST_TEST((error_of(sent) == connection_errc::closed));
    const auto received = co_await ends.client.receive();
    BOOST_TEST((error_of(received) == connection_errc::closed));
}

RING_TEST(nothing_is_sent_after_start_close) {
    half_wild ends = co_await with_wild_client();
    const weir::ws::prepared_message news(message_kind::text, as_bytes("news"));
    BOOST_TEST(ends.server.try_send(news));
    BOOST_TEST(ends.server.start_close(close_code::normal));
    BOOST_TEST(!ends.server.try_send(news));
    const auto sent = co_await ends.server.send_text("late");
    BOOST_TEST((error_of(sent) == connection_errc::closed));
    const std::string expected = from_server(1, "news") + from_server(8, close_payload(1000));
    const std::string seen = co_await read_until(ends.wild, expected.size());
    BOOST_TEST(seen == expected);
}

RING_TEST(a_connection_that_is_dropped_sends_what_is_queued_and_1001) {
    half_wild ends = co_await with_wild_client();
    const std::string large(300'000, 'q');
    {
        connection doomed = std::move(ends.server);
        const auto first = co_await doomed.send(message_kind::binary, as_bytes(large));
        const auto second = co_await doomed.send_text("last");
        BOOST_TEST(first.has_value());
        BOOST_TEST(second.has_value());
    }
    const std::string seen = co_await read_to_end(ends.wild);
    const std::string expected =
        from_server(2, large) + from_server(1, "last") + from_server(8, close_payload(1001));
    BOOST_TEST((seen == expected));
}

RING_TEST(an_end_without_close_is_told_again_and_again) {
    half_wild ends = co_await with_wild_client();
    const auto closed = co_await ends.wild.close();
    BOOST_TEST(closed.has_value());
    for (int i = 0; i < 3; ++i) {
        const auto end = co_await ends.server.receive();
        BOOST_TEST((error_of(end) == connection_errc::ended_without_close));
    }
    BOOST_TEST(!ends.server.is_open());
    const auto sent = co_await ends.server.send_text("late");
    BOOST_TEST((error_of(sent) == connection_errc::ended_without_close));
}

RING_TEST(a_peer_that_vanished_does_not_hold_up_close) {
    for (const bool reads_first : {true, false}) {
        half_wild ends = co_await with_wild_client();
        weir::test::reset_on_close(ends.wild.native_handle());
        static_cast<void>(co_await ends.wild.close());
        if (reads_first) {
            const auto end = co_await ends.server.receive();
            BOOST_TEST((error_of(end) == std::errc::connection_reset));
        }
        const auto begin = weir::test::now();
        const auto closed = co_await ends.server.close();
        BOOST_TEST(!closed.has_value());
        BOOST_TEST((weir::test::now() - begin < 30s));
    }
}

RING_TEST(a_broken_rule_is_told_with_its_code_and_again) {
    const std::vector<std::pair<std::string, unsigned>> cases{
        {wire(frame(1, "x").unmasked()), 1002},
        {wire(frame(1, "x").with_reserved(4)), 1002},
        {wire(frame(3, "x")), 1002},
        {wire(frame(0, "x")), 1002},
        {wire(frame(9, "x").unfinished()), 1002},
        {wire(frame(8, "x")), 1002},
        {wire(frame(8, close_payload(1005))), 1002},
        {wire(frame(1, "\xFF")), 1007},
        {wire(frame(8, close_payload(1000, "\xFF"))), 1007},
    };
    for (const auto& [data, code] : cases) {
        const auto [error, answer] = co_await answer_to(data + std::string(70'000, 'x'));
        BOOST_TEST((error.category() == weir::ws::protocol_category()));
        BOOST_REQUIRE(answer.size() >= 4U);
        BOOST_TEST(answer.substr(2, 2) == close_payload(code));
    }
    half_wild ends = co_await with_wild_client();
    co_await send_wild(ends.wild, wire(frame(3, "x")));
    for (int i = 0; i < 3; ++i) {
        const auto end = co_await ends.server.receive();
        BOOST_TEST((error_of(end) == protocol_errc::unknown_opcode));
    }
}

RING_TEST(a_message_over_the_limit_is_refused_with_1009) {
    const std::string announced("\x82\xFF\x00\x00\x00\x00\x01\x00\x00\x01mask", 14);
    const auto [error, answer] = co_await answer_to(announced + std::string(500'000, 'x'));
    BOOST_TEST((error == protocol_errc::message_over_limit));
    BOOST_TEST(answer.substr(2, 2) == close_payload(1009));
}

RING_TEST(messages_before_a_broken_rule_are_delivered) {
    const auto [error, answer] =
        co_await answer_to(wire(frame(1, "one")) + wire(frame(2, "two")) + wire(frame(7, "x")));
    BOOST_TEST((error == protocol_errc::unknown_opcode));
    BOOST_TEST(answer.starts_with(from_server(1, "one") + from_server(2, "two")));
}

namespace {

weir::task<> send_numbers(connection& from, std::size_t count) {
    weir::test::dice dice(7);
    for (std::size_t i = 0; i < count; ++i) {
        std::string text = std::to_string(i);
        text.resize(text.size() + (dice.roll(20) == 0 ? dice.roll(30'000) : dice.roll(30)), '.');
        const auto sent = co_await from.send_text(text);
        BOOST_REQUIRE(sent.has_value());
        if (dice.roll(3) == 0) static_cast<void>(co_await weir::sleep_for(0ns));
    }
}

weir::task<> receive_numbers_with_stops(connection& to, std::size_t count, std::size_t& stops) {
    weir::test::dice dice(8);
    for (std::size_t i = 0; i < count;) {
        const auto limit = std::chrono::microseconds(dice.roll(150));
        const auto arrived = co_await weir::with_timeout(limit, to.receive());
        if (!arrived) {
            BOOST_REQUIRE((error_of(arrived) == std::errc::timed_out));
            BOOST_REQUIRE(++stops < 10 * count);  // nothing comes any more
            continue;
        }
        const std::string expected = std::to_string(i);
        BOOST_REQUIRE(arrived->text().substr(0, expected.size()) == expected);
        BOOST_REQUIRE(
            (arrived->text().find_first_not_of('.', expected.size()) == std::string_view::npos));
        ++i;
    }
}

}  // namespace

RING_TEST(a_stopped_receive_loses_nothing) {
    both_ends ends = co_await connected();
    std::size_t stops = 0;
    constexpr std::size_t rounds = 10'000;
    co_await together(send_numbers(ends.client, rounds),
                      receive_numbers_with_stops(ends.server, rounds, stops));
    BOOST_TEST(stops > 100U);
}

RING_TEST(senders_never_mix_their_messages) {
    both_ends ends = co_await connected();
    auto send = [](connection& from, char letter) -> weir::task<> {
        for (std::size_t i = 0; i < 300; ++i) {
            const std::string text(i * i % 30'011, letter);
            const auto sent = co_await from.send_text(text);
            BOOST_TEST(sent.has_value());
        }
    };
    auto check = [](connection& to) -> weir::task<> {
        std::size_t total = 0;
        for (std::size_t i = 0; i < 600; ++i) {
            const auto arrived = co_await to.receive();
            BOOST_REQUIRE(arrived.has_value());
            const auto text = arrived->text();
            BOOST_TEST(std::count(text.begin(), text.end(), text.empty() ? ' ' : text[0]) ==
                       static_cast<std::ptrdiff_t>(text.size()));
            total += text.size();
        }
        BOOST_TEST(total > 0U);
    };
    co_await together(send(ends.server, 'a'), send(ends.server, 'b'), check(ends.client));
}

RING_TEST(send_waits_while_the_peer_does_not_read) {
    half_wild ends = co_await with_wild_client();
    const std::string some(100'000, 's');
    std::size_t sent = 0;
    for (;;) {
        auto one = ends.server.send(message_kind::binary, as_bytes(some));
        const auto begin = weir::test::now();
        const auto outcome = co_await weir::with_timeout(50ms, one);
        BOOST_REQUIRE(outcome.has_value());  // queued in any case
        ++sent;
        BOOST_REQUIRE(sent < 1000U);
        const bool has_waited = weir::test::now() - begin > 40ms;
        if (has_waited && ends.server.queued_bytes() > std::size_t{1} << 20U) break;
    }
    BOOST_TEST(ends.server.queued_bytes() < std::size_t{3} << 19U);
    weir::stop_source stop;
    stop.request_stop();
    const auto stopped = co_await weir::with_stop(stop, ends.server.send_text("never"));
    BOOST_TEST((error_of(stopped) == std::errc::operation_canceled));
    const std::size_t expected = sent * from_server(2, some).size();
    const std::string seen = co_await read_until(ends.wild, expected);
    BOOST_TEST(seen.size() == expected);
    BOOST_TEST(ends.server.queued_bytes() == 0U);
}

RING_TEST(a_sender_that_waits_survives_the_close_of_another_task) {
    half_wild ends = co_await with_wild_client();
    auto fill = [](connection& from) -> weir::task<> {
        const std::string some(700'000, 's');
        while (co_await from.send(message_kind::binary, as_bytes(some))) {
        }
    };
    auto close = [](connection& from) -> weir::task<> {
        co_await weir::test::turns(20);
        const auto closed = co_await from.close();
        BOOST_TEST(!closed.has_value());
    };
    co_await together(fill(ends.server), close(ends.server));
    const auto after = co_await ends.server.send_text("late");
    BOOST_TEST(!after.has_value());
}

RING_TEST(a_prepared_message_is_shared_by_a_hundred_connections) {
    std::vector<both_ends> all;
    for (int i = 0; i < 100; ++i) all.push_back(co_await connected());
    const std::string text(10'000, 'n');
    const weir::ws::prepared_message news(message_kind::text, as_bytes(text));
    for (both_ends& each : all) BOOST_TEST(each.server.try_send(news));
    BOOST_TEST(news.frame().users() == 101U);
    for (both_ends& each : all) {
        const auto arrived = must(co_await each.client.receive());
        BOOST_TEST((arrived.text() == text));
    }
    BOOST_TEST(news.frame().users() == 1U);
    for (both_ends& each : all) BOOST_TEST(each.client.try_send(news));
    BOOST_TEST(news.frame().users() == 1U);
    for (both_ends& each : all) {
        const auto arrived = must(co_await each.server.receive());
        BOOST_TEST((arrived.text() == text));
    }
}

BOOST_AUTO_TEST_SUITE_END()
