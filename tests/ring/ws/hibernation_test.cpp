// SPDX-License-Identifier: Apache-2.0
// Idle connections hibernate after their time, if they hold enough, and wake on the first byte.
// Over the simulated kernel minutes pass in no time; over Linux the times are short.
#include "ws_peers.hpp"

#include <weir/ws/connection_statistics.hpp>
#include <weir/ws/deflate/deflate_agreement.hpp>
#include <weir/ws/hibernation.hpp>

using namespace weir::ws::test;
using weir::ws::connection;
using weir::ws::connection_options;
using weir::ws::connection_statistics;
using weir::ws::deflate_options;

BOOST_AUTO_TEST_SUITE(hibernation_test)

namespace {

constexpr auto keeping =
    weir::ws::deflate_parameters(15, 15).keep_send_context().keep_receive_context();

/// As long as the defaults where time is virtual.
std::chrono::milliseconds idle_time() { return weir::test::is_simulated() ? 300'000ms : 300ms; }

connection_options sleepy() {
    connection_options options = quick_options();
    options.deflate = deflate_options().keep_send_context().keep_receive_context();
    options.hibernation.idle_time = idle_time();
    return options;
}

weir::task<both_ends> connected_with_context(const connection_options& options) {
    auto pair = co_await weir::test::tcp_streams::connect();
    auto one = weir::ws::deflate_agreement::make(keeping);
    auto other = weir::ws::deflate_agreement::make(keeping);
    connection server(std::move(pair.a), weir::ws::role::server, options, {}, std::move(*one));
    connection client(std::move(pair.b), weir::ws::role::client, options, {}, std::move(*other));
    co_return both_ends(std::move(server), std::move(client));
}

std::string long_text() {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "{\"number\":" + std::to_string(i * 7 % 13) + "},";
    return text;
}

/// One message that is compressed; false when the connection has ended.
weir::task<bool> exchange(connection& from, connection& to) {
    const std::string text = long_text();
    const auto sent = co_await from.send_text(text);
    if (!sent) co_return false;
    const auto arrived = co_await to.receive();
    if (!arrived) co_return false;
    BOOST_TEST((arrived->text() == text));
    co_return true;
}

/// What has happened since it was made.
class counts {
public:
    [[nodiscard]] std::uint64_t hibernated() const {
        return now().hibernated.value() - hibernated_before_;
    }
    [[nodiscard]] std::uint64_t woken() const { return now().woken.value() - woken_before_; }
    [[nodiscard]] std::uint64_t bytes() const {
        return now().bytes_given_back.value() - bytes_before_;
    }

private:
    static connection_statistics& now() { return connection_statistics::of_this_thread(); }

    std::uint64_t hibernated_before_ = now().hibernated.value();
    std::uint64_t woken_before_ = now().woken.value();
    std::uint64_t bytes_before_ = now().bytes_given_back.value();
};

weir::task<> pass(std::chrono::milliseconds time) {
    static_cast<void>(co_await weir::sleep_for(time));
}

}  // namespace

RING_TEST(a_connection_that_is_idle_for_its_time_hibernates_and_wakes_on_the_next_message) {
    const connection_options options = sleepy();
    const counts since;
    both_ends ends = co_await connected_with_context(options);
    bool lives = co_await exchange(ends.client, ends.server);
    if (lives) lives = co_await exchange(ends.server, ends.client);
    if (!lives) co_return;
    co_await pass(idle_time() - 100ms);
    BOOST_TEST(since.hibernated() == 0U);
    co_await pass(200ms);
    BOOST_TEST(since.hibernated() == 2U);
    BOOST_TEST(since.bytes() > 2 * 200'000U);
    BOOST_TEST(since.woken() == 0U);
    lives = co_await exchange(ends.client, ends.server);
    if (!lives) co_return;
    BOOST_TEST(since.woken() == 2U);
    co_await pass(idle_time() + 100ms);
    BOOST_TEST(since.hibernated() == 3U);  // who has only received holds too little
    lives = co_await exchange(ends.server, ends.client);
}

RING_TEST(every_message_begins_the_time_anew) {
    const connection_options options = sleepy();
    const counts since;
    both_ends ends = co_await connected_with_context(options);
    for (int i = 0; i < 4; ++i) {
        const bool lives = co_await exchange(ends.client, ends.server);
        if (!lives) co_return;
        co_await pass(idle_time() * 2 / 3);
    }
    BOOST_TEST(since.hibernated() == 0U);
}

RING_TEST(the_first_byte_of_a_message_wakes_and_a_pong_does_not) {
    connection_options options = sleepy();
    const counts since;
    both_ends ends = co_await connected_with_context(options);
    const bool lives = co_await exchange(ends.server, ends.client);
    if (!lives) co_return;
    static_cast<void>(ends.server.hibernate());
    static_cast<void>(ends.client.hibernate());
    const std::uint64_t hibernated = since.hibernated();
    // Pings and pongs say that the peer lives, not that anything is going on.
    static_cast<void>(ends.server.try_ping(weir::as_bytes("?")));
    auto listen = [](connection& peer) -> weir::task<> {
        static_cast<void>(co_await weir::with_timeout(50ms, peer.receive()));
    };
    co_await together(listen(ends.client), listen(ends.server));
    BOOST_TEST(since.woken() == 0U);
    const auto sent = co_await ends.client.send_text(long_text());
    if (!sent) co_return;
    const auto arrived = co_await ends.server.receive();
    if (!arrived) co_return;
    BOOST_TEST(since.woken() == hibernated);
}

RING_TEST(with_a_keep_alive_it_is_looked_at_when_that_is_due) {
    connection_options options = sleepy();
    options.ping_interval = idle_time() / 4;
    options.pong_timeout = idle_time() / 4;
    const counts since;
    both_ends ends = co_await connected_with_context(options);
    bool lives = co_await exchange(ends.client, ends.server);
    if (lives) lives = co_await exchange(ends.server, ends.client);
    if (!lives) co_return;
    auto listen = [](connection& peer) -> weir::task<> {
        static_cast<void>(co_await weir::with_timeout(idle_time() * 5 / 2, peer.receive()));
    };
    co_await together(listen(ends.client), listen(ends.server));
    BOOST_TEST(since.hibernated() == 2U);
}

RING_TEST(one_that_holds_less_than_the_threshold_stays_as_it_is) {
    connection_options options = sleepy();
    options.hibernation.min_bytes = 400'000;
    const counts since;
    both_ends ends = co_await connected_with_context(options);
    const bool lives = co_await exchange(ends.client, ends.server);
    if (!lives) co_return;
    co_await pass(idle_time() * 2);
    BOOST_TEST(since.hibernated() == 0U);
}

RING_TEST(one_that_may_not_hibernate_does_not) {
    connection_options options = sleepy();
    options.hibernation.is_enabled = false;
    const counts since;
    both_ends ends = co_await connected_with_context(options);
    const bool lives = co_await exchange(ends.client, ends.server);
    if (!lives) co_return;
    co_await pass(idle_time() * 2);
    BOOST_TEST(since.hibernated() == 0U);
    BOOST_TEST(ends.client.hibernate() > 200'000U, "asked to, it does");
    BOOST_TEST(since.hibernated() == 1U);
}

RING_TEST(an_ended_connection_is_left_alone) {
    const connection_options options = sleepy();
    const counts since;
    {
        both_ends ends = co_await connected_with_context(options);
        const bool lives = co_await exchange(ends.client, ends.server);
        if (!lives) co_return;
    }
    co_await pass(idle_time() * 2);
    BOOST_TEST(since.hibernated() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
