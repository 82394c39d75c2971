// SPDX-License-Identifier: Apache-2.0
#include "sim/network.hpp"

#include "two_hosts.hpp"

#include <weir/net/resolver.hpp>
#include <weir/net/udp_socket.hpp>

#include <set>

BOOST_AUTO_TEST_SUITE(network_test)

namespace {

using namespace weir::sim::test;
using addresses = weir::result<std::vector<weir::net::endpoint>>;

/// What `name` resolves to on the client of `pair`.
addresses resolved(two_hosts& pair, const std::string& name) {
    addresses found = std::vector<weir::net::endpoint>();
    pair.run(pair.client,
             [&]() -> weir::task<> { found = co_await weir::net::resolve(name, 7000); });
    return found;
}

/// Sends `count` datagrams from the client and returns how many arrive.
int datagrams_that_arrive(two_hosts& pair, int count) {
    int arrived = 0;
    pair.start(pair.server, [&]() -> weir::task<weir::result<void>> {
        auto socket = weir::ok(weir::net::udp_socket::bind(weir::net::endpoint::any(9000)));
        for (;;) {
            co_await weir::ok(socket.receive());
            ++arrived;
        }
    });
    pair.run(pair.client, [&, count]() -> weir::task<weir::result<void>> {
        auto socket = weir::ok(weir::net::udp_socket::bind(weir::net::endpoint::any(0)));
        const auto where = pair.server.address(9000);
        for (int i = 0; i < count; ++i) {
            co_await weir::ok(socket.send_to(weir::as_bytes("x"), where));
            co_await weir::ok(weir::sleep_for(100ms));
        }
        co_return weir::result<void>();
    });
    return arrived;
}

/// How long `pieces` of 10'000 bytes each, sent one after the other, take to the server.
std::chrono::nanoseconds transfer_time(std::uint64_t bytes_per_second, int pieces) {
    two_hosts pair;
    pair.all.link(pair.server, pair.client).bytes_per_second = bytes_per_second;
    std::chrono::nanoseconds begin{};
    std::chrono::nanoseconds end{};
    pair.start(pair.server, [&, pieces]() -> weir::task<weir::result<void>> {
        auto acceptor = weir::ok(weir::net::tcp_acceptor::listen(weir::net::endpoint::any(7000)));
        auto socket = co_await weir::ok(acceptor.accept());
        const auto size = static_cast<std::size_t>(pieces) * 10'000;
        const std::string all = co_await weir::ok(hear(socket, size));
        BOOST_TEST(all.size() == size);
        end = pair.all.elapsed();
        co_return weir::result<void>();
    });
    pair.start(pair.client, [&, pieces]() -> weir::task<weir::result<void>> {
        auto socket = co_await weir::ok(weir::net::connect(pair.server.address(7000)));
        begin = pair.all.elapsed();
        for (int i = 0; i < pieces; ++i) {
            co_await weir::ok(tell(socket, std::string(10'000, 'x')));
        }
        co_return co_await socket.close();
    });
    pair.finish(pair.client);
    pair.finish(pair.server);
    return end - begin;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_connection_takes_the_way_there_and_back) {
    two_hosts pair;
    pair.start(pair.server, [] { return serve_echo(7000); });
    std::chrono::nanoseconds connected{};
    pair.run(pair.client, [&]() -> weir::task<weir::result<void>> {
        const auto socket = co_await weir::ok(weir::net::connect(pair.server.address(7000)));
        connected = pair.all.elapsed();
        co_return weir::result<void>();
    });
    BOOST_TEST((connected >= 20ms && connected < 21ms), connected.count());
}

BOOST_AUTO_TEST_CASE(a_narrow_link_lets_bytes_pass_at_its_rate) {
    const auto one = transfer_time(100'000, 1);
    BOOST_TEST((one >= 110ms && one < 111ms), one.count());
    // Pieces that are sent one after the other share the link.
    const auto ten = transfer_time(100'000, 10);
    BOOST_TEST((ten >= 1010ms && ten < 1020ms), ten.count());
    BOOST_TEST((transfer_time(0, 10) < 50ms));
}

BOOST_AUTO_TEST_CASE(a_host_reaches_itself_at_once_however_slow_its_links_are) {
    two_hosts pair;
    pair.run(pair.client, [&]() -> weir::task<weir::result<void>> {
        auto acceptor = weir::ok(weir::net::tcp_acceptor::listen(weir::net::endpoint::any(7000)));
        auto here = co_await weir::ok(weir::net::connect(pair.client.address(7000)));
        auto there = co_await weir::ok(weir::net::connect(weir::net::endpoint::loopback(7000)));
        BOOST_TEST((pair.all.elapsed() < 1ms));
        co_return weir::result<void>();
    });
}

BOOST_AUTO_TEST_CASE(a_partition_stops_one_pair_of_hosts_only) {
    two_hosts pair;
    auto& third = pair.all.add_host("third");
    pair.start(pair.server, [] { return serve_echo(7000); });
    pair.all.partition(pair.server, pair.client);
    std::string heard;
    const auto talk = [&]() -> weir::task<weir::result<void>> {
        heard = co_await weir::ok(say(pair.server.address(7000), "hello"));
        co_return weir::result<void>();
    };
    pair.run(third, talk);
    BOOST_TEST(heard == "hello");
    heard.clear();
    pair.start(pair.client, talk);
    pair.all.run_for(10s);
    BOOST_TEST(heard.empty());
    pair.all.heal(pair.client, pair.server);  // the order of the two says nothing
    pair.finish(pair.client);
    BOOST_TEST(heard == "hello");
}

BOOST_AUTO_TEST_CASE(datagrams_are_lost_as_often_as_the_link_says) {
    two_hosts safe;
    BOOST_TEST(datagrams_that_arrive(safe, 50) == 50);
    two_hosts lossy;
    lossy.all.link(lossy.server, lossy.client).datagram_loss = 1;
    BOOST_TEST(datagrams_that_arrive(lossy, 50) == 0);
    two_hosts half;
    half.all.link(half.client, half.server).datagram_loss = 0.5;
    const int arrived = datagrams_that_arrive(half, 100);
    BOOST_TEST((arrived > 30 && arrived < 70), arrived);
}

BOOST_AUTO_TEST_CASE(datagrams_are_lost_in_a_partition) {
    two_hosts pair;
    pair.all.partition(pair.server, pair.client);
    BOOST_TEST(datagrams_that_arrive(pair, 10) == 0);
}

BOOST_AUTO_TEST_CASE(the_name_of_a_host_gives_its_addresses) {
    two_hosts pair;
    const auto found = resolved(pair, "server");
    BOOST_REQUIRE(found.has_value());
    BOOST_REQUIRE(found->size() == 2U);
    BOOST_TEST(((*found)[0] == pair.server.address(7000)));
    BOOST_TEST(((*found)[1] == pair.server.ipv6_address(7000)));
    const auto itself = resolved(pair, "localhost");
    BOOST_REQUIRE(itself.has_value());
    BOOST_TEST(((*itself)[0] == weir::net::endpoint::loopback(7000)));
}

BOOST_AUTO_TEST_CASE(a_name_is_answered_as_the_world_was_told) {
    two_hosts pair;
    pair.all.answer_name("chat.example", {pair.client.address(1), pair.server.address(1)});
    const auto found = resolved(pair, "chat.example");
    BOOST_REQUIRE(found.has_value());
    BOOST_REQUIRE(found->size() == 2U);
    BOOST_TEST(((*found)[0] == pair.client.address(7000)));
    pair.all.answer_name("server", {});
    BOOST_TEST((error_of(resolved(pair, "server")) == weir::net::resolve_errc::host_not_found));
}

BOOST_AUTO_TEST_CASE(a_name_that_nobody_has_is_not_found) {
    two_hosts pair;
    const auto found = resolved(pair, "nobody.example");
    BOOST_TEST((error_of(found) == weir::net::resolve_errc::host_not_found));
    BOOST_TEST((pair.all.elapsed() > 0ns));  // asking takes time
}

BOOST_AUTO_TEST_CASE(hosts_reach_each_other_by_ipv6) {
    two_hosts pair;
    const auto serve = []() -> weir::task<weir::result<void>> {
        const auto any = weir::net::endpoint::any(7000, weir::net::family::ipv6);
        auto acceptor = weir::ok(weir::net::tcp_acceptor::listen(any));
        auto socket = co_await weir::ok(acceptor.accept());
        co_await echo(std::move(socket));
        co_return weir::result<void>();
    };
    pair.start(pair.server, serve);
    std::string heard;
    pair.run(pair.client, [&]() -> weir::task<weir::result<void>> {
        heard = co_await weir::ok(say(pair.server.ipv6_address(7000), "hello"));
        co_return weir::result<void>();
    });
    BOOST_TEST(heard == "hello");
}

BOOST_AUTO_TEST_SUITE_END()
