// SPDX-License-Identifier: Apache-2.0
// client: one handle over many connections. Both ends run over the simulated kernel, in virtual
// time, and again with a stop before each step and with each request to the kernel failing.
#include "client_peers.hpp"
#include "metric_text.hpp"

#include <weir/metrics/registry.hpp>

#include <algorithm>

using namespace weir::ws::test;
using weir::ws::client;
using weir::ws::client_errc;
using weir::ws::client_setup;
using weir::ws::client_state;
using weir::ws::close_code;
using weir::ws::correlation;
using weir::ws::outgoing;

BOOST_AUTO_TEST_SUITE(client_test)

namespace {

using listener = weir::event_bus<weir::ws::client_event>::subscription;

/// What has been heard so far, in words.
class in_words {
public:
    void operator()(const weir::ws::state_changed& event) const {
        out += std::string(name_of(event.to)) + ' ';
    }
    void operator()(const weir::ws::connection_down& event) const {
        out += "DOWN" + std::to_string(event.epoch) + (event.next.reconnect() ? "? " : "! ");
    }
    void operator()(const weir::ws::connection_ready& event) const {
        out += event.is_reconnection() ? "RECONNECTED " : "CONNECTED ";
    }
    void operator()(const weir::ws::message_arrived& event) const {
        out += '"' + std::string(event.what.text()) + "\" ";
    }
    void operator()(const weir::ws::messages_dropped& event) const {
        out += "DROPPED" + std::to_string(event.count) + ' ';
    }
    void operator()(const weir::ws::subscription_changed& event) const {
        out += event.channel + '=' + std::string(name_of(event.status)) + ' ';
    }
    void operator()(const weir::ws::message_failed&) const { out += "FAILED "; }
    std::string& out;
};

weir::task<std::string> all_of(listener& from) {
    std::string words;
    while (from.size() > 0) {
        const auto each = co_await from.next();
        if (!each || !*each) break;
        std::visit(in_words{words}, **each);
    }
    co_return words;
}

}  // namespace

CO_TEST(a_request_is_answered_and_the_rest_is_for_whoever_asks) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const std::string answer = co_await ask(peer, "1", "hello");
        CO_CHECK_EQUAL(answer, "1 hello");
        CO_CHECK(peer.state() == client_state::ready);
        CO_CHECK_EQUAL(peer.epoch(), 1U);
        server.push("news");
        const auto news = co_await peer.next();
        CO_CHECK(news && news->text() == "news");
        const auto closed = co_await peer.close();
        CO_CHECK(closed.has_value());
        CO_CHECK(peer.state() == client_state::closed);
    });
}

CO_TEST(the_handle_works_on_after_the_server_was_killed_and_started_again) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const std::string before = co_await ask(peer, "1", "one");
        CO_CHECK_EQUAL(before, "1 one");
        server.kill();
        const auto noticed =
            co_await eventually([&] { return peer.state() != client_state::ready; });
        CO_REQUIRE(noticed);
        server.start();
        const std::string after = co_await ask(peer, "2", "two");
        CO_CHECK_EQUAL(after, "2 two");
        CO_CHECK_EQUAL(peer.epoch(), 2U);
    });
}

CO_TEST(every_listener_is_told_of_the_break_the_return_and_the_messages) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        listener one = peer.listen();
        listener other = peer.listen();
        listener short_one = peer.listen(2, weir::when_lagging::drop_oldest);
        server.push("hello");
        const auto hello = co_await peer.next();
        CO_REQUIRE(hello);
        server.kill();
        server.start();
        const auto again = co_await eventually(
            [&] { return peer.epoch() == 2 && peer.state() == client_state::ready; });
        CO_REQUIRE(again);
        const std::string heard = co_await all_of(one);
        CO_CHECK_EQUAL(heard,
                       "\"hello\" disconnected DOWN1? reconnecting connecting connected "
                       "websocket_connected ready RECONNECTED ");
        const std::string also = co_await all_of(other);
        CO_CHECK_EQUAL(also, heard);
        const std::string newest = co_await all_of(short_one);
        CO_CHECK_EQUAL(newest, "ready RECONNECTED ");
    });
}

