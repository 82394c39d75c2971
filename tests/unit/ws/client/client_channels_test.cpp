// SPDX-License-Identifier: Apache-2.0
// The channels and credentials of a client: restored in order, asked for once, renewed in time.
#include "client_peers.hpp"

#include <algorithm>
#include <sstream>

using namespace weir::ws::test;
using weir::ws::client;
using weir::ws::client_errc;
using weir::ws::client_link;
using weir::ws::client_setup;
using weir::ws::client_state;
using weir::ws::correlation;
using weir::ws::outgoing;
using weir::ws::request_kind;
using weir::ws::subscription_status;

BOOST_AUTO_TEST_SUITE(client_channels_test)

namespace {

/// @param channels  with blanks in between.
weir::task<> subscribe_all(client& peer, std::string channels) {
    std::istringstream words(channels);
    for (std::string each; words >> each;) {
        const auto subscribed = co_await peer.subscribe(each);
        CO_CHECK(subscribed.has_value());
    }
}

bool is_active(const client& peer, const std::string& channel) {
    const auto active = peer.subscriptions().active();
    return std::find(active.begin(), active.end(), channel) != active.end();
}

weir::task<bool> restart(client& peer, fake_server& server) {
    const std::uint64_t before = peer.epoch();
    server.kill();
    server.start();
    co_return co_await eventually(
        [&] { return peer.epoch() > before && peer.state() == client_state::ready; });
}

/// The verbs and channels that were said, without the ids.
std::string without_ids(const std::string& lines) {
    std::string all;
    std::size_t begin = 0;
    for (auto end = lines.find('\n'); end != lines.npos; end = lines.find('\n', begin)) {
        const auto words = words_of(lines.substr(begin, end - begin));
        all += words.size() > 2 ? words[1] + ' ' + words[2] + '\n' : words[0] + '\n';
        begin = end + 1;
    }
    return all;
}

/// Logs in with `life`; each login is a line that the server hears.
void log_in(client_setup& setup, std::chrono::nanoseconds life) {
    setup.authenticate =
        [life](client_link link) -> weir::task<weir::result<std::chrono::nanoseconds>> {
        static int number = 1000;
        const std::string id = std::to_string(++number);
        auto asking = link.request(outgoing(id + " login me").kind(request_kind::authentication),
                                   correlation::by_id(id));
        const auto answer = co_await std::move(asking);
        if (!answer) co_return weir::fail(answer.error());
        if (answer->text().ends_with("no")) {
            co_return weir::fail(make_error_code(client_errc::authentication_refused));
        }
        co_return life;
    };
}

}  // namespace

CO_TEST(channels_are_restored_in_their_order_and_once) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        co_await subscribe_all(peer, "ccc a bb");
        const auto twice = co_await peer.subscribe("a");
        CO_CHECK(twice.has_value());
        CO_CHECK_EQUAL(without_ids(server.heard(1)), "sub ccc\nsub a\nsub bb\n");
        for (std::size_t life = 2; life < 4; ++life) {
            const auto again = co_await restart(peer, server);
            CO_REQUIRE(again);
            CO_CHECK_EQUAL(without_ids(server.heard(life)), "sub ccc\nsub a\nsub bb\n");
            CO_CHECK_EQUAL(peer.subscriptions().active().size(), 3U);
        }
    });
}

CO_TEST(what_was_ended_is_not_restored) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        co_await subscribe_all(peer, "a bb");
        const auto ended = co_await peer.unsubscribe("a");
        CO_CHECK(ended.has_value());
        const auto unknown = co_await peer.unsubscribe("zzz");
        CO_CHECK(weir::test::error_of(unknown) == std::errc::invalid_argument);
        const auto again = co_await restart(peer, server);
        CO_REQUIRE(again);
        CO_CHECK_EQUAL(without_ids(server.heard(2)), "sub bb\n");
    });
}

CO_TEST(one_channel_that_is_refused_does_not_cost_the_others) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        co_await subscribe_all(peer, "a bb ccc");
        server.answer = [](const std::string& line) {
            const auto words = words_of(line);
            return words[0] + (words[2] == "bb" ? " no" : " ok");
        };
        auto heard = peer.listen();
        const auto again = co_await restart(peer, server);
        CO_REQUIRE(again);
        CO_CHECK(is_active(peer, "a") && !is_active(peer, "bb") && is_active(peer, "ccc"));
        bool is_told = false;
        while (heard.size() > 0) {
            const auto each = co_await heard.next();
            if (!each || !*each) break;
            const auto* changed = std::get_if<weir::ws::subscription_changed>(&**each);
            if (changed == nullptr || changed->channel != "bb") continue;
            is_told = changed->status == subscription_status::failed &&
                      changed->why == client_errc::subscription_refused;
        }
        CO_CHECK(is_told);
        const auto refused = co_await peer.subscribe("bb");
        CO_CHECK(weir::test::error_of(refused) == client_errc::subscription_refused);
    });
}

