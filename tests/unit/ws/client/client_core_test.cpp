// SPDX-License-Identifier: Apache-2.0
// client_core: what becomes of requests, messages and attempts when connections break.
#include "client_peers.hpp"

#include <weir/base/refusal.hpp>

#include <algorithm>
#include <set>
#include <sstream>

using namespace weir::ws::test;
using weir::ws::client;
using weir::ws::client_errc;
using weir::ws::client_setup;
using weir::ws::client_state;
using weir::ws::close_code;
using weir::ws::correlation;
using weir::ws::outgoing;

BOOST_AUTO_TEST_SUITE(client_core_test)

namespace {

/// Sends a request that is never answered and gives what it ended with.
weir::task<std::string> hang(client& peer, std::string id) {
    outgoing question(id + " hang x");
    auto asking = peer.request(std::move(question), correlation::by_id(id));
    const auto answer = co_await std::move(asking);
    co_return answer ? std::string(answer->text()) : answer.error().message();
}

/// As fake_server answers, but for those that hang.
std::string answer_unless_hanging(const std::string& line) {
    const auto words = words_of(line);
    if (words.size() < 3 || words[1] == "hang") return {};
    return words[0] + ' ' + words[2];
}

weir::task<> kill_when_heard(fake_server& server, std::string what) {
    static_cast<void>(co_await eventually(
        [&] { return server.heard(server.accepted()).find(what) != std::string::npos; }));
    server.kill();
    server.start();
}

weir::rate::quota one_an_hour() { return weir::rate::quota(1, 1h); }

/// Ends a connection that is ready; whether the client has noticed.
weir::task<bool> cut_off(client& peer, fake_server& server) {
    const auto ready = co_await peer.until_ready();
    if (!ready) co_return false;
    server.kill();
    const auto down = co_await eventually([&] { return peer.state() != client_state::ready; });
    co_return down;
}

}  // namespace

CO_TEST(a_request_in_flight_ends_with_its_connection_and_no_later_one_answers_it) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        server.answer = answer_unless_hanging;
        auto both = weir::when_all(hang(peer, "1"), kill_when_heard(server, "hang"));
        const auto outcomes = co_await both;
        CO_CHECK_EQUAL(std::get<0>(outcomes), text_of(client_errc::connection_lost));
        CO_CHECK_EQUAL(peer.statistics().requests_lost.value(), 1U);
        CO_CHECK_EQUAL(peer.pending_requests(), 0U);
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        // The new server knows nothing of it; what it says with that number is news.
        server.push("1 late");
        const auto news = co_await peer.next();
        CO_CHECK(news && news->text() == "1 late");
        CO_CHECK_EQUAL(server.heard(2), "");
    });
}

CO_TEST(a_late_reply_is_dropped_and_counted_and_the_next_request_has_its_own) {
    const auto prepare = [](client_setup& setup) { setup.request_timeout = 2s; };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        server.answer = answer_unless_hanging;
        const auto begun = weir::test::now();
        const std::string first = co_await hang(peer, "1");
        CO_CHECK_EQUAL(first, std::make_error_code(std::errc::timed_out).message());
        CO_CHECK(weir::test::now() - begun >= 2s && weir::test::now() - begun < 3s);
        server.push("1 late");
        const std::string second = co_await ask(peer, "2", "mine");
        CO_CHECK_EQUAL(second, "2 mine");
        CO_CHECK_EQUAL(peer.statistics().late_replies.value(), 1U);
        const auto none = co_await weir::with_timeout(1s, peer.next());
        CO_CHECK(weir::test::error_of(none) == std::errc::timed_out);
    });
}

CO_TEST(a_deadline_around_a_request_ends_it_like_its_own) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        server.answer = answer_unless_hanging;
        const auto ended = co_await weir::with_timeout(1s, hang(peer, "1"));
        CO_CHECK(ended && *ended == std::make_error_code(std::errc::operation_canceled).message());
        server.push("1 late");
        const std::string next = co_await ask(peer, "2", "x");
        CO_CHECK_EQUAL(next, "2 x");
        CO_CHECK_EQUAL(peer.statistics().late_replies.value(), 1U);
    });
}

CO_TEST(what_is_sent_while_nobody_is_there_leaves_later_in_its_order) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const bool is_down = co_await cut_off(peer, server);
        CO_REQUIRE(is_down);
        co_await send_letters(peer, "abc");
        CO_CHECK_EQUAL(peer.queued(), 3U);
        server.start();
        const auto heard = co_await eventually([&] { return server.heard(2) == "a\nb\nc\n"; });
        CO_CHECK(heard);
    });
}

CO_TEST(a_request_that_was_not_sent_yet_is_answered_over_the_next_connection) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const bool is_down = co_await cut_off(peer, server);
        CO_REQUIRE(is_down);
        server.start();
        const std::string answer = co_await ask(peer, "1", "x");
        CO_CHECK_EQUAL(answer, "1 x");
        CO_CHECK_EQUAL(peer.statistics().requests_lost.value(), 0U);
    });
}

CO_TEST(what_waits_can_be_dropped_at_a_break_instead_and_is_reported) {
    weir::rate::rate_limiter<> slow(one_an_hour());
    const auto prepare = [&slow](client_setup& setup) {
        setup.limiter = &slow;
        setup.outbox.at_break = weir::ws::when_down::drop;
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto first = co_await peer.send_text("a");
        const auto second = co_await peer.send_text("b");
        CO_CHECK(first && second);
        auto both = weir::when_all(hang(peer, "1"), kill_when_heard(server, "a"));
        const auto outcomes = co_await both;
        CO_CHECK_EQUAL(std::get<0>(outcomes), text_of(client_errc::message_dropped));
        CO_CHECK_EQUAL(peer.statistics().messages_dropped.value(), 2U);
        CO_CHECK_EQUAL(peer.queued(), 0U);
    });
}

