// SPDX-License-Identifier: Apache-2.0
// What clients count, as it is shown; that they count is tested with clients.
#include <weir/ws/client/client_statistics.hpp>

#include "metric_text.hpp"

#include <weir/metrics/registry.hpp>

#include <boost/test/unit_test.hpp>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(client_statistics_test)

BOOST_AUTO_TEST_CASE(each_loss_is_shown_with_its_reason_summed_over_the_shards) {
    weir::metrics::registry all(2);
    auto& counted = ws::add_client_statistics(all);
    counted.at(0).messages_dropped.add(1);
    counted.at(0).messages_unread.add(2);
    counted.at(1).late_replies.add(3);
    counted.at(0).requests_lost.add(1);
    counted.at(1).requests_lost.add(3);
    const weir::test::metric_text shown(all.text());
    BOOST_TEST(shown.fault() == "");
    BOOST_TEST(shown.value_of(R"(weir_ws_client_losses_total{reason="outbox"})") == "1");
    BOOST_TEST(shown.value_of(R"(weir_ws_client_losses_total{reason="inbox"})") == "2");
    BOOST_TEST(shown.value_of(R"(weir_ws_client_losses_total{reason="late_reply"})") == "3");
    BOOST_TEST(shown.value_of(R"(weir_ws_client_losses_total{reason="connection_lost"})") == "4");
}

BOOST_AUTO_TEST_CASE(what_is_counted_is_shown) {
    weir::metrics::registry all(1);
    auto& here = ws::add_client_statistics(all, weir::metrics::label("venue", "north")).at(0);
    here.attempts.add(1);
    here.connections.add(2);
    here.messages_sent.add(3);
    here.bytes_sent.add(4);
    here.messages_received.add(5);
    here.bytes_received.add(6);
    here.replies.add(7);
    const weir::test::metric_text shown(all.text());
    BOOST_TEST(shown.value_of(R"(weir_ws_client_attempts_total{venue="north"})") == "1");
    BOOST_TEST(shown.value_of(R"(weir_ws_client_connections_total{venue="north"})") == "2");
    BOOST_TEST(shown.value_of(R"(weir_ws_client_sent_messages_total{venue="north"})") == "3");
    BOOST_TEST(shown.value_of(R"(weir_ws_client_sent_bytes_total{venue="north"})") == "4");
    BOOST_TEST(shown.value_of(R"(weir_ws_client_received_messages_total{venue="north"})") == "5");
    BOOST_TEST(shown.value_of(R"(weir_ws_client_received_bytes_total{venue="north"})") == "6");
    BOOST_TEST(shown.value_of(R"(weir_ws_client_replies_total{venue="north"})") == "7");
}

BOOST_AUTO_TEST_SUITE_END()