CO_TEST(a_subscription_that_nobody_answers_expires_after_half_a_minute) {
    const auto prepare = [](client_setup& setup) { setup.request_timeout = 1h; };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        server.answer = [](const std::string&) { return std::string(); };
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        const auto begun = weir::test::now();
        const auto expired = co_await peer.subscribe("a");
        CO_CHECK(weir::test::error_of(expired) == std::errc::timed_out);
        CO_CHECK(weir::test::now() - begun >= 30s && weir::test::now() - begun < 31s);
        CO_REQUIRE(!peer.subscriptions().history().empty());
        CO_CHECK(peer.subscriptions().history().back().status() == subscription_status::expired);
    });
}

CO_TEST(two_who_want_one_channel_at_once_ask_for_it_once) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        auto both = weir::when_all(peer.subscribe("a"), peer.subscribe("a"));
        const auto outcomes = co_await both;
        CO_CHECK(std::get<0>(outcomes).has_value());
        CO_CHECK(weir::test::error_of(std::get<1>(outcomes)) == client_errc::subscription_pending);
        CO_CHECK_EQUAL(without_ids(server.heard(1)), "sub a\n");
    });
}

CO_TEST(a_channel_that_cannot_be_restored_at_once_is_restored_with_the_next_connection) {
    const auto prepare = [](client_setup& setup) { setup.request_timeout = 1s; };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        co_await subscribe_all(peer, "a bb");
        server.answer = [](const std::string& line) {
            const auto words = words_of(line);
            return words[2] == "bb" ? std::string() : words[0] + " ok";
        };
        const auto without = co_await restart(peer, server);
        CO_REQUIRE(without);
        CO_CHECK(is_active(peer, "a") && !is_active(peer, "bb"));
        const auto* const kept = peer.subscriptions().find("bb");
        CO_REQUIRE(kept != nullptr);
        CO_CHECK(kept->status() == subscription_status::expired);
        CO_CHECK(kept->is_wanted());
        server.answer = [](const std::string& line) { return words_of(line)[0] + " ok"; };
        const auto again = co_await restart(peer, server);
        CO_REQUIRE(again);
        CO_CHECK(is_active(peer, "a") && is_active(peer, "bb"));
    });
}

CO_TEST(an_older_question_about_a_channel_does_not_settle_a_newer_one) {
    weir::event first_may_end;
    const auto prepare = [&first_may_end](client_setup& setup) {
        // The first question fails when it is told to, the second is answered later.
        setup.subscribe = [&first_may_end, number = 0](client_link, std::string) mutable {
            const auto hook = [](weir::event& ends,
                                 bool is_first) -> weir::task<weir::result<void>> {
                if (!is_first) co_return co_await weir::sleep_for(2s);
                const auto told = co_await ends.wait();
                if (!told) co_return weir::fail(told.error());
                co_return weir::fail(make_error_code(client_errc::subscription_refused));
            };
            return hook(first_may_end, ++number == 1);
        };
    };
    co_await play(prepare, [&first_may_end](client& peer, fake_server&) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        const auto meanwhile = [](client& of, weir::event& end_first) -> weir::task<> {
            const auto asked =
                co_await eventually([&] { return of.subscriptions().find("a") != nullptr; });
            CO_REQUIRE(asked);
            const auto ended = co_await of.unsubscribe("a");
            CO_REQUIRE(ended);
            end_first.set();
            const auto subscribed = co_await of.subscribe("a");
            CO_CHECK(subscribed.has_value());
        };
        auto both = weir::when_all(peer.subscribe("a"), meanwhile(peer, first_may_end));
        const auto outcomes = co_await both;
        CO_CHECK(weir::test::error_of(std::get<0>(outcomes)) == client_errc::subscription_refused);
        CO_CHECK(is_active(peer, "a"));
    });
}

CO_TEST(restoring_keeps_to_the_limit_of_the_rate) {
    weir::rate::rate_limiter<> five_a_second(weir::rate::quota(5, 1s));
    const auto prepare = [&](client_setup& setup) { setup.limiter = &five_a_second; };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        co_await subscribe_all(peer, "a bb ccc");
        static_cast<void>(co_await weir::sleep_for(5s));
        const auto begun = weir::test::now();
        const auto again = co_await restart(peer, server);
        CO_REQUIRE(again);
        // A subscription costs five: the first at once, the others a second apart.
        CO_CHECK(weir::test::now() - begun >= 2s && weir::test::now() - begun < 3s);
        CO_CHECK_EQUAL(without_ids(server.heard(2)), "sub a\nsub bb\nsub ccc\n");
    });
}

CO_TEST(an_imported_state_is_subscribed_to_with_the_first_connection) {
    std::string exported;
    const auto export_it = [&exported](client& peer, fake_server&) -> weir::task<> {
        co_await subscribe_all(peer, "bb a");
        exported = peer.subscriptions().export_state();
    };
    co_await play(export_it);
    const auto import_it = [&exported](client& peer, fake_server& server) -> weir::task<> {
        const auto imported = peer.import_subscriptions(exported);
        CO_REQUIRE(imported);
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        CO_CHECK_EQUAL(without_ids(server.heard(1)), "sub bb\nsub a\n");
    };
    co_await play(import_it);
}

