// SPDX-License-Identifier: Apache-2.0
// live_connection: signs of life that are checked, layers that are obeyed, limits that are kept.
#include "client_peers.hpp"

#include <weir/sim/world.hpp>
#include <weir/ws/client/message_layer.hpp>

#include <algorithm>
#include <deque>

using namespace weir::ws::test;
using weir::ws::action;
using weir::ws::client;
using weir::ws::client_errc;
using weir::ws::client_link;
using weir::ws::client_setup;
using weir::ws::client_state;
using weir::ws::close_code;
using weir::ws::correlation;
using weir::ws::message;
using weir::ws::message_sink;
using weir::ws::outgoing;
using weir::ws::request_kind;

BOOST_AUTO_TEST_SUITE(live_connection_test)

namespace {

/// A layer that does what the first word of a message says.
weir::task<action> obey(message& arrived, message_sink& behind) {
    const auto words = words_of(arrived.text());
    if (words[0] == "test_request") co_return action::beat();
    if (words[0] == "question") co_return action::reply(outgoing("answer"));
    if (words[0] == "leave") co_return action::close(close_code::going_away);
    if (words[0] == "reconnect") co_return action::reconnect();
    if (words[0] == "bad") {
        co_return action::fail(make_error_code(client_errc::subscription_refused));
    }
    if (words[0] == "fatal") {
        co_return action::fail(make_error_code(client_errc::authentication_refused));
    }
    co_return co_await behind.take(arrived);
}

/// Beats with `ID test`, and wants `ID ok`.
weir::task<weir::result<void>> beat_as(client_link link, std::string id) {
    outgoing test(id + " test x");
    auto asking =
        link.request(std::move(test.kind(request_kind::heartbeat)), correlation::by_id(id));
    const auto answer = co_await std::move(asking);
    if (!answer) co_return weir::fail(answer.error());
    co_return {};
}

weir::task<weir::result<void>> beat(client_link link) { return beat_as(std::move(link), "9"); }

weir::task<bool> has_heard(const fake_server& server, std::size_t life, std::string what) {
    co_return co_await eventually(
        [&] { return server.heard(life).find(what) != std::string::npos; });
}

/// The peer sends a message for a minute, and is gone after that.
weir::task<> receive_slowly(client& peer, fake_server& server) {
    const auto ready = co_await peer.until_ready();
    CO_REQUIRE(ready);
    const auto frozen = co_await peer.send_text("freeze");
    CO_REQUIRE(frozen);
    const auto heard = co_await has_heard(server, 1, "freeze");
    CO_REQUIRE(heard);
    co_await server.trickle(60, 1s);
    CO_CHECK_EQUAL(peer.epoch(), 1U);
    const auto arrived = co_await peer.next();
    CO_CHECK(arrived && arrived->size() == 60);
    const auto noticed =
        co_await eventually([&] { return peer.state() != client_state::ready; }, 16s);
    CO_CHECK(noticed);
}

}  // namespace

CO_TEST(a_peer_that_is_gone_without_a_word_is_noticed_within_interval_and_timeout) {
    const auto prepare = [](client_setup& setup) {
        setup.ping_interval = 30s;
        setup.heartbeat_timeout = 20s;
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        // One that answers stays.
        static_cast<void>(co_await weir::sleep_for(10min));
        CO_CHECK_EQUAL(peer.epoch(), 1U);
        const auto frozen = co_await peer.send_text("freeze");
        CO_REQUIRE(frozen);
        const auto heard = co_await has_heard(server, 1, "freeze");
        CO_REQUIRE(heard);
        const auto begun = weir::test::now();
        const auto noticed =
            co_await eventually([&] { return peer.state() != client_state::ready; }, 2min);
        CO_CHECK(noticed);
        const auto passed = weir::test::now() - begun;
        CO_CHECK(passed <= 50s + 100ms);
        const auto again = co_await eventually([&] { return peer.epoch() == 2; });
        CO_CHECK(again);
    });
}

CO_TEST(a_peer_that_goes_while_an_answer_finds_no_room_is_noticed_too) {
    weir::rate::rate_limiter<> one_a_day(weir::rate::quota(1, 24h));
    const auto prepare = [&one_a_day](client_setup& setup) {
        setup.layer = &obey;
        setup.limiter = &one_a_day;
        setup.outbox.max_messages = 1;
        setup.ping_interval = 30s;
        setup.heartbeat_timeout = 20s;
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        const auto frozen = co_await peer.send_text("freeze");
        CO_REQUIRE(frozen);
        const auto heard = co_await has_heard(server, 1, "freeze");
        CO_REQUIRE(heard);
        // The first answer waits for the limit, and the second one for the place of the first.
        server.push("question");
        server.push("question");
        const auto noticed =
            co_await eventually([&] { return peer.state() != client_state::ready; }, 50s + 100ms);
        CO_CHECK(noticed);
    });
}