CO_TEST(a_full_outbox_refuses_or_drops_as_it_was_told) {
    const auto rejecting = [](client_setup& setup) {
        setup.outbox.max_messages = 2;
        setup.outbox.policy = weir::when_full::reject;
    };
    co_await play(rejecting, [](client& peer, fake_server& server) -> weir::task<> {
        server.kill();
        const auto first = co_await peer.send_text("a");
        const auto second = co_await peer.send_text("b");
        const auto third = co_await peer.send_text("c");
        CO_CHECK(first && second);
        CO_CHECK(weir::test::error_of(third) == std::errc::no_buffer_space);
    });
    const auto dropping = [](client_setup& setup) {
        setup.outbox.max_messages = 2;
        setup.outbox.policy = weir::when_full::drop_oldest;
    };
    co_await play(dropping, [](client& peer, fake_server& server) -> weir::task<> {
        co_await send_letters(peer, "abc");
        const auto heard = co_await eventually([&] { return !server.heard(1).empty(); });
        CO_CHECK(heard);
        CO_CHECK_EQUAL(server.heard(1), "b\nc\n");
        CO_CHECK_EQUAL(peer.statistics().messages_dropped.value(), 1U);
    });
}

CO_TEST(after_the_last_attempt_everybody_is_told_and_it_can_be_run_again) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const bool is_down = co_await cut_off(peer, server);
        CO_REQUIRE(is_down);
        const auto begun = weir::test::now();
        const std::string answer = co_await ask(peer, "1", "x");
        CO_CHECK_EQUAL(answer, text_of(client_errc::gave_up));
        CO_REQUIRE(peer.state() == client_state::error);
        // Five attempts, 100 ms apart.
        CO_CHECK(weir::test::now() - begun >= 490ms && weir::test::now() - begun < 1s);
        CO_CHECK_EQUAL(peer.statistics().attempts.value(), 6U);
        const auto refused = co_await peer.send_text("y");
        CO_CHECK(weir::test::error_of(refused) == client_errc::gave_up);
        server.start();
        auto again = weir::when_any(peer.run(), ask(peer, "2", "z"));
        auto outcome = co_await again;
        CO_CHECK_EQUAL(outcome.winner(), 1U);
        CO_CHECK(peer.state() == client_state::disconnected);
    });
}

CO_TEST(a_peer_that_says_never_again_is_believed) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        server.close_all(close_code::policy_violation);
        const auto over = co_await eventually([&] { return peer.state() == client_state::error; });
        CO_CHECK(over);
        CO_CHECK_EQUAL(peer.statistics().attempts.value(), 1U);
    });
}

CO_TEST(a_peer_that_restarts_is_connected_to_again) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        server.close_all(close_code::service_restart);
        const auto again = co_await eventually([&] { return peer.epoch() == 2; });
        CO_CHECK(again);
    });
}

CO_TEST(requests_are_bounded) {
    const auto prepare = [](client_setup& setup) { setup.requests.max_pending = 1; };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        server.answer = answer_unless_hanging;
        auto both =
            weir::when_all(hang(peer, "1"), [](client& of, fake_server& other) -> weir::task<> {
                const auto heard = co_await eventually([&] { return !other.heard(1).empty(); });
                CO_REQUIRE(heard);
                const std::string refused = co_await ask(of, "2", "x");
                CO_CHECK_EQUAL(refused,
                               make_error_code(weir::refusal::too_many_in_flight).message());
                other.push("1 there");
            }(peer, server));
        const auto outcomes = co_await both;
        CO_CHECK_EQUAL(std::get<0>(outcomes), "1 there");
    });
}

CO_TEST(over_many_breaks_nothing_comes_twice_or_in_another_order) {
    const auto prepare = [](client_setup& setup) {
        setup.delays = weir::resilience::backoff_policy::constant(5ms);
        setup.outbox.max_messages = 10;
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        weir::random chance(11);
        constexpr int count = 300;
        for (int i = 0; i < count; ++i) {
            const auto sent = co_await peer.send_text("0 seq " + std::to_string(i));
            CO_REQUIRE(sent);
            if (chance.chance(0.05)) {
                server.kill();
                server.start();
            }
            if (chance.chance(0.1)) static_cast<void>(co_await weir::sleep_for(3ms));
        }
        const auto drained = co_await eventually([&] { return peer.queued() == 0; });
        CO_CHECK(drained);
        const std::string done = co_await ask(peer, "1", "done");
        CO_CHECK_EQUAL(done, "1 done");
        int before = -1;
        std::size_t total = 0;
        for (std::size_t life = 1; life <= server.accepted(); ++life) {
            std::istringstream lines(server.heard(life));
            for (std::string line; std::getline(lines, line);) {
                if (words_of(line)[1] != "seq") continue;
                const int number = std::stoi(words_of(line)[2]);
                CO_CHECK(number > before);
                before = number;
                ++total;
            }
        }
        CO_CHECK(server.accepted() > 3);
        CO_CHECK(total <= count && total > count / 2);
    });
}

BOOST_AUTO_TEST_SUITE_END()
