// SPDX-License-Identifier: Apache-2.0
// Receiving under want: too few buffers, readers that keep what they got or do not read at all, a
// tiny completion queue. Whatever happens, no byte is lost and nobody waits for ever.
#include "io/receive_buffers.hpp"
#include "ring_test.hpp"
#include "stream_conformance.hpp"

#include <weir/net/detail/receiver.hpp>
#include <weir/sync/task_group.hpp>

#include <boost/test/unit_test.hpp>

#include <poll.h>

using namespace std::chrono_literals;
using weir::test::error_of;
using weir::test::expect_size;
using weir::test::must;
using tcp_pair = weir::test::stream_pair<weir::net::tcp_socket>;

BOOST_AUTO_TEST_SUITE(receiver_test)

namespace {

weir::reactor_options few_buffers() {
    weir::reactor_options options;
    options.receive_buffer_count = 2;
    options.receive_buffer_bytes = 4096;
    options.bulk_buffer_count = 2;
    options.bulk_buffer_bytes = 64 * 1024;
    return options;
}

/// Makes `count` pairs, all from one acceptor.
weir::task<std::vector<tcp_pair>> connect_many(std::size_t count) {
    weir::net::tcp_acceptor acceptor = weir::test::listen_on_loopback();
    std::vector<tcp_pair> pairs;
    for (std::size_t i = 0; i < count; ++i) {
        auto client = must(co_await weir::net::connect(acceptor.local_endpoint()));
        auto server = must(co_await acceptor.accept());
        pairs.emplace_back(std::move(client), std::move(server));
    }
    co_return pairs;
}

/// Sends a run in pieces of very different sizes.
weir::task<> send_unevenly(weir::net::tcp_socket* to, std::size_t total, std::uint64_t seed) {
    weir::test::pattern run(seed);
    weir::test::dice random(seed);
    while (total > 0) {
        const std::size_t scale = std::size_t{1} << random.roll(15);
        const auto piece = run.take(std::min(total, 1 + random.roll(scale)));
        if (!co_await to->send_copy(piece)) co_return;
        total -= piece.size();
        static_cast<void>(co_await weir::yield());
    }
    static_cast<void>(co_await to->shutdown_send());
}

weir::task<> count_intact(weir::net::tcp_socket* from, std::size_t total, std::uint64_t seed,
                          std::size_t* intact) {
    const auto arrived = co_await weir::test::receive_run(*from, seed);
    if (arrived.is_intact && arrived.count == total && !arrived.error) ++*intact;
}

weir::task<> serve_many(std::size_t connections, std::size_t bytes_each) {
    std::vector<tcp_pair> pairs = co_await connect_many(connections);
    weir::task_group group(co_await weir::this_task(), 2 * connections);
    std::size_t intact = 0;
    for (std::size_t i = 0; i < connections; ++i) {
        auto sending = group.spawn(send_unevenly, &pairs[i].a, bytes_each, i);
        weir::test::must(co_await sending);
        auto receiving = group.spawn(count_intact, &pairs[i].b, bytes_each, i, &intact);
        weir::test::must(co_await receiving);
    }
    weir::test::expect_success(co_await group.join());
    BOOST_TEST(intact == connections);
}

weir::task<> thousand_connections() { return serve_many(weir::test::rounds(1000), 30'000); }
weir::task<> five_hundred_connections() { return serve_many(500, 20'000); }

weir::task<> all_buffers_held() {
    auto greedy = co_await weir::test::tcp_streams::connect();
    std::vector<weir::buffer_lease> held;
    const auto data = weir::test::pattern().take(1'000'000);
    weir::test::expect_success(co_await greedy.a.send_copy(data));
    std::size_t size = 0;
    while (size < data.size()) {
        held.push_back(must(co_await greedy.b.receive()));
        size += held.back().size();
    }
    // Another connection still gets everything that it is sent, in both ways of receiving.
    for (const std::size_t piece : {100U, 50'000U}) {
        auto pair = co_await weir::test::tcp_streams::connect();
        auto outcome = co_await weir::when_all(weir::test::send_run(pair.a, 500'000, piece),
                                               weir::test::receive_run(pair.b));
        BOOST_TEST(std::get<1>(outcome).is_intact);
        BOOST_TEST(std::get<1>(outcome).count == 500'000U);
    }
    weir::test::pattern run;
    for (const auto& lease : held) BOOST_TEST(run.matches(lease.data()));
}

weir::task<> starved_and_idle() {
    auto greedy = co_await weir::test::tcp_streams::connect();
    std::vector<weir::buffer_lease> held;
    for (int i = 0; i < 100; ++i) {
        weir::test::expect_success(co_await greedy.a.send_copy(weir::test::pattern().take(1000)));
        held.push_back(must(co_await greedy.b.receive()));
    }
    auto idle = co_await weir::test::tcp_streams::connect();
    const std::uint64_t before = weir::reactor::current().stats().turns;
    const auto nothing = co_await weir::with_timeout(60ms, idle.b.receive());
    BOOST_TEST((error_of(nothing) == std::errc::timed_out));
    BOOST_TEST(weir::reactor::current().stats().turns - before < 20U);
}

weir::task<> paused_reader() {
    auto pair = co_await weir::test::tcp_streams::connect();
    auto& receiver = pair.b.core().receiver();
    weir::test::expect_success(co_await pair.a.send_copy(weir::as_bytes("x")));
    expect_size(must(co_await pair.b.receive()), 1);
    const auto data = weir::test::pattern().take(16 << 20);
    const auto queued = co_await weir::with_timeout(50ms, pair.a.send_copy(data));
    BOOST_TEST(queued.has_value());
    const auto& sizes = weir::reactor::current().options();
    BOOST_TEST(receiver.unread_bytes() <=
               weir::net::detail::receiver::max_unread_bytes +
                   sizes.receive_buffer_count * sizes.receive_buffer_bytes);
    auto outcome = co_await weir::when_all(pair.a.shutdown_send(), weir::test::receive_run(pair.b));
    BOOST_TEST(std::get<1>(outcome).is_intact);
    BOOST_TEST(std::get<1>(outcome).count == data.size());
}

weir::task<> tiny_unread_pieces() {
    auto pair = co_await weir::test::raw_peer();
    auto& receiver = pair.ours.core().receiver();
    BOOST_TEST(::send(pair.theirs.value(), "x", 1, 0) == 1);
    expect_size(must(co_await pair.ours.receive()), 1);
    weir::test::pattern run;
    constexpr std::size_t count = 500;
    for (std::size_t i = 0; i < count; ++i) {
        const auto byte = run.take(1);
        BOOST_REQUIRE(::send(pair.theirs.value(), byte.data(), 1, 0) == 1);
        co_await weir::test::turns(1);
    }
    BOOST_TEST(receiver.unread_bytes() <= 2 * weir::net::detail::receiver::max_unread_pieces);
    pair.theirs.reset();
    const auto arrived = co_await weir::test::receive_run(pair.ours);
    BOOST_TEST(arrived.is_intact);
    BOOST_TEST(arrived.count == count);
}

/// Sends large pieces until the connection is one for bulk data.
weir::task<> make_bulk(weir::test::half_raw_pair& pair) {
    const std::vector<char> large(100'000);
    for (int i = 0; i < 3; ++i) {
        std::size_t left = large.size();
        BOOST_REQUIRE(::send(pair.theirs.value(), large.data(), left, 0) ==
                      static_cast<ssize_t>(left));
        while (left > 0) left -= must(co_await pair.ours.receive()).size();
    }
}

weir::task<> end_behind_bulk_bytes() {
    auto pair = co_await weir::test::raw_peer();
    co_await make_bulk(pair);
    // Both are in the socket before the loop looks: one report stands for the two of them.
    const auto data = weir::test::pattern().take(10'000);
    BOOST_REQUIRE(::send(pair.theirs.value(), data.data(), data.size(), 0) == 10'000);
    ::shutdown(pair.theirs.value(), SHUT_WR);
    auto reading = weir::with_timeout(5s, weir::test::receive_run(pair.ours));
    const auto arrived = co_await reading;
    BOOST_REQUIRE(arrived.has_value());
    BOOST_TEST(arrived->is_intact);
    BOOST_TEST(arrived->count == data.size());
    BOOST_TEST(!arrived->error);
}

weir::task<> reset_behind_bulk_bytes() {
    auto pair = co_await weir::test::raw_peer();
    co_await make_bulk(pair);
    weir::test::reset_on_close(pair.theirs.value());
    pair.theirs.reset();
    for (int i = 0; i < 2; ++i) {
        const auto got = co_await pair.ours.receive();
        BOOST_REQUIRE(!got);
        BOOST_TEST((error_of(got) == std::errc::connection_reset));
    }
}

weir::task<> reset_in_small_way() {
    auto pair = co_await weir::test::raw_peer();
    BOOST_TEST(::send(pair.theirs.value(), "x", 1, 0) == 1);
    expect_size(must(co_await pair.ours.receive()), 1);
    weir::test::reset_on_close(pair.theirs.value());
    pair.theirs.reset();
    const auto got = co_await pair.ours.receive();
    BOOST_REQUIRE(!got);
    BOOST_TEST((error_of(got) == std::errc::connection_reset));
}

/// Large and small pieces in turns, so that the way changes many times.
weir::task<weir::result<void>> send_in_turns(weir::net::tcp_socket& to, std::size_t changes) {
    weir::test::pattern run;
    for (std::size_t i = 0; i < changes; ++i) {
        co_await weir::ok(to.send_copy(run.take(60'000)));
        for (int small = 0; small < 100; ++small) {
            co_await weir::ok(to.send_copy(run.take(10)));
            co_await weir::test::turns(1);
        }
    }
    co_return co_await to.shutdown_send();
}

weir::task<> changing_ways() {
    auto pair = co_await weir::test::tcp_streams::connect();
    auto outcome =
        co_await weir::when_all(send_in_turns(pair.a, 20), weir::test::receive_run(pair.b));
    BOOST_TEST(std::get<0>(outcome).has_value());
    BOOST_TEST(std::get<1>(outcome).is_intact);
    BOOST_TEST(std::get<1>(outcome).count == 20U * 61'000U);
}

}  // namespace

BOOST_AUTO_TEST_CASE(two_small_buffers_serve_a_thousand_connections) {
    weir::test::on_reactor(thousand_connections, few_buffers());
}

BOOST_AUTO_TEST_CASE(a_tiny_completion_queue_loses_nothing) {
    weir::reactor_options options;
    options.sq_entries = 64;
    options.cq_entries = 128;
    weir::test::on_reactor(five_hundred_connections, options);
}

BOOST_AUTO_TEST_CASE(a_reader_that_keeps_its_leases_starves_nobody) {
    weir::test::on_reactor(all_buffers_held, few_buffers());
    weir::test::on_reactor(all_buffers_held);
}

BOOST_AUTO_TEST_CASE(a_single_buffer_of_each_kind_is_enough) {
    weir::reactor_options options = few_buffers();
    options.receive_buffer_count = 1;
    options.bulk_buffer_count = 1;
    weir::test::on_reactor(all_buffers_held, options);
    weir::test::on_reactor(five_hundred_connections, options);
}

BOOST_AUTO_TEST_CASE(waiting_without_a_free_buffer_does_not_spin) {
    weir::test::on_reactor(starved_and_idle, few_buffers());
}

BOOST_AUTO_TEST_CASE(a_reader_that_pauses_makes_the_peer_wait) {
    weir::test::on_reactor(paused_reader);
}

BOOST_AUTO_TEST_CASE(tiny_pieces_that_nobody_reads_are_bounded_by_their_number, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(tiny_unread_pieces);
}

BOOST_AUTO_TEST_CASE(the_end_behind_bulk_bytes_is_seen, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(end_behind_bulk_bytes);
}

BOOST_AUTO_TEST_CASE(a_reset_is_an_error_in_both_ways_of_receiving, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(reset_in_small_way);
    weir::test::on_reactor(reset_behind_bulk_bytes);
}

BOOST_AUTO_TEST_CASE(changing_between_the_ways_loses_nothing) {
    weir::test::on_reactor(changing_ways);
}

BOOST_AUTO_TEST_CASE(a_receiver_is_quiet_until_bytes_or_the_end_have_come) {
    const auto check = [](std::size_t size) -> weir::task<> {
        auto pair = co_await weir::test::tcp_streams::connect();
        auto& receiver = pair.a.core().receiver();
        BOOST_TEST(receiver.is_quiet());
        const std::string piece(size, 'x');
        for (int i = 0; i < 3; ++i) {
            must(co_await pair.b.send_copy(weir::as_bytes(piece)));
            const std::string read = co_await weir::test::read_until(pair.a, size);
            BOOST_TEST(read.size() == size);
            co_await weir::test::turns(3);  // late reports of what was read
            BOOST_TEST(receiver.is_quiet());
        }
        must(co_await pair.b.send_copy(weir::as_bytes("y")));
        for (int i = 0; i < 1000 && receiver.is_quiet(); ++i) must(co_await weir::sleep_for(1ms));
        BOOST_TEST(weir::as_text(must(co_await pair.a.receive()).data()) == "y");
        BOOST_TEST(receiver.is_quiet());
        must(co_await pair.b.close());
        for (int i = 0; i < 1000 && receiver.is_quiet(); ++i) must(co_await weir::sleep_for(1ms));
        BOOST_TEST(must(co_await pair.a.receive()).empty());
    };
    for (const std::size_t size : {10U, 100'000U}) {  // small pieces, and bulk data
        weir::test::on_reactor([&check, size] { return check(size); });
    }
}

BOOST_AUTO_TEST_SUITE_END()
