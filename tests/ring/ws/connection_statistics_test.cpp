// SPDX-License-Identifier: Apache-2.0
// What connections count, and where: in the part of their shard that the options name.
#include <weir/ws/connection_statistics.hpp>

#include "ws_peers.hpp"

using namespace weir::ws::test;
using weir::ws::connection_options;
using weir::ws::connection_statistics;
using weir::ws::protocol_errc;

BOOST_AUTO_TEST_SUITE(connection_statistics_test)

RING_TEST(a_connection_is_counted_and_the_rule_that_its_peer_broke) {
    weir::metrics::sharded<connection_statistics> counted(1);
    const connection_statistics& here = counted.at(0);
    connection_options options = quick_options();
    options.statistics = &counted;
    {
        half_wild ends = co_await with_wild_client(options);
        BOOST_TEST(here.connections.value() == 1U);
        const std::string announced("\x82\xFF\x00\x00\x00\x00\x01\x00\x00\x01mask", 14);
        co_await send_wild(ends.wild, announced);
        const auto end = co_await ends.server.receive();
        BOOST_TEST((error_of(end) == protocol_errc::message_over_limit));
        BOOST_TEST(here.refusals(protocol_errc::message_over_limit) == 1U);
        BOOST_TEST(here.connections_ended.value() == 0U);
    }
    BOOST_TEST(here.connections_ended.value() == 1U);
}

RING_TEST(a_silent_peer_is_counted) {
    weir::metrics::sharded<connection_statistics> counted(1);
    connection_options options = quick_options();
    options.ping_interval = 50ms;
    options.pong_timeout = 50ms;
    options.statistics = &counted;
    half_wild ends = co_await with_wild_client(options);
    const auto end = co_await ends.server.receive();
    BOOST_TEST((error_of(end) == std::errc::timed_out));
    BOOST_TEST(counted.at(0).silent_ended.value() == 1U);
}

RING_TEST(without_a_place_of_its_own_a_connection_counts_for_its_thread) {
    const std::uint64_t before = connection_statistics::of_this_thread().connections.value();
    both_ends ends = co_await connected();
    BOOST_TEST(connection_statistics::of_this_thread().connections.value() == before + 2);
}

BOOST_AUTO_TEST_SUITE_END()