CO_TEST(a_close_lets_what_is_queued_leave_and_tells_its_code) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        co_await send_letters(peer, "abc");
        const auto code = static_cast<close_code>(4000);
        const auto closed = co_await peer.close(code, "done");
        CO_CHECK(closed.has_value());
        const auto gone = co_await eventually([&] { return server.connections() == 0; });
        CO_REQUIRE(gone);
        CO_CHECK_EQUAL(server.heard(1), "a\nb\nc\n");
        CO_CHECK(server.code() == code);
        CO_CHECK_EQUAL(server.reason(), "done");
        const auto late = co_await peer.send_text("d");
        CO_CHECK(weir::test::error_of(late) == client_errc::closed);
        const auto none = co_await peer.next();
        CO_CHECK(weir::test::error_of(none) == client_errc::closed);
        const auto never = co_await peer.until_ready();
        CO_CHECK(weir::test::error_of(never) == client_errc::closed);
    });
}

CO_TEST(a_close_waits_for_its_outbox_only_so_long) {
    weir::rate::rate_limiter<> slow(weir::rate::quota(1, 1h));
    const auto prepare = [&slow](client_setup& setup) {
        setup.limiter = &slow;
        setup.drain_timeout = 3s;
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        co_await send_letters(peer, "abc");
        const auto heard = co_await eventually([&] { return server.heard(1) == "a\n"; });
        CO_REQUIRE(heard);
        listener all = peer.listen();
        const auto begun = weir::test::now();
        const auto closed = co_await peer.close();
        CO_CHECK(closed.has_value());
        CO_CHECK(weir::test::now() - begun >= 3s && weir::test::now() - begun < 4s);
        const std::string told = co_await all_of(all);
        CO_CHECK_EQUAL(told, "closing disconnected DROPPED2 closed ");
        CO_CHECK_EQUAL(peer.statistics().messages_dropped.value(), 2U);
    });
}

CO_TEST(a_close_does_not_wait_for_a_server_that_is_not_there) {
    const auto prepare = [](client_setup& setup) {
        setup.delays = weir::resilience::backoff_policy::constant(10min);
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        server.kill();
        const auto pauses =
            co_await eventually([&] { return peer.state() == client_state::reconnecting; });
        CO_REQUIRE(pauses);
        const auto begun = weir::test::now();
        const auto closed = co_await peer.close();
        CO_CHECK(closed.has_value());
        CO_CHECK(weir::test::now() - begun < 1s);
        CO_CHECK(peer.state() == client_state::closed);
    });
}

CO_TEST(a_peer_that_never_answers_the_close_is_left_in_time) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const auto frozen = co_await peer.send_text("freeze");
        CO_REQUIRE(frozen);
        const auto heard = co_await eventually([&] { return !server.heard(1).empty(); });
        CO_REQUIRE(heard);
        const auto begun = weir::test::now();
        const auto closed = co_await peer.close();
        CO_CHECK(weir::test::error_of(closed) == std::errc::timed_out);
        CO_CHECK(weir::test::now() - begun < 1s);
        CO_CHECK(peer.state() == client_state::closed);
    });
}

CO_TEST(a_client_that_never_ran_can_be_closed_and_does_not_run_then) {
    client peer{client_setup(*weir::ws::url::parse("ws://127.0.0.1:9/"))};
    CO_CHECK(peer.state() == client_state::initialized);
    const auto closed = co_await peer.close();
    CO_CHECK(closed.has_value());
    const auto ran = co_await peer.run();
    CO_CHECK(weir::test::error_of(ran) == client_errc::closed);
}

CO_TEST(a_setup_with_a_mistake_does_not_run) {
    client_setup setup(*weir::ws::url::parse("ws://127.0.0.1:9/"));
    setup.request_timeout = 0s;
    client peer(std::move(setup));
    const auto ran = co_await peer.run();
    CO_CHECK(weir::test::error_of(ran) == weir::ws::setup_errc::no_request_timeout);
}

