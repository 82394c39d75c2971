// SPDX-License-Identifier: Apache-2.0
// stream_conformance: what every kind of connected byte stream must do, as one suite.
//
//   BOOST_AUTO_TEST_SUITE(tcp)
//   WEIR_STREAM_CONFORMANCE(weir::test::tcp_streams)
//   BOOST_AUTO_TEST_SUITE_END()
//
// `Streams` names the type of an end as `stream` and makes pairs with `connect()`. (The idea of one
// suite for all streams is trio's check_two_way_stream.)
#pragma once

#include "allocation_count.hpp"
#include "pattern.hpp"
#include "stream_runs.hpp"
#include "streams.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace weir::test {

/// The same through `read_some` with buffers of `size` bytes.
template <class Stream>
task<arrival> read_run(Stream& from, std::size_t size, std::uint64_t seed = 0) {
    pattern run(seed);
    std::vector<std::byte> buffer(size);
    bool same = true;
    for (;;) {
        const result<std::size_t> got = co_await from.read_some(buffer);
        if (!got) co_return arrival(run.position(), same, got.error());
        if (*got == 0) co_return arrival(run.position(), same, {});
        same = run.matches(bytes(buffer).first(*got)) && same;
    }
}

/// Requests a stop: at once, after some other task has run, or after a turn of the loop.
inline task<> stop_soon(stop_source& stop, dice& random) {
    const std::size_t moment = random.roll(8);
    if (moment == 0) co_await turns(1);
    for (std::size_t i = 1; i < moment; ++i) static_cast<void>(co_await yield());
    stop.request_stop();
}

template <class Streams>
class stream_conformance {
public:
    using stream = typename Streams::stream;

    static task<> bytes_arrive_in_order_and_whole() {
        auto pair = co_await Streams::connect();
        auto outcome = co_await when_all(send_run(pair.a, 3'000'000, 1234), receive_run(pair.b));
        BOOST_TEST(std::get<0>(outcome).has_value());
        expect_all(std::get<1>(outcome), 3'000'000);
    }

    static task<> each_direction_ends_by_itself() {
        auto pair = co_await Streams::connect();
        expect_success(co_await send_run(pair.a, 1000, 100, 1));
        expect_all(co_await receive_run(pair.b, 1), 1000);
        // The other direction is still open.
        expect_success(co_await send_run(pair.b, 2000, 100, 2));
        expect_all(co_await receive_run(pair.a, 2), 2000);
        expect_success(co_await pair.a.close());
        expect_success(co_await pair.b.close());
    }

    static task<> the_end_is_seen_by_every_read_after_it() {
        auto pair = co_await Streams::connect();
        expect_success(co_await pair.a.shutdown_send());
        std::vector<std::byte> buffer(10);
        for (int i = 0; i < 3; ++i) {
            auto piece = co_await pair.b.receive();
            BOOST_REQUIRE(piece.has_value());
            BOOST_TEST(piece->empty());
            auto got = co_await pair.b.read_some(buffer);
            BOOST_REQUIRE(got.has_value());
            BOOST_TEST(*got == 0U);
        }
    }

