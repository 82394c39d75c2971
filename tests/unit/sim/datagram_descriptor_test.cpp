// SPDX-License-Identifier: Apache-2.0
#include "kernel_bench.hpp"
#include "two_hosts.hpp"

#include <weir/net/udp_socket.hpp>

#include <array>
#include <vector>

BOOST_AUTO_TEST_SUITE(datagram_descriptor_test)

namespace {

using namespace weir::sim::test;
using weir::net::endpoint;
using weir::net::udp_options;
using weir::net::udp_socket;

/// What arrived somewhere.
class arrivals {
public:
    std::vector<std::string> texts;
    std::vector<endpoint> sources;
    int truncated = 0;
};

/// Receives at port 9000 of the server of `pair` for ever.
void receive_all(two_hosts& pair, arrivals& kept, udp_options options = {},
                 std::chrono::nanoseconds delay = 0s) {
    pair.start(pair.server, [&kept, options, delay]() -> weir::task<weir::result<void>> {
        auto socket = weir::ok(udp_socket::bind(endpoint::any(9000), options));
        co_await weir::ok(weir::sleep_for(delay));
        for (;;) {
            const auto each = co_await weir::ok(socket.receive());
            kept.texts.emplace_back(weir::as_text(each.data.data()));
            kept.sources.push_back(each.from);
            kept.truncated += each.truncated ? 1 : 0;
        }
    });
}
/// Sends `texts` from the client, in this order; returns from where.
endpoint send_all(two_hosts& pair, std::vector<std::string> texts) {
    endpoint source;
    pair.run(pair.client, [&, texts]() -> weir::task<weir::result<void>> {
        auto socket = weir::ok(udp_socket::bind(endpoint::any(0)));
        source = pair.client.address(socket.local_endpoint().port());
        const endpoint where = pair.server.address(9000);
        for (const std::string& each : texts) {
            const auto sent = co_await weir::ok(socket.send_to(weir::as_bytes(each), where));
            BOOST_TEST(sent == each.size());
        }
        co_return weir::result<void>();
    });
    pair.all.run_for(1s);
    return source;
}
int send_from(kernel_bench& bench, int fd, const endpoint& where, std::string_view what) {
    iovec piece{const_cast<char*>(what.data()), what.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_name = const_cast<sockaddr*>(where.native());
    message.msg_namelen = where.native_size();
    return bench.system.send_now(fd, message);
}
int open_bound(kernel_bench& bench, std::uint16_t port) {
    const int fd = bench.system.socket(AF_INET, SOCK_DGRAM, 0);
    const endpoint where = endpoint::loopback(port);
    BOOST_TEST(bench.system.bind(fd, where.native(), where.native_size()) == 0);
    return fd;
}
endpoint local_address(kernel_bench& bench, int fd) {
    sockaddr_storage name{};
    unsigned size = sizeof name;
    auto* address = reinterpret_cast<sockaddr*>(&name);
    BOOST_TEST(bench.system.local_address(fd, address, &size) == 0);
    return endpoint::from_native(address, size);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_datagram_arrives_whole_with_its_source) {
    two_hosts pair;
    arrivals kept;
    receive_all(pair, kept);
    const endpoint source = send_all(pair, {"one", "", std::string(2000, 'x')});
    BOOST_TEST((kept.texts == std::vector<std::string>{"one", "", std::string(2000, 'x')}));
    BOOST_TEST(kept.truncated == 0);
    for (const endpoint& each : kept.sources) BOOST_TEST((each == source));
}

BOOST_AUTO_TEST_CASE(a_datagram_that_is_too_long_for_its_buffer_is_cut_and_says_so) {
    two_hosts pair;
    arrivals kept;
    udp_options options;
    options.max_datagram_bytes = 4;
    receive_all(pair, kept, options);
    send_all(pair, {"1234", "12345"});
    BOOST_TEST((kept.texts == std::vector<std::string>{"1234", "1234"}));
    BOOST_TEST(kept.truncated == 1);
}

BOOST_AUTO_TEST_CASE(datagrams_may_overtake_each_other) {
    two_hosts pair;
    pair.all.link(pair.server, pair.client).max_latency = 100ms;
    arrivals kept;
    receive_all(pair, kept);
    std::vector<std::string> texts;
    for (int i = 0; i < 20; ++i) texts.push_back(std::to_string(i));
    send_all(pair, texts);
    BOOST_TEST((kept.texts != texts));
    BOOST_TEST(kept.texts.size() == texts.size());
}

BOOST_AUTO_TEST_CASE(what_the_receive_buffer_does_not_hold_is_dropped) {
    two_hosts pair;
    arrivals kept;
    udp_options options;
    options.receive_buffer_bytes = 2500;  // doubled, as Linux does
    receive_all(pair, kept, options, 500ms);
    send_all(pair, std::vector<std::string>(10, std::string(1000, 'x')));
    BOOST_TEST(kept.texts.size() == 5U);
}

BOOST_AUTO_TEST_CASE(what_was_received_makes_room_for_more) {
    two_hosts pair;
    arrivals kept;
    udp_options options;
    options.receive_buffer_bytes = 2500;
    receive_all(pair, kept, options);
    send_all(pair, std::vector<std::string>(20, std::string(1000, 'x')));
    BOOST_TEST(kept.texts.size() == 20U);
}

BOOST_AUTO_TEST_CASE(no_datagram_is_longer_than_ip_allows) {
    two_hosts pair;
    arrivals kept;
    udp_options options;
    options.max_datagram_bytes = 65'527;
    options.max_queued_datagrams = 1;
    receive_all(pair, kept, options);
    std::error_code error;
    pair.run(pair.client, [&]() -> weir::task<weir::result<void>> {
        auto socket = weir::ok(udp_socket::bind(endpoint::any(0)));
        const endpoint where = pair.server.address(9000);
        const std::string most(65'507, 'x');
        co_await weir::ok(socket.send_to(weir::as_bytes(most), where));
        const std::string more = most + "x";
        const auto sent = co_await socket.send_to(weir::as_bytes(more), where);
        error = error_of(sent);
        co_return weir::result<void>();
    });
    pair.all.run_for(1s);
    BOOST_TEST((error == std::errc::message_size));
    BOOST_REQUIRE(kept.texts.size() == 1U);
    BOOST_TEST(kept.texts[0].size() == 65'507U);
}

BOOST_AUTO_TEST_CASE(only_a_connected_socket_is_told_that_nobody_listens) {
    two_hosts pair;
    std::vector<std::error_code> errors;
    pair.run(pair.client, [&]() -> weir::task<weir::result<void>> {
        const endpoint where = pair.server.address(9000);
        auto free = weir::ok(udp_socket::bind(endpoint::any(0)));
        co_await weir::ok(free.send_to(weir::as_bytes("x"), where));
        const auto silence = co_await weir::with_timeout(1s, free.receive());
        errors.push_back(error_of(silence));
        auto bound = weir::ok(udp_socket::bind(endpoint::any(0)));
        co_await weir::ok(bound.connect(where));
        co_await weir::ok(bound.send(weir::as_bytes("x")));
        const auto refusal = co_await weir::with_timeout(1s, bound.receive());
        errors.push_back(error_of(refusal));
        co_return weir::result<void>();
    });
    BOOST_REQUIRE(errors.size() == 2U);
    BOOST_TEST((errors[0] == std::errc::timed_out));
    BOOST_TEST((errors[1] == std::errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(a_connected_socket_hears_its_peer_only) {
    two_hosts pair;
    std::string heard;
    pair.run(pair.client, [&]() -> weir::task<weir::result<void>> {
        auto here = weir::ok(udp_socket::bind(endpoint::any(9000)));
        auto friendly = weir::ok(udp_socket::bind(endpoint::any(9001)));
        auto stranger = weir::ok(udp_socket::bind(endpoint::any(9002)));
        const endpoint peer = endpoint::loopback(9001);
        co_await weir::ok(here.connect(peer));
        const endpoint where = endpoint::loopback(9000);
        co_await weir::ok(stranger.send_to(weir::as_bytes("psst"), where));
        co_await weir::ok(friendly.send_to(weir::as_bytes("hello"), where));
        const auto first = co_await weir::ok(here.receive());
        heard = weir::as_text(first.data.data());
        co_return weir::result<void>();
    });
    BOOST_TEST(heard == "hello");
}

BOOST_AUTO_TEST_CASE(a_send_without_a_peer_needs_an_address) {
    two_hosts pair;
    std::error_code error;
    pair.run(pair.client, [&]() -> weir::task<weir::result<void>> {
        auto socket = weir::ok(udp_socket::bind(endpoint::any(0)));
        const auto sent = co_await socket.send(weir::as_bytes("x"));
        error = error_of(sent);
        co_return weir::result<void>();
    });
    BOOST_TEST((error == std::errc::destination_address_required));
}

BOOST_AUTO_TEST_CASE(a_port_is_taken_once_unless_it_is_shared) {
    two_hosts pair;
    pair.run(pair.client, []() -> weir::task<weir::result<void>> {
        udp_options shared;
        shared.reuse_port = true;
        {
            const auto first = weir::ok(udp_socket::bind(endpoint::any(9000)));
            const auto second = udp_socket::bind(endpoint::any(9000));
            BOOST_TEST((error_of(second) == std::errc::address_in_use));
        }
        co_await weir::ok(weir::sleep_for(1s));
        const auto first = udp_socket::bind(endpoint::any(9000), shared);
        const auto second = udp_socket::bind(endpoint::any(9000), shared);
        BOOST_TEST((first.has_value() && second.has_value()));
        co_return weir::result<void>();
    });
}

BOOST_AUTO_TEST_CASE(a_socket_that_was_not_bound_gets_a_port_when_it_sends) {
    kernel_bench bench;
    const int server = bench.system.socket(AF_INET, SOCK_DGRAM, 0);
    const endpoint where = endpoint::loopback(9000);
    BOOST_TEST(bench.system.bind(server, where.native(), where.native_size()) == 0);
    const int client = bench.system.socket(AF_INET, SOCK_DGRAM, 0);
    BOOST_TEST(local_address(bench, client).port() == 0);
    BOOST_TEST(send_from(bench, client, where, "hello") == 5);
    const std::uint16_t chosen = local_address(bench, client).port();
    BOOST_TEST(chosen >= 32'768U);
    BOOST_TEST(send_from(bench, client, where, "hello") == 5);
    BOOST_TEST(local_address(bench, client).port() == chosen);
    // That port is where an answer arrives.
    ::io_uring_prep_poll_add(&bench.ask(1), client, POLLIN);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(send_from(bench, server, endpoint::loopback(chosen), "answer") == 6);
    BOOST_TEST(bench.collect().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_socket_is_bound_once_and_to_its_own_host) {
    kernel_bench bench;
    const int fd = bench.system.socket(AF_INET, SOCK_DGRAM, 0);
    const endpoint foreign = *endpoint::ip("10.9.9.9", 9000);
    BOOST_TEST(bench.system.bind(fd, foreign.native(), foreign.native_size()) == -EADDRNOTAVAIL);
    const endpoint where = endpoint::loopback(9000);
    BOOST_TEST(bench.system.bind(fd, where.native(), where.native_size()) == 0);
    const endpoint other = endpoint::loopback(9001);
    BOOST_TEST(bench.system.bind(fd, other.native(), other.native_size()) == -EINVAL);
}

BOOST_AUTO_TEST_CASE(a_single_receive_tells_the_source_and_whether_it_was_cut) {
    kernel_bench bench;
    const int server = open_bound(bench, 9000);
    const int client = open_bound(bench, 9001);
    std::array<char, 4> memory{};
    std::array<iovec, 2> pieces{iovec{memory.data(), 1}, iovec{memory.data() + 1, 3}};
    sockaddr_in6 source{};
    msghdr message{};
    message.msg_name = &source;
    message.msg_namelen = sizeof source;
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    ::io_uring_prep_recvmsg(&bench.ask(1), server, &message, 0);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(send_from(bench, client, endpoint::loopback(9000), "hello") == 5);
    BOOST_TEST(bench.collect().at(0).result == 4);
    BOOST_TEST(std::string_view(memory.data(), 4) == "hell");
    BOOST_TEST(message.msg_flags == MSG_TRUNC);
    const auto* name = reinterpret_cast<const sockaddr*>(&source);
    BOOST_TEST((endpoint::from_native(name, message.msg_namelen) == endpoint::loopback(9001)));
    ::io_uring_prep_recv(&bench.ask(2), server, memory.data(), memory.size(), MSG_DONTWAIT);
    BOOST_TEST(bench.collect().at(0).result == -EAGAIN);
    BOOST_TEST(send_from(bench, client, endpoint::loopback(9000), "x") == 1);
    BOOST_TEST(bench.system.receive_now(server, memory.data(), memory.size()) == 1);
}

BOOST_AUTO_TEST_CASE(who_is_connected_elsewhere_is_not_there) {
    kernel_bench bench;
    const int server = open_bound(bench, 9000);
    const int client = open_bound(bench, 9001);
    const endpoint there = endpoint::loopback(9000);
    const endpoint elsewhere = endpoint::loopback(9002);
    ::io_uring_prep_connect(&bench.ask(1), server, elsewhere.native(), elsewhere.native_size());
    ::io_uring_prep_connect(&bench.ask(2), client, there.native(), there.native_size());
    BOOST_TEST(bench.collect().size() == 2U);
    BOOST_TEST(bench.say(client, "x") == 1);
    BOOST_TEST(bench.say(client, "x") == -ECONNREFUSED);
    // It is not told of what it sends to others.
    BOOST_TEST(send_from(bench, server, endpoint::loopback(9003), "x") == 1);
    BOOST_TEST(bench.say(server, "x") == 1);
    BOOST_TEST(bench.say(server, "x") == -ECONNREFUSED);
}

BOOST_AUTO_TEST_CASE(a_socket_that_is_shut_down_sends_no_more) {
    kernel_bench bench;
    const int fd = open_bound(bench, 9000);
    ::io_uring_prep_shutdown(&bench.ask(1), fd, SHUT_WR);
    BOOST_TEST(bench.collect().at(0).result == -ENOTCONN);
    BOOST_TEST(send_from(bench, fd, endpoint::loopback(9000), "x") == -EPIPE);
}

BOOST_AUTO_TEST_CASE(a_single_receive_ends_when_the_socket_is_shut_down) {
    kernel_bench bench;
    const int fd = open_bound(bench, 9000);
    std::array<char, 4> memory{};
    ::io_uring_prep_recv(&bench.ask(1), fd, memory.data(), memory.size(), 0);
    ::io_uring_prep_shutdown(&bench.ask(2), fd, SHUT_RD);
    int received = -1;
    for (const answer& each : bench.collect()) {
        if (each.tag == 1) received = each.result;
    }
    BOOST_TEST(received == 0);
    BOOST_TEST(bench.system.receive_now(fd, memory.data(), memory.size()) == -EAGAIN);
    // What has arrived is received all the same.
    BOOST_TEST(send_from(bench, fd, endpoint::loopback(9000), "x") == 1);
    BOOST_TEST(bench.system.receive_now(fd, memory.data(), memory.size()) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
