// SPDX-License-Identifier: Apache-2.0
// Datagrams: whole or cut and marked, never mixed up; a socket that nobody reads stays bounded.
#include "fd_count.hpp"
#include "stream_conformance.hpp"

#include <weir/net/udp_socket.hpp>

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using weir::net::datagram;
using weir::net::endpoint;
using weir::net::udp_options;
using weir::net::udp_socket;
using weir::test::error_of;
using weir::test::must;

BOOST_AUTO_TEST_SUITE(udp_socket_test)

namespace {

udp_socket on_loopback(const udp_options& options = {}) {
    return must(udp_socket::bind(endpoint::loopback(0), options));
}

std::string text_of(const datagram& arrived) {
    return std::string(weir::as_text(arrived.data.data()));
}

void expect_text(const datagram& arrived, const std::string& text) {
    BOOST_TEST(text_of(arrived) == text);
}

weir::task<> there_and_back() {
    udp_socket a = on_loopback();
    udp_socket b = on_loopback();
    const auto sent = co_await a.send_to(weir::as_bytes("ping"), b.local_endpoint());
    BOOST_TEST(must(sent) == 4U);
    const datagram ping = must(co_await b.receive());
    BOOST_TEST(text_of(ping) == "ping");
    BOOST_TEST((ping.from == a.local_endpoint()));
    BOOST_TEST(!ping.truncated);
    must(co_await b.send_to(weir::as_bytes("pong!"), ping.from));
    const datagram pong = must(co_await a.receive());
    BOOST_TEST(text_of(pong) == "pong!");
    BOOST_TEST((pong.from == b.local_endpoint()));
}

weir::task<> every_size() {
    udp_options options;
    options.max_datagram_bytes = 65507;
    options.max_queued_datagrams = 4;
    udp_socket a = on_loopback();
    udp_socket b = on_loopback(options);
    for (const std::size_t size : {0U, 1U, 1472U, 2049U, 9000U, 65507U}) {
        const auto data = weir::test::pattern(size).take(size);
        const auto sent = co_await a.send_to(data, b.local_endpoint());
        BOOST_TEST(must(sent) == size);
        const datagram arrived = must(co_await b.receive());
        BOOST_TEST(arrived.data.size() == size);
        BOOST_TEST(weir::test::pattern(size).matches(arrived.data.data()));
        BOOST_TEST(!arrived.truncated);
    }
    const std::vector<std::byte> too_long(65508);
    const auto sent = co_await a.send_to(too_long, b.local_endpoint());
    BOOST_TEST((error_of(sent) == std::errc::message_size));
}

weir::task<> cut_and_marked() {
    udp_options options;
    options.max_datagram_bytes = 10;
    udp_socket a = on_loopback();
    udp_socket b = on_loopback(options);
    for (const char* text : {"0123456789ab", "0123456789", "x"}) {
        must(co_await a.send_to(weir::as_bytes(text), b.local_endpoint()));
    }
    const datagram first = must(co_await b.receive());
    BOOST_TEST(text_of(first) == "0123456789");
    BOOST_TEST(first.truncated);
    const datagram second = must(co_await b.receive());
    BOOST_TEST(text_of(second) == "0123456789");
    BOOST_TEST(!second.truncated);
    expect_text(must(co_await b.receive()), "x");
}

weir::task<> oldest_is_dropped() {
    udp_options options;
    options.max_queued_datagrams = 8;
    udp_socket a = on_loopback();
    udp_socket b = on_loopback(options);
    const auto nothing = co_await weir::with_timeout(1ms, b.receive());  // arms it
    BOOST_TEST((error_of(nothing) == std::errc::timed_out));
    for (int i = 0; i < 100; ++i) {
        must(co_await a.send_to(weir::as_bytes(std::to_string(i)), b.local_endpoint()));
    }
    co_await weir::test::turns(10);
    BOOST_TEST(b.dropped_datagrams() == 92U);
    for (int i = 92; i < 100; ++i) {
        expect_text(must(co_await b.receive()), std::to_string(i));
    }
}

weir::task<> drop_later(std::vector<datagram>& held) {
    co_await weir::test::turns(5);
    held.clear();
}
weir::task<weir::result<datagram>> receive_one(udp_socket& from) {
    co_return co_await from.receive();
}

weir::task<> all_buffers_held() {
    udp_options options;
    options.max_queued_datagrams = 4;  // and so 8 buffers
    udp_socket a = on_loopback();
    udp_socket b = on_loopback(options);
    std::vector<datagram> held;
    for (int i = 0; i < 8; ++i) {
        must(co_await a.send_to(weir::as_bytes(std::to_string(i)), b.local_endpoint()));
        held.push_back(must(co_await b.receive()));
    }
    for (int i = 8; i < 12; ++i) {
        must(co_await a.send_to(weir::as_bytes(std::to_string(i)), b.local_endpoint()));
    }
    const std::uint64_t before = weir::reactor::current().stats().turns;
    const auto none = co_await weir::with_timeout(30ms, b.receive());
    BOOST_TEST((error_of(none) == std::errc::timed_out));
    BOOST_TEST(weir::reactor::current().stats().turns - before < 20U);  // it does not spin
    for (std::size_t i = 0; i < held.size(); ++i) BOOST_TEST(text_of(held[i]) == std::to_string(i));
    // The one who waits already gets the next, without asking again.
    auto outcome =
        co_await weir::when_all(weir::with_timeout(2s, receive_one(b)), drop_later(held));
    expect_text(must(std::move(std::get<0>(outcome))), "8");
    for (int i = 9; i < 12; ++i) {
        const auto next = co_await weir::with_timeout(2s, b.receive());
        BOOST_REQUIRE(next.has_value());
        BOOST_TEST(text_of(*next) == std::to_string(i));
    }
}

weir::task<> connected() {
    udp_socket a = on_loopback();
    udp_socket stranger = on_loopback();
    endpoint nobody;
    {
        udp_socket b = on_loopback();
        nobody = b.local_endpoint();
        weir::test::expect_success(co_await a.connect(nobody));
        must(co_await a.send(weir::as_bytes("hello")));
        expect_text(must(co_await b.receive()), "hello");
        must(co_await stranger.send_to(weir::as_bytes("noise"), a.local_endpoint()));
        must(co_await b.send_to(weir::as_bytes("answer"), a.local_endpoint()));
        expect_text(must(co_await a.receive()), "answer");
    }
    co_await weir::test::turns(3);
    must(co_await a.send(weir::as_bytes("anybody?")));
    const auto refused = co_await weir::with_timeout(2s, a.receive());
    BOOST_REQUIRE(!refused);
    BOOST_TEST((error_of(refused) == std::errc::connection_refused));
    const auto unconnected = co_await stranger.send(weir::as_bytes("x"));
    BOOST_TEST((error_of(unconnected) == std::errc::destination_address_required));
}

weir::task<> stopped_receive() {
    udp_socket a = on_loopback();
    udp_socket b = on_loopback();
    weir::test::dice random(1);
    std::size_t next = 0;
    const std::size_t count = weir::test::rounds(5000);
    for (std::size_t i = 0; i < count; ++i) {
        must(co_await a.send_to(weir::as_bytes(std::to_string(i)), b.local_endpoint()));
        weir::stop_source stop;
        auto outcome = co_await weir::when_all(weir::with_stop(stop, b.receive()),
                                               weir::test::stop_soon(stop, random));
        const auto& got = std::get<0>(outcome);
        if (got) BOOST_REQUIRE(text_of(*got) == std::to_string(next++));
    }
    while (next < count) {
        const auto late = co_await weir::with_timeout(2s, b.receive());
        BOOST_REQUIRE(late.has_value());
        BOOST_REQUIRE(text_of(*late) == std::to_string(next++));
    }
    BOOST_TEST(b.dropped_datagrams() == 0U);
}

weir::task<std::error_code> receive_error(udp_socket& from) {
    const auto got = co_await from.receive();
    co_return got ? std::error_code() : got.error();
}
weir::task<> close_later(udp_socket& open) {
    co_await weir::test::turns(2);
    open.close();
}

weir::task<> closing() {
    const std::size_t descriptors = weir::test::fd_count();
    datagram held;
    {
        udp_socket a = on_loopback();
        udp_socket b = on_loopback();
        must(co_await a.send_to(weir::as_bytes("held"), b.local_endpoint()));
        held = must(co_await b.receive());
        must(co_await a.send_to(weir::as_bytes("queued"), b.local_endpoint()));
        auto outcome = co_await weir::when_all(receive_error(a), close_later(a));
        BOOST_TEST((std::get<0>(outcome) == std::errc::bad_file_descriptor));
    }
    co_await weir::test::turns(5);
    BOOST_TEST(weir::test::fd_count() == descriptors);
    BOOST_TEST(text_of(held) == "held");  // although its socket is gone
}

weir::task<> churn() {
    const std::size_t descriptors = weir::test::fd_count();
    for (std::size_t i = 0; i < weir::test::rounds(2000); ++i) {
        udp_options options;
        options.max_queued_datagrams = 1;
        udp_socket socket = on_loopback(options);
        if (i % 2 == 0) {
            static_cast<void>(
                co_await socket.send_to(weir::as_bytes("self"), socket.local_endpoint()));
            weir::test::must(co_await socket.receive());
        }
    }
    co_await weir::test::turns(5);
    BOOST_TEST(weir::test::fd_count() == descriptors);
}

weir::task<> refused_options() {
    udp_options options;
    options.max_queued_datagrams = 0;
    BOOST_TEST(!udp_socket::bind(endpoint::loopback(0), options).has_value());
    options = udp_options();
    options.max_datagram_bytes = 0;
    BOOST_TEST(!udp_socket::bind(endpoint::loopback(0), options).has_value());
    const auto path = must(endpoint::unix_socket("/tmp/x"));
    BOOST_TEST((error_of(udp_socket::bind(path)) == std::errc::invalid_argument));
    const udp_socket first = on_loopback();
    BOOST_TEST((error_of(udp_socket::bind(first.local_endpoint())) == std::errc::address_in_use));
    co_return;
}

weir::task<> multicast() {
    const endpoint group = must(endpoint::ip("239.1.2.3", 0));
    udp_socket socket = must(udp_socket::bind(endpoint::any(0)));
    constexpr unsigned loopback_interface = 1;
    BOOST_TEST(socket.join_multicast(group, loopback_interface).has_value());
    BOOST_TEST(socket.leave_multicast(group, loopback_interface).has_value());
    BOOST_TEST((socket.leave_multicast(group, loopback_interface).error() ==
                std::errc::address_not_available));
    BOOST_TEST(
        (socket.join_multicast(endpoint::loopback(0)).error() == std::errc::invalid_argument));
    co_return;
}

weir::task<> over_ipv6() {
    auto a = udp_socket::bind(must(endpoint::ip("::1", 0)));
    if (!a) co_return;  // this machine has no IPv6
    must(co_await a->send_to(weir::as_bytes("self"), a->local_endpoint()));
    const datagram arrived = must(co_await a->receive());
    BOOST_TEST((arrived.from == a->local_endpoint()));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_datagram_tells_where_it_came_from) {
    weir::test::on_reactor(there_and_back);
}
BOOST_AUTO_TEST_CASE(datagrams_of_every_size_arrive_whole) { weir::test::on_reactor(every_size); }
BOOST_AUTO_TEST_CASE(a_datagram_that_is_too_long_is_cut_and_marked) {
    weir::test::on_reactor(cut_and_marked);
}
BOOST_AUTO_TEST_CASE(the_oldest_is_dropped_and_counted_when_nobody_receives) {
    weir::test::on_reactor(oldest_is_dropped);
}
BOOST_AUTO_TEST_CASE(holding_all_buffers_pauses_receiving_without_spinning) {
    weir::test::on_reactor(all_buffers_held);
}
BOOST_AUTO_TEST_CASE(a_connected_socket_hears_only_its_peer_and_its_errors) {
    weir::test::on_reactor(connected);
}
BOOST_AUTO_TEST_CASE(stopping_receives_at_random_moments_loses_nothing) {
    weir::test::on_reactor(stopped_receive);
}
BOOST_AUTO_TEST_CASE(closing_ends_a_receive_and_keeps_held_datagrams) {
    weir::test::on_reactor(closing);
}
BOOST_AUTO_TEST_CASE(sockets_that_come_and_go_leak_nothing) { weir::test::on_reactor(churn); }
BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) { weir::test::on_reactor(refused_options); }
BOOST_AUTO_TEST_CASE(multicast_groups_are_joined_and_left, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(multicast);
}
BOOST_AUTO_TEST_CASE(ipv6_works_where_there_is_any) { weir::test::on_reactor(over_ipv6); }

BOOST_AUTO_TEST_SUITE_END()
