// SPDX-License-Identifier: Apache-2.0
// connection_core: the keep-alive, pongs, and what an idle or blocked connection holds.
#include "ws_peers.hpp"

#include "io/receive_buffers.hpp"

#include <weir/sync/task_group.hpp>

#include <functional>

using namespace weir::ws::test;
using weir::as_bytes;
using weir::ws::connection;
using weir::ws::connection_options;

BOOST_AUTO_TEST_SUITE(connection_core_test)

namespace {

connection_options impatient() {
    connection_options options = quick_options();
    options.ping_interval = 40ms;
    options.pong_timeout = 40ms;
    return options;
}

/// Nobody holds memory that arriving bytes could use.
weir::task<> expect_free_buffers() {
    const auto& buffers = weir::reactor::current().buffers();
    co_await turn_buffers_over();
    BOOST_TEST(buffers.ring_available() == buffers.ring_count());
    BOOST_TEST(!buffers.bulk_is_scarce());
}

}  // namespace

RING_TEST(a_silent_peer_is_pinged_and_then_given_up) {
    const connection_options options = impatient();
    half_wild ends = co_await with_wild_client(options);
    const auto begin = weir::test::now();
    const auto end = co_await ends.server.receive();
    const auto took = weir::test::now() - begin;
    BOOST_TEST((error_of(end) == std::errc::timed_out));
    BOOST_TEST((took >= 80ms && took < 30s));
    const auto again = co_await ends.server.receive();
    BOOST_TEST((error_of(again) == std::errc::timed_out));
    BOOST_TEST(!ends.server.is_open());
    const std::string seen = co_await read_until(ends.wild, 2);
    BOOST_TEST(seen == from_server(9, ""));
}

RING_TEST(a_peer_that_answers_pings_is_kept) {
    const connection_options options = impatient();
    half_wild ends = co_await with_wild_client(options);
    auto answer = [](weir::net::stream_socket& wild) -> weir::task<> {
        for (int i = 0; i < 5; ++i) {
            const std::string ping = co_await read_until(wild, 2);
            BOOST_TEST(ping == from_server(9, ""));
            co_await send_wild(wild, wire(frame(10, "")));
        }
        co_await send_wild(wild, wire(frame(1, "end")));
    };
    auto receive = [](connection& server) -> weir::task<> {
        const auto arrived = co_await server.receive();
        BOOST_REQUIRE(arrived.has_value());
        BOOST_TEST(arrived->text() == "end");
        BOOST_TEST((server.round_trip() >= 0ns));
    };
    co_await together(answer(ends.wild), receive(ends.server));
}

RING_TEST(a_peer_that_sends_messages_needs_no_pong) {
    const connection_options options = impatient();
    half_wild ends = co_await with_wild_client(options);
    auto talk = [](weir::net::stream_socket& wild) -> weir::task<> {
        for (int i = 0; i < 20; ++i) {
            static_cast<void>(co_await weir::sleep_for(15ms));
            co_await send_wild(wild, wire(frame(1, "alive")));
        }
    };
    auto receive = [](connection& server) -> weir::task<> {
        for (int i = 0; i < 20; ++i) {
            const auto arrived = co_await server.receive();
            BOOST_TEST(arrived.has_value());
        }
    };
    co_await together(talk(ends.wild), receive(ends.server));
}

RING_TEST(a_ping_of_the_user_does_not_count_as_a_probe) {
    const connection_options options = impatient();
    half_wild ends = co_await with_wild_client(options);
    auto ping_late = [](connection& server) -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(35ms));
        BOOST_TEST(server.try_ping(as_bytes("mine")));
    };
    auto receive = [](connection& server) -> weir::task<> {
        const auto begin = weir::test::now();
        const auto end = co_await server.receive();
        BOOST_TEST((error_of(end) == std::errc::timed_out));
        BOOST_TEST((weir::test::now() - begin >= 78ms));
    };
    co_await together(ping_late(ends.server), receive(ends.server));
}