CO_TEST(a_message_that_takes_its_time_puts_a_pong_off) {
    const auto prepare = [](client_setup& setup) {
        setup.ping_interval = 10s;
        setup.heartbeat_timeout = 5s;
    };
    co_await play(prepare, &receive_slowly);
}

CO_TEST(a_message_that_takes_its_time_puts_the_answer_to_a_heartbeat_off) {
    const auto prepare = [](client_setup& setup) {
        // Those before are not answered yet, so each has an id of its own.
        setup.beat = [number = 100](client_link link) mutable {
            return beat_as(std::move(link), std::to_string(++number));
        };
        setup.beat_interval = 10s;
        setup.heartbeat_timeout = 5s;
    };
    co_await play(prepare, &receive_slowly);
}

CO_TEST(the_heartbeat_of_the_application_is_checked) {
    const auto prepare = [](client_setup& setup) {
        setup.beat = &beat;
        setup.beat_interval = 10s;
        setup.heartbeat_timeout = 5s;
        setup.ping_interval = 1s;  // its pongs are no answer
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        auto heard = peer.listen();
        static_cast<void>(co_await weir::sleep_for(95s));
        const std::string said = server.heard(1);
        CO_CHECK_EQUAL(std::count(said.begin(), said.end(), '\n'), 9);
        CO_CHECK_EQUAL(peer.epoch(), 1U);
        server.answer = [](const std::string&) { return std::string(); };
        static_cast<void>(co_await weir::sleep_for(11s));
        CO_CHECK(peer.epoch() == 2);
        bool is_told = false;
        while (heard.size() > 0) {
            const auto each = co_await heard.next();
            if (!each || !*each) break;
            const auto* down = std::get_if<weir::ws::connection_down>(&**each);
            if (down != nullptr) is_told = down->why.error() == client_errc::heartbeat_timeout;
        }
        CO_CHECK(is_told);
        CO_CHECK(server.code() == close_code::normal);
        CO_CHECK_EQUAL(server.reason(), "heartbeat timeout");
    });
}

CO_TEST(a_test_request_is_answered_and_that_answer_is_checked_too) {
    const auto prepare = [](client_setup& setup) {
        setup.beat = &beat;
        setup.layer = &obey;
        setup.heartbeat_timeout = 5s;
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        for (int i = 0; i < 3; ++i) {
            server.push("test_request");
            static_cast<void>(co_await weir::sleep_for(1s));
        }
        CO_CHECK_EQUAL(server.heard(1), "9 test x\n9 test x\n9 test x\n");
        CO_CHECK_EQUAL(peer.epoch(), 1U);
        server.answer = [](const std::string&) { return std::string(); };
        server.push("test_request");
        static_cast<void>(co_await weir::sleep_for(6s));
        CO_CHECK_EQUAL(peer.epoch(), 2U);
    });
}

CO_TEST(a_layer_answers_ends_and_judges) {
    const auto prepare = [](client_setup& setup) { setup.layer = &obey; };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        server.push("question");
        const auto answered = co_await has_heard(server, 1, "answer\n");
        CO_CHECK(answered);
        auto heard = peer.listen();
        server.push("bad");
        server.push("news");
        const auto news = co_await peer.next();
        CO_CHECK(news && news->text() == "news");
        CO_CHECK_EQUAL(peer.epoch(), 1U);
        const auto told = co_await heard.next();
        CO_CHECK(told && *told && std::holds_alternative<weir::ws::message_failed>(**told));
        server.push("reconnect");
        const auto again = co_await eventually(
            [&] { return peer.epoch() == 2 && peer.state() == client_state::ready; });
        CO_REQUIRE(again);
        server.push("fatal");
        const auto over = co_await eventually([&] { return peer.state() == client_state::error; });
        CO_CHECK(over);
        CO_CHECK_EQUAL(server.accepted(), 2U);
    });
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        server.push("leave");
        const auto over = co_await eventually([&] { return peer.state() == client_state::closed; });
        CO_CHECK(over);
        CO_CHECK(server.code() == close_code::going_away);
    });
}