CO_TEST(who_we_are_is_said_before_channels_and_messages) {
    const auto prepare = [](client_setup& setup) { log_in(setup, 0s); };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto early = co_await peer.send_text("early");
        CO_CHECK(early.has_value());
        co_await subscribe_all(peer, "a");
        CO_CHECK_EQUAL(without_ids(server.heard(1)), "login me\nearly\nsub a\n");
        const auto again = co_await restart(peer, server);
        CO_REQUIRE(again);
        CO_CHECK_EQUAL(without_ids(server.heard(2)), "login me\nsub a\n");
    });
}

CO_TEST(requests_that_wait_for_the_connection_do_not_keep_it_from_logging_in) {
    const auto prepare = [](client_setup& setup) {
        log_in(setup, 0s);
        setup.requests.max_pending = 1;
    };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        server.kill();
        const auto down =
            co_await eventually([&] { return peer.state() == client_state::reconnecting; });
        CO_REQUIRE(down);
        const auto revive = [](client& of, fake_server& other) -> weir::task<> {
            const auto waits = co_await eventually([&] { return of.pending_requests() == 1; });
            if (waits) other.start();
        };
        auto both = weir::when_all(ask(peer, "1", "x"), revive(peer, server));
        const auto outcomes = co_await both;
        CO_CHECK_EQUAL(std::get<0>(outcomes), "1 x");
        CO_CHECK_EQUAL(without_ids(server.heard(2)), "login me\necho x\n");
    });
}

CO_TEST(a_refused_login_is_not_tried_again) {
    const auto prepare = [](client_setup& setup) { log_in(setup, 0s); };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        server.answer = [](const std::string& line) { return words_of(line)[0] + " no"; };
        const auto ready = co_await peer.until_ready();
        CO_CHECK(weir::test::error_of(ready) == client_errc::gave_up);
        CO_CHECK_EQUAL(server.accepted(), 1U);
    });
}

CO_TEST(a_login_is_renewed_a_minute_before_its_end) {
    const auto prepare = [](client_setup& setup) { log_in(setup, 10min); };
    co_await play(prepare, [](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready);
        static_cast<void>(co_await weir::sleep_for(539s));
        CO_CHECK_EQUAL(without_ids(server.heard(1)), "login me\n");
        static_cast<void>(co_await weir::sleep_for(2s));
        CO_CHECK_EQUAL(without_ids(server.heard(1)), "login me\nlogin me\n");
        // One that the user asked for counts, too.
        static_cast<void>(co_await weir::sleep_for(300s));
        const auto renewed = co_await peer.authenticate();
        CO_CHECK(renewed.has_value());
        static_cast<void>(co_await weir::sleep_for(538s));
        CO_CHECK_EQUAL(without_ids(server.heard(1)), "login me\nlogin me\nlogin me\n");
        static_cast<void>(co_await weir::sleep_for(3s));
        CO_CHECK_EQUAL(without_ids(server.heard(1)), "login me\nlogin me\nlogin me\nlogin me\n");
        CO_CHECK_EQUAL(peer.epoch(), 1U);
    });
}

CO_TEST(a_break_while_it_restores_begins_the_restoring_anew) {
    co_await play([](client& peer, fake_server& server) -> weir::task<> {
        co_await subscribe_all(peer, "a bb");
        // The second life says nothing and dies.
        server.answer = [](const std::string&) { return std::string(); };
        server.kill();
        server.start();
        const auto asked = co_await eventually([&] { return !server.heard(2).empty(); });
        CO_REQUIRE(asked);
        server.answer = [](const std::string& line) { return words_of(line)[0] + " ok"; };
        server.kill();
        server.start();
        const auto again = co_await eventually(
            [&] { return peer.epoch() == 3 && peer.state() == client_state::ready; });
        CO_REQUIRE(again);
        CO_CHECK_EQUAL(without_ids(server.heard(3)), "sub a\nsub bb\n");
        CO_CHECK_EQUAL(peer.subscriptions().active().size(), 2U);
    });
}

CO_TEST(without_hooks_there_is_nothing_to_subscribe_with) {
    const auto prepare = [](client_setup& setup) {
        setup.subscribe = nullptr;
        setup.unsubscribe = nullptr;
    };
    co_await play(prepare, [](client& peer, fake_server&) -> weir::task<> {
        const auto subscribed = co_await peer.subscribe("a");
        CO_CHECK(weir::test::error_of(subscribed) == std::errc::function_not_supported);
        const auto ended = co_await peer.unsubscribe("a");
        CO_CHECK(weir::test::error_of(ended) == std::errc::function_not_supported);
        const auto renewed = co_await peer.authenticate();
        CO_CHECK(weir::test::error_of(renewed) == std::errc::function_not_supported);
    });
}

BOOST_AUTO_TEST_SUITE_END()