RING_TEST(a_peer_that_never_reads_is_given_up) {
    const connection_options options = impatient();
    half_wild ends = co_await with_wild_client(options);
    auto fill = [](connection& server) -> weir::task<> {
        const std::string some(500'000, 's');
        while (co_await server.send(weir::ws::message_kind::binary, as_bytes(some))) {
        }
    };
    auto receive = [](connection& server) -> weir::task<> {
        const auto end = co_await server.receive();
        BOOST_TEST((error_of(end) == std::errc::timed_out));
    };
    co_await together(fill(ends.server), receive(ends.server));
}

RING_TEST(silence_proves_nothing_while_nobody_receives) {
    const connection_options options = impatient();
    half_wild ends = co_await with_wild_client(options);
    static_cast<void>(co_await weir::sleep_for(200ms));
    BOOST_TEST(ends.server.is_open());
    co_await send_wild(ends.wild, wire(frame(1, "here")));
    const auto arrived = co_await ends.server.receive();
    BOOST_TEST(arrived.has_value());
}

RING_TEST(every_ping_of_a_long_life_is_answered) {
    half_wild ends = co_await with_wild_client();
    auto ping = [](weir::net::stream_socket& wild) -> weir::task<> {
        for (int i = 0; i < 300; ++i) {
            const std::string number = std::to_string(1000 + i);
            co_await send_wild(wild, wire(frame(9, number)));
            const std::string pong = co_await read_until(wild, 6);
            BOOST_REQUIRE(pong == from_server(10, number));
        }
        co_await send_wild(wild, wire(frame(1, "end")));
    };
    auto receive = [](connection& server) -> weir::task<> {
        const auto arrived = co_await server.receive();
        BOOST_TEST(arrived.has_value());
    };
    co_await together(ping(ends.wild), receive(ends.server));
}

RING_TEST(of_a_flood_of_pings_the_newest_is_answered) {
    half_wild ends = co_await with_wild_client();
    std::string flood;
    for (int i = 0; i < 5000; ++i) flood += wire(frame(9, std::to_string(10'000 + i)));
    auto send = [](weir::net::stream_socket& wild, std::string data) -> weir::task<> {
        co_await send_wild(wild, std::move(data));
        std::string seen;
        while (!seen.ends_with("14999")) {
            const std::string more = co_await read_until(wild, 1);
            BOOST_REQUIRE(!more.empty());
            seen += more;
        }
        BOOST_TEST(seen.size() % 7 == 0U);
        co_await send_wild(wild, wire(frame(1, "end")));
    };
    auto receive = [](connection& server) -> weir::task<> {
        const auto arrived = co_await server.receive();
        BOOST_TEST(arrived.has_value());
    };
    co_await together(send(ends.wild, flood), receive(ends.server));
}

RING_TEST(a_message_that_was_dropped_holds_no_shared_memory) {
    half_wild ends = co_await with_wild_client();
    for (int i = 0; i < 200; ++i) {
        co_await send_wild(ends.wild, wire(frame(2, std::string(5000, 'x'))));
        const auto arrived = must(co_await ends.server.receive());
        BOOST_TEST(arrived.size() == 5000U);
    }
    co_await expect_free_buffers();
}

RING_TEST(a_part_of_a_frame_holds_no_shared_memory) {
    std::vector<half_wild> all;
    std::vector<std::string> parts{std::string(1, '\x82'), wire(frame(1, "abc")).substr(0, 7),
                                   wire(frame(2, std::string(4000, 'x'))).substr(0, 3900)};
    for (int i = 0; i < 60; ++i) {
        all.push_back(co_await with_wild_client());
        co_await send_wild(all.back().wild, parts[static_cast<std::size_t>(i) % parts.size()]);
        const auto none = co_await weir::with_timeout(2ms, all.back().server.receive());
        BOOST_TEST((error_of(none) == std::errc::timed_out));
    }
    co_await expect_free_buffers();
}

RING_TEST(a_client_that_does_not_read_holds_no_shared_memory) {
    std::vector<half_wild> all;
    auto echo_blocked = [](half_wild& one) -> weir::task<> {
        static_cast<void>(co_await weir::with_timeout(30ms, echo(one.server)));
    };
    auto flood = [](half_wild& one) -> weir::task<> {
        const std::string some = wire(frame(2, std::string(6000, 'x')));
        auto pour = [](half_wild& to, const std::string& data) -> weir::task<> {
            while (const auto sent = co_await to.wild.send_copy(as_bytes(data))) {
            }
        };
        static_cast<void>(co_await weir::with_timeout(30ms, pour(one, some)));
    };
    for (int i = 0; i < 12; ++i) {
        all.push_back(co_await with_wild_client());
        co_await together(echo_blocked(all.back()), flood(all.back()));
    }
    co_await expect_free_buffers();
}

RING_TEST(small_answers_that_wait_for_their_peer_hold_no_shared_memory) {
    // They are copied behind what waits, and the last one stays in the task that sends it.
    constexpr std::size_t count = 12;
    std::string some;
    for (int i = 0; i < 60; ++i) some += wire(frame(2, std::string(100, 'x')));
    std::vector<half_wild> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(co_await with_wild_client());
    weir::task_group running(co_await weir::this_task(), 2 * count);
    for (half_wild& each : all) {
        auto pour = [&some](weir::net::stream_socket& to) -> weir::task<> {
            while (const auto sent = co_await to.send_copy(as_bytes(some))) {
            }
        };
        auto answer = [](connection& with) -> weir::task<> {
            static_cast<void>(co_await echo(with));
        };
        auto echoes = running.spawn(answer, std::ref(each.server));
        static_cast<void>(co_await echoes);
        auto floods = running.spawn(pour, std::ref(each.wild));
        static_cast<void>(co_await floods);
    }
    const auto queued = [&all] {
        std::size_t sum = 0;
        for (const half_wild& each : all) sum += each.server.queued_bytes();
        return sum;
    };
    for (std::size_t before = SIZE_MAX; before != queued();) {
        before = queued();
        static_cast<void>(co_await weir::sleep_for(100ms));
    }
    BOOST_TEST(queued() > count * weir::net::detail::sender::low_water_bytes);
    co_await expect_free_buffers();
    running.request_stop();
    static_cast<void>(co_await running.join());
}

RING_TEST(a_handshake_with_nothing_behind_it_holds_no_shared_memory) {
    std::vector<half_wild> all;
    for (int i = 0; i < 60; ++i) {
        auto pair = co_await weir::test::tcp_streams::connect();
        co_await send_wild(pair.b, std::string(1000, 'x'));
        auto early = must(co_await pair.a.receive());
        early.narrow(early.data().last(0));
        connection server(std::move(pair.a), weir::ws::role::server, quick(), std::move(early));
        all.emplace_back(std::move(server), std::move(pair.b));
    }
    co_await expect_free_buffers();
}

RING_TEST(pongs_are_told_to_whoever_listens_with_their_payloads) {
    auto ends = co_await with_wild_client();
    std::string heard;
    ends.server.listen_to_pongs([&heard](weir::bytes payload) {
        heard += '<' + std::string(weir::as_text(payload)) + '>';
    });
    co_await send_wild(ends.wild,
                       wire(frame(10, "abc")) + wire(frame(10, "")) + wire(frame(1, "end")));
    const auto arrived = must(co_await ends.server.receive());
    BOOST_TEST(arrived.text() == "end");
    BOOST_TEST(heard == "<abc><>");
    ends.server.listen_to_pongs({});
    co_await send_wild(ends.wild, wire(frame(10, "unheard")) + wire(frame(1, "end")));
    const auto next = must(co_await ends.server.receive());
    BOOST_TEST(next.text() == "end");
    BOOST_TEST(heard == "<abc><>");
}

BOOST_AUTO_TEST_SUITE_END()
