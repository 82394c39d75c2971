// SPDX-License-Identifier: Apache-2.0
// Several addresses: an address that is silent or refuses costs a delay, never the connection.
#include "blackhole.hpp"
#include "fd_count.hpp"
#include "stream_conformance.hpp"

#include <weir/io/within.hpp>
#include <weir/net/connect.hpp>
#include <weir/net/resolver.hpp>

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using weir::net::connect_any;
using weir::net::connect_options;
using weir::net::connect_to;
using weir::net::endpoint;
using weir::test::error_of;
using weir::test::must;

BOOST_AUTO_TEST_SUITE(connect_test)

namespace {

connect_options with_delay(std::chrono::nanoseconds delay) {
    connect_options options;
    options.attempt_delay = delay;
    return options;
}

endpoint refusing() {
    const auto acceptor = weir::test::listen_on_loopback();
    return acceptor.local_endpoint();
}

weir::task<> by_name() {
    const auto acceptor = weir::test::listen_on_loopback();
    const std::uint16_t port = acceptor.local_endpoint().port();
    for (const char* host : {"localhost", "127.0.0.1"}) {
        const auto socket = must(co_await connect_to(host, port));
        BOOST_TEST((must(socket.peer_endpoint()) == acceptor.local_endpoint()));
    }
    const auto unnamed = co_await connect_to("", port);
    BOOST_TEST((error_of(unnamed) == weir::net::resolve_errc::invalid_name));
}

weir::task<> silent_first() {
    const weir::test::blackhole hole;
    const auto acceptor = weir::test::listen_on_loopback();
    const std::size_t descriptors = weir::test::fd_count();
    const auto begin = weir::test::now();
    {
        const std::vector<endpoint> addresses{hole.where(), acceptor.local_endpoint()};
        auto connecting = weir::with_timeout(10s, connect_any(addresses, with_delay(50ms)));
        const auto socket = must(co_await connecting);
        const auto took = weir::test::now() - begin;
        BOOST_TEST((must(socket.peer_endpoint()) == acceptor.local_endpoint()));
        BOOST_TEST((took >= 50ms));
        BOOST_TEST(weir::test::fd_count() == descriptors + 1);  // the loser is closed
    }
}

weir::task<> refused_first() {
    const endpoint nobody = refusing();
    co_await weir::test::turns(3);
    const auto acceptor = weir::test::listen_on_loopback();
    const std::vector<endpoint> addresses{nobody, nobody, acceptor.local_endpoint()};
    // The delay is far longer than the test: a refusal does not wait for it.
    auto connecting = weir::with_timeout(10s, connect_any(addresses, with_delay(1h)));
    const auto socket = must(co_await connecting);
    BOOST_TEST((must(socket.peer_endpoint()) == acceptor.local_endpoint()));
}

weir::task<> nobody_answers() {
    const endpoint nobody = refusing();
    co_await weir::test::turns(3);
    const std::size_t descriptors = weir::test::fd_count();
    const std::vector<endpoint> addresses{nobody, must(endpoint::ip("255.255.255.255", 1))};
    const auto socket = co_await connect_any(addresses, with_delay(1h));
    BOOST_REQUIRE(!socket);
    BOOST_TEST((error_of(socket) == std::errc::connection_refused));  // that of the first
    BOOST_TEST(weir::test::fd_count() == descriptors);
    const auto none = co_await connect_any({});
    BOOST_TEST((error_of(none) == std::errc::invalid_argument));
}

weir::task<> one_deadline() {
    const weir::test::blackhole hole;
    const std::size_t descriptors = weir::test::fd_count();
    const std::vector<endpoint> addresses(5, hole.where());
    auto connecting = weir::with_timeout(40ms, connect_any(addresses, with_delay(10ms)));
    const auto begin = weir::test::now();
    const auto socket = co_await connecting;
    BOOST_REQUIRE(!socket);
    BOOST_TEST((error_of(socket) == std::errc::timed_out));
    BOOST_TEST((weir::test::now() - begin < 30s));
    BOOST_TEST(weir::test::fd_count() == descriptors);
}

weir::task<> stopped_at_random_moments() {
    weir::net::tcp_acceptor acceptor = weir::test::listen_on_loopback();
    const std::vector<endpoint> addresses(3, acceptor.local_endpoint());
    weir::test::dice random(8);
    const std::size_t descriptors = weir::test::fd_count();
    for (std::size_t i = 0; i < weir::test::rounds(1000); ++i) {
        weir::stop_source stop;
        auto connecting = connect_any(addresses, with_delay(0ns));
        auto outcome = co_await weir::when_all(weir::with_stop(stop, std::move(connecting)),
                                               weir::test::stop_soon(stop, random));
        auto& socket = std::get<0>(outcome);
        if (socket) {
            weir::test::reset_on_close(socket->native_handle());
        } else {
            BOOST_REQUIRE((error_of(socket) == std::errc::operation_canceled));
        }
    }
    co_await weir::test::turns(20);
    BOOST_TEST(weir::test::fd_count() == descriptors);
}

weir::task<> budget_of_silence() {
    const weir::test::blackhole hole;
    const auto port = hole.where().port();
    const auto got = co_await weir::within(300ms, weir::net::connect_to("127.0.0.1", port));
    BOOST_REQUIRE(!got.has_value());
    BOOST_TEST((got.error().code() == std::errc::timed_out));
    BOOST_TEST(got.error().phase() == "connect");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_host_is_connected_to_by_name_or_address) { weir::test::on_reactor(by_name); }
BOOST_AUTO_TEST_CASE(a_silent_address_costs_one_delay, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(silent_first);
}
BOOST_AUTO_TEST_CASE(a_refusal_is_followed_by_the_next_address_at_once) {
    weir::test::on_reactor(refused_first);
}
BOOST_AUTO_TEST_CASE(when_nobody_answers_the_first_error_is_told) {
    weir::test::on_reactor(nobody_answers);
}
BOOST_AUTO_TEST_CASE(one_deadline_covers_all_attempts, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(one_deadline);
}
BOOST_AUTO_TEST_CASE(a_budget_that_was_spent_in_silence_says_so, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(budget_of_silence);
}
BOOST_AUTO_TEST_CASE(a_stop_at_any_moment_leaks_no_socket) {
    weir::test::on_reactor(stopped_at_random_moments);
}

BOOST_AUTO_TEST_CASE(the_families_take_turns_beginning_with_the_first) {
    const auto four = [](std::uint16_t port) { return endpoint::loopback(port); };
    const auto six = [](std::uint16_t port) { return *endpoint::ip("::1", port); };
    const std::vector<endpoint> given{six(1), six(2), six(3), four(4), four(5)};
    const std::vector<endpoint> expected{six(1), four(4), six(2), four(5), six(3)};
    BOOST_TEST((weir::net::detail::interleave_families(given) == expected));
    const std::vector<endpoint> fours{four(1), four(2)};
    BOOST_TEST((weir::net::detail::interleave_families(fours) == fours));
    BOOST_TEST(weir::net::detail::interleave_families({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
