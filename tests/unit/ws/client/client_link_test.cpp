// SPDX-License-Identifier: Apache-2.0
// client_link: belongs to one connection, and to no later one.
#include "client_peers.hpp"

#include <optional>

using namespace weir::ws::test;
using weir::ws::client;
using weir::ws::client_errc;
using weir::ws::client_link;
using weir::ws::client_setup;
using weir::ws::client_state;
using weir::ws::correlation;
using weir::ws::outgoing;

BOOST_AUTO_TEST_SUITE(client_link_test)

namespace {

/// Keeps the link of each connection as it is made.
class link_keeper {
public:
    auto hook() {
        return [this](client_link link) -> weir::task<weir::result<std::chrono::nanoseconds>> {
            links.push_back(link);
            co_return 0ns;
        };
    }
    std::vector<client_link> links;
};

}  // namespace

CO_TEST(a_link_serves_while_its_connection_is_there_and_never_after) {
    link_keeper kept;
    const auto prepare = [&kept](client_setup& setup) { setup.authenticate = kept.hook(); };
    const auto use = [&kept](client& peer, fake_server& server) -> weir::task<> {
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready && kept.links.size() == 1);
        client_link first = kept.links.front();
        CO_CHECK(first.is_alive());
        CO_CHECK_EQUAL(first.epoch(), 1U);
        const auto sent = co_await first.send(outgoing("hello"));
        CO_CHECK(sent.has_value());
        outgoing question("1 echo x");
        auto asking = first.request(std::move(question), correlation::by_id("1"));
        const auto answer = co_await std::move(asking);
        CO_CHECK(answer && answer->text() == "1 x");
        const auto pong = co_await first.ping();
        CO_CHECK(pong.has_value());

        server.kill();
        server.start();
        const auto again = co_await eventually(
            [&] { return peer.epoch() == 2 && peer.state() == client_state::ready; });
        CO_REQUIRE(again);
        CO_CHECK(!first.is_alive() && kept.links.back().is_alive());
        const auto unsent = co_await first.send(outgoing("stale"));
        CO_CHECK(weir::test::error_of(unsent) == client_errc::connection_lost);
        outgoing stale("2 echo x");
        auto asking_again = first.request(std::move(stale), correlation::by_id("2"));
        const auto unanswered = co_await std::move(asking_again);
        CO_CHECK(weir::test::error_of(unanswered) == client_errc::connection_lost);
        const auto no_pong = co_await first.ping();
        CO_CHECK(weir::test::error_of(no_pong) == client_errc::connection_lost);
        CO_CHECK_EQUAL(server.heard(2), "");
    };
    co_await play(prepare, use);
}

CO_TEST(what_a_link_sends_goes_before_what_waits) {
    weir::rate::rate_limiter<> slow(weir::rate::quota(1, 1s));
    link_keeper kept;
    const auto prepare = [&](client_setup& setup) {
        setup.limiter = &slow;
        setup.authenticate = kept.hook();
    };
    const auto use = [&kept](client& peer, fake_server& server) -> weir::task<> {
        co_await send_letters(peer, "abc");
        const auto ready = co_await peer.until_ready();
        CO_REQUIRE(ready && !kept.links.empty());
        client_link link = kept.links.front();
        const auto first = co_await eventually([&] { return server.heard(1) == "a\n"; });
        CO_REQUIRE(first);
        const auto urgent = co_await link.send(outgoing("urgent"));
        CO_CHECK(urgent.has_value());
        static_cast<void>(co_await weir::sleep_for(10s));
        CO_CHECK_EQUAL(server.heard(1), "a\nurgent\nb\nc\n");
    };
    co_await play(prepare, use);
}

BOOST_AUTO_TEST_SUITE_END()
