// SPDX-License-Identifier: Apache-2.0
// client_parcel: a client goes on on another shard: its channels, its queue, its order.
#include "client_peers.hpp"

#include <weir/sim/world.hpp>

#include <sstream>

using namespace weir::ws::test;
using weir::ws::client;
using weir::ws::client_errc;
using weir::ws::client_parcel;
using weir::ws::client_state;
using weir::ws::correlation;
using weir::ws::outgoing;
using weir::ws::url;

BOOST_AUTO_TEST_SUITE(client_parcel_test)

namespace {

constexpr int messages = 200;

weir::task<> send(client& peer, int from, int to) {
    for (int i = from; i < to; ++i) {
        static_cast<void>(co_await peer.send_text("0 seq " + std::to_string(i)));
    }
}

/// Subscribes, sends the first half as fast as it can, and stops in the middle of it.
weir::task<client_parcel> first_half(url where) {
    client peer(quick_setup(where));
    auto work = [&peer]() -> weir::task<> {
        static_cast<void>(co_await peer.subscribe("bb"));
        static_cast<void>(co_await peer.subscribe("a"));
        co_await send(peer, 0, messages / 4);
        static_cast<void>(co_await weir::sleep_for(2ms));
        co_await send(peer, messages / 4, messages / 2);
    };
    auto race = weir::when_any(peer.run(), work());
    static_cast<void>(co_await race);
    client_parcel parcel = peer.pack();
    BOOST_TEST((peer.state() == client_state::closed));
    BOOST_TEST(parcel.epoch == 1U);
    co_return parcel;
}

weir::task<std::uint64_t> second_half(url where, client_parcel parcel) {
    client peer(quick_setup(where));
    BOOST_TEST(peer.unpack(std::move(parcel)).has_value());
    auto work = [&peer]() -> weir::task<> {
        co_await send(peer, messages / 2, messages);
        static_cast<void>(co_await eventually([&] { return peer.queued() == 0; }));
        static_cast<void>(co_await peer.close());
    };
    auto both = weir::when_all(peer.run(), work());
    static_cast<void>(co_await both);
    co_return peer.epoch();
}

weir::task<> move_across(weir::shard& here, fake_server& server) {
    server.start();
    auto story = [&]() -> weir::task<> {
        static_cast<void>(co_await eventually([&] { return server.port() != 0; }));
        client_parcel parcel = co_await first_half(server.where());
        auto there = here.sibling(1).run(&second_half, server.where(), std::move(parcel));
        const auto epoch = co_await there;
        BOOST_TEST((epoch && *epoch == 2));
        static_cast<void>(co_await eventually([&] { return server.connections() == 0; }));
    };
    auto race = weir::when_any(story(), server.serve());
    static_cast<void>(co_await race);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_client_goes_on_on_another_shard_and_nothing_is_lost_or_sent_twice) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        fake_server server;
        weir::sim::world world(seed);
        auto& host = world.add_host("host");
        weir::sim::host_options two;
        two.shards = 2;
        host.start(
            [&server](weir::shard& here) -> weir::task<> {
                if (here.index() == 0) co_await move_across(here, server);
            },
            two);
        BOOST_REQUIRE(world.run_to_end(1min));
        int expected = 0;
        std::string channels;
        for (std::size_t life = 1; life <= server.accepted(); ++life) {
            std::istringstream lines(server.heard(life));
            for (std::string line; std::getline(lines, line);) {
                const auto words = words_of(line);
                if (words[1] == "sub") channels += words[2] + ' ';
                if (words[1] == "seq") BOOST_REQUIRE(words[2] == std::to_string(expected++));
            }
        }
        BOOST_TEST(expected == messages);
        BOOST_TEST(channels == "bb a bb a ");
    }
}

CO_TEST(a_request_stays_behind_and_is_told) {
    client peer{weir::ws::client_setup(*url::parse("ws://127.0.0.1:9/"))};
    const auto kept = co_await peer.send_text("kept");
    CO_REQUIRE(kept);
    client_parcel parcel;
    auto pack = [&]() -> weir::task<> {
        parcel = peer.pack();
        co_return;
    };
    auto both = weir::when_all(ask(peer, "1", "x"), pack());
    const auto outcomes = co_await both;
    CO_CHECK_EQUAL(std::get<0>(outcomes), text_of(client_errc::message_dropped));
    CO_CHECK(parcel.messages.size() == 1 && parcel.messages.front().payload() == "kept");
}

CO_TEST(a_parcel_that_does_not_fit_changes_nothing) {
    weir::ws::client_setup small(*url::parse("ws://127.0.0.1:9/"));
    small.outbox.max_messages = 1;
    client peer(std::move(small));
    std::vector<outgoing> two(2, outgoing("x"));
    const auto refused = peer.unpack(client_parcel("", two, 1));
    CO_CHECK(weir::test::error_of(refused) == std::errc::no_buffer_space);
    const auto malformed = peer.unpack(client_parcel("nonsense", {}, 1));
    CO_CHECK(weir::test::error_of(malformed) == client_errc::malformed_state);
    CO_CHECK_EQUAL(peer.queued(), 0U);
    CO_CHECK_EQUAL(peer.epoch(), 0U);
    co_return;
}

BOOST_AUTO_TEST_SUITE_END()