CO_TEST(a_ping_gives_the_round_trip_and_needs_a_connection) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const auto early = co_await peer.ping();
        CO_CHECK(weir::test::error_of(early) == client_errc::connection_lost);
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        const auto first = co_await peer.ping();
        CO_CHECK(first && *first < 1s);
        CO_CHECK(first && peer.statistics().round_trip() == *first);
        const auto frozen = co_await peer.send_text("freeze");
        CO_REQUIRE(frozen);
        const auto heard = co_await eventually([&] { return !server.heard(1).empty(); });
        CO_REQUIRE(heard);
        const auto none = co_await weir::with_timeout(5s, peer.ping());
        CO_CHECK(weir::test::error_of(none) == std::errc::timed_out);
        auto lost = weir::when_all(peer.ping(), [](fake_server& of) -> weir::task<> {
            static_cast<void>(co_await weir::sleep_for(1s));
            of.kill();
        }(server));
        const auto outcomes = co_await lost;
        CO_CHECK(weir::test::error_of(std::get<0>(outcomes)) == client_errc::connection_lost);
    });
}

CO_TEST(messages_and_replies_are_counted) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        for (int i = 1; i <= 2; ++i) {
            const std::string id = std::to_string(i);
            const std::string answer = co_await ask(peer, id, "x");
            CO_CHECK_EQUAL(answer, id + " x");
        }
        server.push("12345");
        const auto news = co_await peer.next();
        CO_REQUIRE(news);
        const auto& counted = peer.statistics();
        CO_CHECK_EQUAL(counted.attempts.value(), 1U);
        CO_CHECK_EQUAL(counted.connections.value(), 1U);
        CO_CHECK_EQUAL(counted.messages_sent.value(), 2U);
        CO_CHECK_EQUAL(counted.bytes_sent.value(), 16U);
        CO_CHECK_EQUAL(counted.messages_received.value(), 3U);
        CO_CHECK_EQUAL(counted.bytes_received.value(), 11U);
        CO_CHECK_EQUAL(counted.replies.value(), 2U);
        CO_CHECK_EQUAL(peer.queued(), 0U);
        CO_CHECK_EQUAL(peer.pending_requests(), 0U);
    });
}

CO_TEST(an_inbox_that_waits_holds_the_peer_up_and_loses_nothing) {
    const auto prepare = [](client_setup& setup) {
        setup.inbox.max_messages = 2;
        setup.inbox.policy = weir::when_full::wait;
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        for (int i = 0; i < 10; ++i) server.push(std::to_string(i) + "!");
        static_cast<void>(co_await weir::sleep_for(1s));
        CO_CHECK_EQUAL(peer.statistics().messages_received.value(), 3U);
        for (int i = 0; i < 10; ++i) {
            const auto each = co_await peer.next();
            CO_CHECK(each && each->text() == std::to_string(i) + "!");
        }
        CO_CHECK_EQUAL(peer.statistics().messages_unread.value(), 0U);
    });
}

CO_TEST(what_a_client_counts_is_shown_by_a_registry_after_it_has_gone) {
    weir::metrics::registry all(1);
    auto& counted = weir::ws::add_client_statistics(all);
    auto& connections = weir::ws::add_connection_statistics(all);
    const auto prepare = [&](client_setup& setup) {
        setup.inbox.max_messages = 2;
        setup.inbox.policy = weir::when_full::drop_oldest;
        setup.statistics = &counted;
        setup.connect.connection.statistics = &connections;
    };
    bool is_over = false;
    co_await play(prepare, [&](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        for (int i = 0; i < 5; ++i) server.push("news");
        static_cast<void>(co_await weir::sleep_for(1s));
        is_over = true;
    });
    CO_REQUIRE(is_over);
    const weir::test::metric_text shown(all.text());
    CO_CHECK_EQUAL(shown.fault(), "");
    CO_CHECK_EQUAL(shown.value_of(R"(weir_ws_client_losses_total{reason="inbox"})"), "3");
    CO_CHECK_EQUAL(shown.value_of("weir_ws_client_received_messages_total"), "5");
    CO_CHECK_EQUAL(shown.value_of("weir_ws_connections_total"), "1");
    CO_CHECK_EQUAL(shown.value_of("weir_ws_connections_ended_total"), "1");
}

BOOST_AUTO_TEST_SUITE_END()