    static task<> what_arrived_before_the_end_comes_before_the_end() {
        auto pair = co_await Streams::connect();
        // One report may stand for both, in the way for small pieces and in the one for large ones.
        for (const std::size_t size : {10U, 100'000U}) {
            auto next = co_await Streams::connect();
            expect_success(co_await send_run(next.a, size, size));
            expect_success(co_await next.a.close());
            co_await turns(3);
            expect_all(co_await receive_run(next.b), size);
        }
    }

    static task<> writing_to_a_closed_peer_ends_in_an_error() {
        auto pair = co_await Streams::connect();
        expect_success(co_await pair.b.close());
        result<void> sent;
        for (int i = 0; i < 10'000 && sent; ++i) {
            sent = co_await pair.a.send_copy(as_bytes("anybody there?"));
            co_await turns(1);
        }
        BOOST_REQUIRE(!sent);
        BOOST_TEST(is_lost_connection(error_of(sent)), error_of(sent).message());
        // And so does every later one, and closing, which reports it once more.
        sent = co_await pair.a.send_copy(as_bytes("?"));
        BOOST_TEST(!sent.has_value());
        const auto written = co_await pair.a.write_all(as_bytes("?"));
        BOOST_TEST(!written.has_value());
        const auto closed = co_await pair.a.close();
        BOOST_TEST(!closed.has_value());
    }

    static task<> closing_ends_a_read_in_flight() {
        auto pair = co_await Streams::connect();
        auto outcome = co_await when_all(receive_run(pair.b), close_later(pair.b));
        BOOST_TEST((std::get<0>(outcome).error == std::errc::bad_file_descriptor));
        BOOST_TEST(std::get<1>(outcome).has_value());
    }

    static task<> dropping_the_handle_ends_a_read_in_flight() {
        auto pair = co_await Streams::connect();
        auto outcome = co_await when_all(receive_run(pair.b), drop_later(pair.b));
        BOOST_TEST((std::get<0>(outcome).error == std::errc::bad_file_descriptor));
    }

    static task<> stopping_reads_at_random_moments_loses_nothing() {
        auto pair = co_await Streams::connect();
        auto outcome = co_await when_all(send_random(pair.a, 1), read_with_stops(pair.b, 1));
        BOOST_TEST(std::get<0>(outcome).has_value());
        const arrival& arrived = std::get<1>(outcome);
        BOOST_TEST(arrived.is_intact);
        BOOST_TEST(arrived.count == random_run_bytes());
        BOOST_TEST(!arrived.error);
    }

    static task<> a_peer_that_does_not_read_makes_the_writer_wait() {
        auto pair = co_await Streams::connect();
        constexpr std::size_t piece = 64 * 1024;
        pattern run;
        std::size_t sent = 0;
        while (pair.a.queued_bytes() <= net::detail::sender::high_water_bytes) {
            const auto next = run.take(piece);
            const auto room =
                co_await with_timeout(std::chrono::milliseconds(20), pair.a.send_copy(next));
            BOOST_REQUIRE(room.has_value());  // a stop ends the wait for room, not the send
            sent += piece;
            BOOST_REQUIRE(sent < (std::size_t{256} << 20));
        }
        BOOST_TEST(pair.a.queued_bytes() <= net::detail::sender::high_water_bytes + piece);
        auto outcome = co_await when_all(pair.a.shutdown_send(), receive_run(pair.b));
        BOOST_TEST(std::get<0>(outcome).has_value());
        expect_all(std::get<1>(outcome), sent);
    }

    static task<> large_transfers_go_both_ways_at_once() {
        auto pair = co_await Streams::connect();
        const std::size_t size = rounds(std::size_t{64} << 20);
        auto outcome = co_await when_all(send_run(pair.a, size, 200'000, 1), receive_run(pair.b, 1),
                                         send_run(pair.b, size, 70'000, 2), receive_run(pair.a, 2));
        BOOST_TEST(std::get<0>(outcome).has_value());
        BOOST_TEST(std::get<2>(outcome).has_value());
        expect_all(std::get<1>(outcome), size);
        expect_all(std::get<3>(outcome), size);
    }

    static task<> a_large_write_without_a_copy_arrives_whole() {
        auto pair = co_await Streams::connect();
        const auto data = pattern(3).take(rounds(std::size_t{16} << 20));
        auto outcome = co_await when_all(write_and_end(pair.a, data), receive_run(pair.b, 3));
        BOOST_TEST(must(std::get<0>(outcome)) == data.size());
        expect_all(std::get<1>(outcome), data.size());
    }

    static task<> writes_of_one_byte_arrive_whole() {
        auto pair = co_await Streams::connect();
        const std::size_t count = rounds(200'000);
        auto outcome = co_await when_all(send_run(pair.a, count, 1), receive_run(pair.b));
        expect_all(std::get<1>(outcome), count);
    }

    static task<> small_reads_after_large_pieces_get_every_byte() {
        for (const std::size_t size : {1U, 7U, 1000U, 100'000U}) {
            auto pair = co_await Streams::connect();
            const std::size_t total = size == 1 ? 100'000 : 2'000'000;
            auto outcome =
                co_await when_all(send_run(pair.a, total, 60'000), read_run(pair.b, size));
            expect_all(std::get<1>(outcome), total);
        }
    }

    static task<> the_handle_may_move_while_a_read_is_in_flight() {
        auto pair = co_await Streams::connect();
        auto outcome = co_await when_all(read_piece(pair.b), move_then_send(pair.b, pair.a));
        const std::string first = std::get<0>(outcome);
        auto& moved = std::get<1>(outcome);
        expect_success(co_await pair.a.send_copy(as_bytes("again")));
        const std::string all = first + co_await read_text(moved, 10 - first.size());
        BOOST_TEST(all == "movedagain");
    }

    static task<> the_handle_may_move_while_a_write_is_in_flight() {
        auto pair = co_await Streams::connect();
        const auto data = pattern(4).take(8 << 20);
        stream moved = std::move(pair.a);
        auto writing = write_and_end_moving(moved, data);
        auto outcome = co_await when_all(std::move(writing), receive_run(pair.b, 4));
        BOOST_TEST(std::get<0>(outcome).has_value());
        expect_all(std::get<1>(outcome), data.size());
    }

    static task<> a_dropped_handle_still_delivers_what_was_queued() {
        auto pair = co_await Streams::connect();
        constexpr std::size_t size = 900'000;
        {
            stream dropped = std::move(pair.a);
            const auto data = pattern(5).take(size);
            expect_success(co_await dropped.send_copy(data));
        }
        expect_all(co_await receive_run(pair.b, 5), size);
    }

    static task<> closing_waits_for_what_is_queued() {
        auto pair = co_await Streams::connect();
        constexpr std::size_t size = 1'000'000;
        const auto data = pattern(6).take(size);
        expect_success(co_await pair.a.send_copy(data));
        auto outcome = co_await when_all(close_later(pair.a), receive_run(pair.b, 6));
        BOOST_TEST(std::get<0>(outcome).has_value());
        expect_all(std::get<1>(outcome), size);
        BOOST_TEST(!pair.a.is_open());
        // Closing an empty handle does nothing.
        expect_success(co_await pair.a.close());
    }

    static task<> the_linger_time_bounds_a_close_whose_peer_does_not_read() {
        auto pair = co_await Streams::connect();
        const auto data = pattern().take(std::size_t{16} << 20);
        BOOST_TEST(stop_is_success(
            co_await with_timeout(std::chrono::milliseconds(20), pair.a.send_copy(data))));
        const auto closed = co_await pair.a.close(std::chrono::milliseconds(30));
        BOOST_REQUIRE(!closed);
        BOOST_TEST((error_of(closed) == std::errc::operation_canceled));
    }

    static task<> a_stopped_write_ends_at_once_and_spoils_the_stream() {
        auto pair = co_await Streams::connect();
        auto data = pattern(7).take(std::size_t{16} << 20);
        const auto written =
            co_await with_timeout(std::chrono::milliseconds(20), pair.a.write_all(data));
        BOOST_REQUIRE(!written);
        BOOST_TEST((error_of(written) == std::errc::timed_out));
        // The bytes are ours again: what was sent of them is not changed by this.
        std::fill(data.begin(), data.end(), std::byte{0});
        expect_failure(co_await pair.a.send_copy(as_bytes("more")));
        static_cast<void>(co_await pair.a.close());
        const arrival arrived = co_await receive_run(pair.b, 7);
        BOOST_TEST(arrived.is_intact);
        BOOST_TEST(arrived.count < data.size());
    }

    static task<> two_writers_interleave_only_whole_sends() {
        auto pair = co_await Streams::connect();
        const std::size_t count = rounds(3000);
        auto outcome =
            co_await when_all(send_records(pair.a, 'a', count), send_records(pair.a, 'b', count),
                              count_records(pair.b, 2 * count));
        BOOST_TEST(std::get<2>(outcome) == 2 * count);
    }

    static task<> a_stop_before_the_call_sends_and_reads_nothing() {
        auto pair = co_await Streams::connect();
        stop_source stop;
        stop.request_stop();
        const auto sent = co_await with_stop(stop, pair.a.send_copy(as_bytes("x")));
        BOOST_REQUIRE(!sent);
        BOOST_TEST((error_of(sent) == std::errc::operation_canceled));
        BOOST_TEST(pair.a.queued_bytes() == 0U);
        expect_success(co_await pair.a.send_copy(as_bytes("y")));
        co_await turns(3);
        const auto got = co_await with_stop(stop, pair.b.receive());
        BOOST_REQUIRE(!got);
        BOOST_TEST((error_of(got) == std::errc::operation_canceled));
        const std::string piece = co_await read_text(pair.b, 1);
        BOOST_TEST(piece == "y");
    }

private:
    static void expect_all(const arrival& arrived, std::uint64_t size) {
        BOOST_TEST(arrived.is_intact);
        BOOST_TEST(arrived.count == size);
        BOOST_TEST(!arrived.error, arrived.error.message());
    }
    static bool is_lost_connection(std::error_code error) {
        return error == std::errc::broken_pipe || error == std::errc::connection_reset;
    }
    static bool stop_is_success(const result<void>& sent) { return sent.has_value(); }

    static task<result<void>> close_later(stream& open) {
        co_await turns(2);
        co_return co_await open.close();
    }
    static task<> drop_later(stream& open) {
        co_await turns(2);
        stream dropped = std::move(open);
    }
    static task<std::string> read_piece(stream& from) {
        std::vector<std::byte> buffer(100);
        const auto got = co_await from.read_some(buffer);
        co_return got ? std::string(as_text(bytes(buffer).first(*got))) : got.error().message();
    }
    static task<std::string> read_text(stream& from, std::size_t size) {
        std::string text;
        std::vector<std::byte> buffer(100);
        while (text.size() < size) {
            const auto got = co_await from.read_some(buffer);
            if (!got) co_return got.error().message();
            if (*got == 0) break;
            text += as_text(bytes(buffer).first(*got));
        }
        co_return text;
    }
    static task<stream> move_then_send(stream& reading, stream& other) {
        co_await turns(2);
        stream moved = std::move(reading);
        static_cast<void>(co_await other.send_copy(as_bytes("moved")));
        co_return moved;
    }
    static task<result<std::size_t>> write_and_end(stream& to, bytes data) {
        const std::size_t written = co_await ok(to.write_all(data));
        co_await ok(to.shutdown_send());
        co_return written;
    }
    static task<result<void>> write_and_end_moving(stream& to, bytes data) {
        auto outcome = co_await when_all(to.write_all(data), move_away(to));
        if (!std::get<0>(outcome)) co_return fail(std::get<0>(outcome).error());
        co_return co_await std::get<1>(outcome).shutdown_send();
    }
    static task<stream> move_away(stream& from) {
        co_await turns(2);
        co_return std::move(from);
    }

    static std::size_t random_run_bytes() { return rounds(100'000) * 700; }

    /// Pieces of all sizes at uneven moments.
    static task<result<void>> send_random(stream& to, std::uint64_t seed) {
        dice random(seed);
        pattern run;
        std::size_t left = random_run_bytes();
        std::vector<std::byte> buffer(40'000);
        while (left > 0) {
            const std::size_t scale = std::size_t{1} << random.roll(15);
            const mutable_bytes next(buffer.data(), std::min(left, 1 + random.roll(scale)));
            run.fill(next);
            co_await ok(to.send_copy(next));
            left -= next.size();
            if (random.roll(4) == 0) co_await ok(yield());
        }
        co_return co_await to.shutdown_send();
    }
    static task<arrival> read_with_stops(stream& from, std::uint64_t seed) {
        dice random(seed + 1);
        pattern run;
        bool same = true;
        std::size_t stopped = 0;
        std::vector<std::byte> buffer(3000);
        std::size_t rounds_run = 0;
        for (const std::size_t last_stop = rounds(100'000);; ++rounds_run) {
            stop_source stop;
            const mutable_bytes into(buffer.data(), 1 + random.roll(buffer.size()));
            result<std::size_t> got = 0;
            if (rounds_run < last_stop) {
                auto outcome = co_await when_all(with_stop(stop, from.read_some(into)),
                                                 stop_soon(stop, random));
                got = std::get<0>(outcome);
            } else {
                got = co_await from.read_some(into);
            }
            if (got && *got == 0) break;
            if (got) {
                same = run.matches(into.first(*got)) && same;
            } else if (is_stopped(got.error()) && rounds_run < last_stop) {
                ++stopped;
            } else {
                co_return arrival(run.position(), same, got.error());
            }
        }
        BOOST_TEST_MESSAGE(stopped << " reads were stopped, of " << rounds_run);
        BOOST_TEST(stopped > 10U);  // how many depends on the pace of the machine
        co_return arrival(run.position(), same, {});
    }

    // A record is its letter over and over, between 1 and 5000 times, and ends in a line feed.
    static task<> send_records(stream& to, char letter, std::size_t count) {
        dice random(static_cast<unsigned char>(letter));
        for (std::size_t i = 0; i < count; ++i) {
            std::string record(1 + random.roll(5000), letter);
            record += '\n';
            static_cast<void>(co_await to.send_copy(as_bytes(record)));
            if (random.roll(3) == 0) static_cast<void>(co_await yield());
        }
    }
    static task<std::size_t> count_records(stream& from, std::size_t expected) {
        std::size_t count = 0;
        char letter = 0;
        while (count < expected) {
            auto piece = co_await from.receive();
            if (!piece || piece->empty()) break;
            for (const char each : as_text(piece->data())) {
                if (each == '\n') {
                    ++count;
                    letter = 0;
                } else if (letter == 0) {
                    letter = each;
                } else if (letter != each) {
                    co_return 0;
                }
            }
        }
        co_return count;
    }
};

}  // namespace weir::test

#define WEIR_STREAM_CONFORMANCE_CASE(streams, name)                                \
    BOOST_AUTO_TEST_CASE(name) {                                                   \
        ::weir::test::on_reactor(::weir::test::stream_conformance<streams>::name); \
    }

#define WEIR_STREAM_CONFORMANCE(streams)                                                           \
    WEIR_STREAM_CONFORMANCE_CASE(streams, bytes_arrive_in_order_and_whole)                         \
    WEIR_STREAM_CONFORMANCE_CASE(streams, each_direction_ends_by_itself)                           \
    WEIR_STREAM_CONFORMANCE_CASE(streams, the_end_is_seen_by_every_read_after_it)                  \
    WEIR_STREAM_CONFORMANCE_CASE(streams, what_arrived_before_the_end_comes_before_the_end)        \
    WEIR_STREAM_CONFORMANCE_CASE(streams, writing_to_a_closed_peer_ends_in_an_error)               \
    WEIR_STREAM_CONFORMANCE_CASE(streams, closing_ends_a_read_in_flight)                           \
    WEIR_STREAM_CONFORMANCE_CASE(streams, dropping_the_handle_ends_a_read_in_flight)               \
    WEIR_STREAM_CONFORMANCE_CASE(streams, stopping_reads_at_random_moments_loses_nothing)          \
    WEIR_STREAM_CONFORMANCE_CASE(streams, a_peer_that_does_not_read_makes_the_writer_wait)         \
    WEIR_STREAM_CONFORMANCE_CASE(streams, large_transfers_go_both_ways_at_once)                    \
    WEIR_STREAM_CONFORMANCE_CASE(streams, a_large_write_without_a_copy_arrives_whole)              \
    WEIR_STREAM_CONFORMANCE_CASE(streams, writes_of_one_byte_arrive_whole)                         \
    WEIR_STREAM_CONFORMANCE_CASE(streams, small_reads_after_large_pieces_get_every_byte)           \
    WEIR_STREAM_CONFORMANCE_CASE(streams, the_handle_may_move_while_a_read_is_in_flight)           \
    WEIR_STREAM_CONFORMANCE_CASE(streams, the_handle_may_move_while_a_write_is_in_flight)          \
    WEIR_STREAM_CONFORMANCE_CASE(streams, a_dropped_handle_still_delivers_what_was_queued)         \
    WEIR_STREAM_CONFORMANCE_CASE(streams, closing_waits_for_what_is_queued)                        \
    WEIR_STREAM_CONFORMANCE_CASE(streams, the_linger_time_bounds_a_close_whose_peer_does_not_read) \
    WEIR_STREAM_CONFORMANCE_CASE(streams, a_stopped_write_ends_at_once_and_spoils_the_stream)      \
    WEIR_STREAM_CONFORMANCE_CASE(streams, two_writers_interleave_only_whole_sends)                 \
    WEIR_STREAM_CONFORMANCE_CASE(streams, a_stop_before_the_call_sends_and_reads_nothing)
