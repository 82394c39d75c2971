// SPDX-License-Identifier: Apache-2.0
// Sending: what a queue costs while the peer does not read, and what ends it.
#include "io/receive_buffers.hpp"

#include "allocation_count.hpp"
#include "stream_conformance.hpp"

#include <weir/net/detail/sender.hpp>
#include <weir/sync/task_group.hpp>

#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <csignal>
#include <thread>

using namespace std::chrono_literals;
using weir::net::detail::sender;
using weir::test::error_of;
using weir::test::must;

BOOST_AUTO_TEST_SUITE(sender_test)

namespace {

/// Sends until the socket is full and the next send waits for the peer.
weir::task<> fill_socket(weir::net::tcp_socket& to) {
    const std::vector<std::byte> data(512 * 1024);
    while (to.queued_bytes() == 0) {
        weir::test::must(co_await to.send_copy(data));
        co_await weir::test::turns(2);
    }
}

bool is_lost(const std::error_code& error) {
    return error == std::errc::broken_pipe || error == std::errc::connection_reset;
}

/// Bytes that malloc has given out.
std::size_t memory_in_use() {
    const struct mallinfo2 now = ::mallinfo2();
    return now.uordblks + now.hblkhd;
}

weir::task<> one_byte_sends() {
    auto pair = co_await weir::test::raw_peer();
    co_await fill_socket(pair.ours);
    const std::size_t before = memory_in_use();
    const std::size_t queued = pair.ours.queued_bytes();
    for (int i = 0; i < 200'000; ++i) {
        weir::test::must(co_await pair.ours.send_copy(weir::as_bytes("x")));
    }
    BOOST_TEST(pair.ours.queued_bytes() == queued + 200'000);
    BOOST_TEST(memory_in_use() - before < std::size_t{4} << 20);
    weir::test::reset_on_close(pair.theirs.value());
    pair.theirs.reset();
    static_cast<void>(co_await pair.ours.close(0ns));
}

/// Sends back what comes until the peer goes.
weir::task<> echo(weir::net::tcp_socket* socket) {
    for (;;) {
        auto piece = co_await socket->receive();
        if (!piece || piece->empty()) co_return;
        if (!co_await socket->send(std::move(*piece))) co_return;
    }
}

/// Writes as much as the socket takes without waiting.
void pour(int fd, std::size_t limit) {
    const std::vector<char> data(64 * 1024);
    for (std::size_t sent = 0; sent < limit;) {
        const auto now = ::send(fd, data.data(), data.size(), MSG_DONTWAIT);
        if (now <= 0) return;
        sent += static_cast<std::size_t>(now);
    }
}

weir::task<> blocked_echo() {
    std::vector<weir::test::half_raw_pair> pairs;
    for (int i = 0; i < 8; ++i) pairs.push_back(co_await weir::test::raw_peer());
    weir::task_group group(co_await weir::this_task(), pairs.size());
    for (auto& pair : pairs) {
        auto started = group.spawn(echo, &pair.ours);
        weir::test::must(co_await started);
    }
    for (int round = 0; round < 100; ++round) {
        for (auto& pair : pairs) pour(pair.theirs.value(), 1 << 20);
        co_await weir::test::turns(5);
    }
    auto& buffers = weir::reactor::current().buffers();
    for (auto& pair : pairs) BOOST_TEST(pair.ours.queued_bytes() > 0U);
    BOOST_TEST(!buffers.bulk_is_scarce());
    BOOST_TEST(buffers.ring_available() == buffers.ring_count());
    for (auto& pair : pairs) {
        BOOST_TEST(pair.ours.queued_bytes() <= sender::high_water_bytes + 512 * 1024);
        weir::test::reset_on_close(pair.theirs.value());
        pair.theirs.reset();
    }
    weir::test::expect_success(co_await group.join());
}

weir::task<> reset_while_writing() {
    auto pair = co_await weir::test::raw_peer();
    co_await fill_socket(pair.ours);
    const std::vector<std::byte> data(4 << 20);
    weir::test::reset_on_close(pair.theirs.value());
    auto writing = pair.ours.write_all(data);
    pair.theirs.reset();
    const auto written = co_await std::move(writing);
    BOOST_REQUIRE(!written);
    BOOST_TEST(is_lost(error_of(written)), error_of(written).message());
    BOOST_TEST(pair.ours.queued_bytes() == 0U);
    const auto ended = co_await pair.ours.shutdown_send();
    BOOST_TEST(!ended.has_value());
    const auto closed = co_await pair.ours.close();
    BOOST_REQUIRE(!closed);
    BOOST_TEST(is_lost(error_of(closed)));
}

weir::task<> reset_wakes_writers(weir::test::half_raw_pair& pair, int* failed) {
    const std::vector<std::byte> data(2 << 20);
    const auto sent = co_await pair.ours.send_copy(data);
    if (!sent && is_lost(sent.error())) ++*failed;
}

weir::task<> reset_later(weir::test::half_raw_pair& pair) {
    co_await weir::test::turns(3);
    weir::test::reset_on_close(pair.theirs.value());
    pair.theirs.reset();
}

weir::task<> all_writers_are_told() {
    auto pair = co_await weir::test::raw_peer();
    co_await fill_socket(pair.ours);
    int failed = 0;
    static_cast<void>(co_await weir::when_all(
        reset_wakes_writers(pair, &failed), reset_wakes_writers(pair, &failed),
        reset_wakes_writers(pair, &failed), reset_later(pair)));
    BOOST_TEST(failed == 3);
}

volatile std::sig_atomic_t pipe_signals = 0;

weir::task<> write_without_sigpipe() {
    std::signal(SIGPIPE, [](int) { pipe_signals = pipe_signals + 1; });
    for (const std::size_t size : {10U, 100'000U}) {
        auto pair = co_await weir::test::raw_peer();
        weir::test::reset_on_close(pair.theirs.value());
        pair.theirs.reset();
        const std::vector<std::byte> data(size);
        weir::result<void> sent;
        for (int i = 0; i < 1000 && sent; ++i) {
            sent = co_await pair.ours.send_copy(data);
            co_await weir::test::turns(1);
        }
        BOOST_TEST(!sent.has_value());
    }
    std::signal(SIGPIPE, SIG_IGN);
    BOOST_TEST(pipe_signals == 0);
}

weir::task<> one_request_a_turn() {
    auto pair = co_await weir::test::tcp_streams::connect();
    co_await weir::test::turns(2);
    auto& stats = weir::reactor::current().stats();
    const std::uint64_t before = stats.submitted + stats.direct_calls;
    const std::uint64_t cut_before = weir::test::sends_cut_short();
    for (int i = 0; i < 50; ++i) {
        weir::test::expect_success(co_await pair.a.send_copy(weir::as_bytes("0123456789")));
    }
    co_await weir::test::turns(2);
    BOOST_TEST(pair.a.queued_bytes() == 0U);
    const std::uint64_t cut = weir::test::sends_cut_short() - cut_before;
    BOOST_TEST(stats.submitted + stats.direct_calls - before == 1U + cut);
}

weir::task<> many_pieces() {
    auto pair = co_await weir::test::tcp_streams::connect();
    weir::test::pattern run;
    for (int i = 0; i < 500; ++i) {
        const weir::send_buffer piece{weir::bytes(run.take(1000))};
        weir::test::expect_success(co_await pair.a.send(piece));
    }
    auto outcome = co_await weir::when_all(pair.a.shutdown_send(), weir::test::receive_run(pair.b));
    BOOST_TEST(std::get<1>(outcome).is_intact);
    BOOST_TEST(std::get<1>(outcome).count == 500'000U);
}

weir::task<> tiny_socket_buffer() {
    weir::net::socket_options options;
    options.send_buffer_bytes = 4608;
    options.receive_buffer_bytes = 4608;
    auto pair = co_await weir::test::tcp_streams::connect(options);
    auto outcome = co_await weir::when_all(weir::test::send_run(pair.a, 1'000'000, 30'000),
                                           weir::test::receive_run(pair.b));
    BOOST_TEST(std::get<1>(outcome).is_intact);
    BOOST_TEST(std::get<1>(outcome).count == 1'000'000U);
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_byte_sends_behind_a_blocked_one_share_memory, WEIR_LINUX_ONLY) {
    if (weir::test::allocations_are_counted()) weir::test::on_reactor(one_byte_sends);
}

BOOST_AUTO_TEST_CASE(peers_that_do_not_read_hold_no_shared_receive_buffer, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(blocked_echo);
}

BOOST_AUTO_TEST_CASE(a_reset_ends_a_write_and_is_reported_by_close, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(reset_while_writing);
}

BOOST_AUTO_TEST_CASE(a_reset_wakes_every_writer_that_waits_for_room, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(all_writers_are_told);
}

BOOST_AUTO_TEST_CASE(no_send_raises_sigpipe, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(write_without_sigpipe);
}

BOOST_AUTO_TEST_CASE(sends_of_one_turn_leave_in_one_request) {
    weir::test::on_reactor(one_request_a_turn);
}

BOOST_AUTO_TEST_CASE(more_pieces_than_one_request_gathers_arrive_in_order) {
    weir::test::on_reactor(many_pieces);
}

BOOST_AUTO_TEST_CASE(a_tiny_socket_buffer_splits_sends_and_loses_nothing) {
    weir::test::on_reactor(tiny_socket_buffer);
}

BOOST_AUTO_TEST_SUITE_END()