CO_TEST(replies_that_come_in_the_reverse_order_find_their_requests) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        std::deque<std::string> held;
        server.answer = [&held](const std::string& line) {
            const auto words = words_of(line);
            held.push_front(words[0] + ' ' + words[2]);
            return std::string();
        };
        weir::task_group group(co_await weir::this_task(), 50);
        int right = 0;
        const auto one = [&peer, &right](int number) -> weir::task<> {
            const std::string id = std::to_string(number);
            const std::string answer = co_await ask(peer, id, "of" + id);
            if (answer == id + " of" + id) ++right;
        };
        for (int i = 0; i < 50; ++i) static_cast<void>(group.try_spawn(one, i));
        static_cast<void>(co_await eventually([&] { return held.size() == 50; }));
        for (const std::string& each : held) server.push(each);
        static_cast<void>(co_await group.join());
        CO_CHECK_EQUAL(right, 50);
    });
}

CO_TEST(no_more_leaves_than_the_limit_allows_across_breaks_too) {
    weir::rate::rate_limiter<> limit(weir::rate::quota(10, 1s, 120));
    const auto prepare = [&limit](client_setup& setup) { setup.limiter = &limit; };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        std::vector<weir::reactor::time_point> arrivals;
        server.answer = [&arrivals](const std::string&) {
            arrivals.push_back(weir::test::now());
            return std::string();
        };
        for (int i = 0; i < 40; ++i) {
            outgoing order("0 order x");
            const auto sent = co_await peer.send(std::move(order.kind(request_kind::order)));
            CO_REQUIRE(sent);
            if (i == 20) {
                server.kill();
                server.start();
            }
        }
        static_cast<void>(co_await eventually([&] { return peer.queued() == 0; }, 5min));
        static_cast<void>(co_await weir::sleep_for(1s));
        CO_CHECK(arrivals.size() >= 30);
        // An order costs ten: 120 at once, then ten a second.
        for (std::size_t first = 0; first < arrivals.size(); ++first) {
            for (std::size_t last = first; last < arrivals.size(); ++last) {
                const std::chrono::duration<double> between = arrivals[last] - arrivals[first];
                const double cost = 10.0 * static_cast<double>(last - first + 1);
                CO_CHECK(cost <= 120 + 10 * between.count() + 10);
            }
        }
    });
}

CO_TEST(what_keeps_the_connection_alive_does_not_wait_behind_orders) {
    weir::rate::rate_limiter<> limit(weir::rate::quota(1, 1s, 10));
    const auto prepare = [&limit](client_setup& setup) {
        setup.limiter = &limit;
        setup.beat = &beat;
        setup.beat_interval = 60s;
        setup.heartbeat_timeout = 15s;
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        for (int i = 0; i < 30; ++i) {
            outgoing order("0 order x");
            const auto sent = co_await peer.send(std::move(order.kind(request_kind::order)));
            CO_REQUIRE(sent);
        }
        static_cast<void>(co_await weir::sleep_for(3min));
        const std::string said = server.heard(1);
        CO_CHECK(said.find("9 test") != said.npos && peer.queued() > 5);
        CO_CHECK_EQUAL(peer.epoch(), 1U);
    });
}

BOOST_AUTO_TEST_CASE(a_cut_cable_is_noticed_in_time_and_mended_behind_the_same_handle) {
    weir::sim::world world(5);
    auto& there = world.add_host("exchange");
    auto& here = world.add_host("client");
    fake_server server(there.address(7000));
    server.start();
    there.start([&server](weir::shard&) { return server.serve(); });
    const client* seen = nullptr;
    here.start([&](weir::shard&) -> weir::task<> {
        client_setup setup = quick_setup(server.where());
        setup.ping_interval = 30s;
        setup.heartbeat_timeout = 20s;
        setup.delays = weir::ws::reconnect_delays::interactive();
        client peer(std::move(setup));
        seen = &peer;
        static_cast<void>(co_await peer.run());
    });
    const auto is = [&seen](client_state state) {
        return [&seen, state] { return seen != nullptr && seen->state() == state; };
    };
    BOOST_REQUIRE(world.run_until(is(client_state::ready), 1min));
    world.run_for(10min);
    BOOST_TEST(seen->epoch() == 1U);
    world.partition(there, here);
    BOOST_TEST(world.run_until([&] { return !is(client_state::ready)(); }, 50s + 100ms));
    world.run_for(5min);
    world.heal(there, here);
    BOOST_TEST(world.run_until(is(client_state::ready), 1min));
    BOOST_TEST(seen->epoch() == 2U);
    here.request_stop();
    there.request_stop();
    BOOST_TEST(world.run_to_end(1h));
}

BOOST_AUTO_TEST_SUITE_END()
