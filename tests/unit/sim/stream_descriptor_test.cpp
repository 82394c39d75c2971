// SPDX-License-Identifier: Apache-2.0
// Simulated streams between hosts, as programs see them: meeting, the way, and the end.
#include "two_hosts.hpp"

#include <vector>

BOOST_AUTO_TEST_SUITE(stream_descriptor_test)

namespace {

using namespace weir::sim::test;
using weir::net::endpoint;
using weir::net::tcp_acceptor;
using weir::net::tcp_socket;
using weir::sim::fault;

/// What connecting from the client of `pair` gives.
std::error_code connect_error(two_hosts& pair, endpoint where) {
    std::error_code error;
    pair.run(pair.client, [&, where]() -> weir::task<> {
        const auto socket = co_await weir::net::connect(where);
        error = error_of(socket);
    });
    return error;
}

/// Accepts one connection and lets `use(socket)` have it.
template <class Use>
auto server_of_one(Use use) {
    return [use]() -> weir::task<weir::result<void>> {
        auto acceptor = weir::ok(tcp_acceptor::listen(endpoint::any(7000)));
        tcp_socket socket = co_await weir::ok(acceptor.accept());
        co_await use(socket);
        co_return weir::result<void>();
    };
}
/// Connects to the server of `pair` and lets `use(socket)` have it.
template <class Use>
auto client_of(two_hosts& pair, Use use, weir::net::socket_options options = {}) {
    return [&pair, use, options]() -> weir::task<weir::result<void>> {
        tcp_socket socket =
            co_await weir::ok(weir::net::connect(pair.server.address(7000), options));
        co_await use(socket);
        co_return weir::result<void>();
    };
}
weir::task<> hold(tcp_socket&) { co_await sleep_long(); }

/// How a client learns that its peer does not answer any more.
class silence {
public:
    std::error_code error;
    std::chrono::nanoseconds length{};
};
silence fall_silent(weir::net::socket_options options) {
    two_hosts pair;
    silence found;
    pair.start(pair.server, server_of_one(hold));
    const auto use = [&](tcp_socket& socket) -> weir::task<> {
        pair.all.partition(pair.server, pair.client);
        const auto begin = pair.all.elapsed();
        const auto told = co_await tell(socket, "hello");
        BOOST_TEST(told.has_value());
        const auto heard = co_await socket.receive();
        found.error = error_of(heard);
        found.length = pair.all.elapsed() - begin;
    };
    pair.run(pair.client, client_of(pair, use, options));
    return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_refuses) {
    two_hosts pair;
    BOOST_TEST((connect_error(pair, pair.server.address(7000)) == std::errc::connection_refused));
    BOOST_TEST((pair.all.elapsed() >= 20ms && pair.all.elapsed() < 21ms));
}

BOOST_AUTO_TEST_CASE(a_host_that_is_cut_off_is_given_up_after_127_seconds) {
    two_hosts pair;
    pair.start(pair.server, [] { return serve_echo(7000); });
    pair.all.partition(pair.server, pair.client);
    BOOST_TEST((connect_error(pair, pair.server.address(7000)) == std::errc::timed_out));
    BOOST_TEST((pair.all.elapsed() >= 127s && pair.all.elapsed() < 128s));
}

BOOST_AUTO_TEST_CASE(a_host_that_crashed_does_not_even_refuse) {
    two_hosts pair;
    pair.start(pair.server, [] { return serve_echo(7000); });
    pair.all.run_for(1s);
    pair.server.crash();
    BOOST_TEST((connect_error(pair, pair.server.address(7000)) == std::errc::timed_out));
}

BOOST_AUTO_TEST_CASE(an_address_that_nobody_has_is_unreachable) {
    two_hosts pair;
    BOOST_TEST(
        (connect_error(pair, *endpoint::ip("10.9.9.9", 7000)) == std::errc::host_unreachable));
    BOOST_TEST((pair.all.elapsed() >= 3s && pair.all.elapsed() < 4s));
}

BOOST_AUTO_TEST_CASE(a_connect_goes_on_when_the_link_is_healed) {
    two_hosts pair;
    pair.start(pair.server, [] { return serve_echo(7000); });
    pair.all.partition(pair.server, pair.client);
    std::string heard;
    pair.start(pair.client, [&]() -> weir::task<weir::result<void>> {
        heard = co_await weir::ok(say(pair.server.address(7000), "hello"));
        co_return weir::result<void>();
    });
    pair.all.run_for(10s);
    pair.all.heal(pair.server, pair.client);
    pair.finish(pair.client);
    BOOST_TEST(heard == "hello");
    BOOST_TEST((pair.all.elapsed() < 16s));  // the next knock after 1, 3 and 7 s is at 15 s
}

BOOST_AUTO_TEST_CASE(both_ends_know_each_other_by_the_same_names) {
    two_hosts pair;
    std::vector<endpoint> names;
    const auto look = [&](tcp_socket& socket) -> weir::task<> {
        names.push_back(*socket.local_endpoint());
        names.push_back(*socket.peer_endpoint());
        static_cast<void>(co_await weir::sleep_for(1s));
    };
    pair.start(pair.server, server_of_one(look));
    pair.run(pair.client, client_of(pair, look));
    BOOST_REQUIRE(names.size() == 4U);
    BOOST_TEST((names[0] == names[3]));
    BOOST_TEST((names[1] == names[2]));
    BOOST_TEST(names[0].port() + names[1].port() > 7000);
}

BOOST_AUTO_TEST_CASE(a_close_with_unread_bytes_resets_the_peer) {
    two_hosts pair;
    pair.start(pair.server, server_of_one([](tcp_socket& socket) -> weir::task<> {
                   static_cast<void>(co_await weir::sleep_for(1s));
                   static_cast<void>(co_await socket.close());
               }));
    std::error_code error;
    const auto use = [&](tcp_socket& socket) -> weir::task<> {
        static_cast<void>(co_await tell(socket, "unread"));
        const auto heard = co_await socket.receive();
        error = error_of(heard);
    };
    pair.run(pair.client, client_of(pair, use));
    BOOST_TEST((error == std::errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(a_close_after_all_was_read_is_a_proper_end) {
    two_hosts pair;
    pair.start(pair.server, server_of_one([](tcp_socket& socket) -> weir::task<> {
                   static_cast<void>(co_await hear(socket, 5));
                   static_cast<void>(co_await tell(socket, "bye"));
                   static_cast<void>(co_await socket.close());
               }));
    std::string heard;
    const auto use = [&](tcp_socket& socket) -> weir::task<> {
        static_cast<void>(co_await tell(socket, "hello"));
        const auto all = co_await hear(socket, 100);
        heard = all.value_or("an error");
    };
    pair.run(pair.client, client_of(pair, use));
    BOOST_TEST(heard == "bye");
}

BOOST_AUTO_TEST_CASE(one_direction_goes_on_after_the_other_has_ended) {
    two_hosts pair;
    std::string at_server;
    pair.start(pair.server, server_of_one([&](tcp_socket& socket) -> weir::task<> {
                   const auto all = co_await hear(socket, 100);
                   at_server = all.value_or("an error");
                   static_cast<void>(co_await weir::sleep_for(1s));
                   static_cast<void>(co_await tell(socket, "answer"));
               }));
    std::string at_client;
    const auto use = [&](tcp_socket& socket) -> weir::task<> {
        static_cast<void>(co_await tell(socket, "question"));
        static_cast<void>(co_await socket.shutdown_send());
        const auto all = co_await hear(socket, 100);
        at_client = all.value_or("an error");
    };
    pair.run(pair.client, client_of(pair, use));
    BOOST_TEST(at_server == "question");
    BOOST_TEST(at_client == "answer");
}

BOOST_AUTO_TEST_CASE(a_user_timeout_ends_a_silence) {
    weir::net::socket_options options;
    options.user_timeout = 5s;
    const silence found = fall_silent(options);
    BOOST_TEST((found.error == std::errc::timed_out), found.error.message());
    BOOST_TEST((found.length >= 5s && found.length < 6s), found.length.count());
}

BOOST_AUTO_TEST_CASE(without_one_the_kernel_gives_up_after_a_quarter_of_an_hour) {
    const silence found = fall_silent({});
    BOOST_TEST((found.error == std::errc::timed_out), found.error.message());
    BOOST_TEST((found.length >= 900s && found.length < 950s), found.length.count());
}

BOOST_AUTO_TEST_CASE(a_heal_in_time_saves_the_connection) {
    two_hosts pair;
    weir::net::socket_options options;
    options.user_timeout = 5s;
    pair.start(pair.server, [] { return serve_echo(7000); });
    std::vector<std::string> heard;
    const auto use = [&](tcp_socket& socket) -> weir::task<> {
        for (int i = 0; i < 3; ++i) {
            static_cast<void>(co_await weir::sleep_for(1s));
            static_cast<void>(co_await tell(socket, "hello"));
            auto all = co_await hear(socket, 5);
            heard.push_back(all.value_or("an error"));
        }
    };
    pair.start(pair.client, client_of(pair, use, options));
    for (const std::size_t count : {1U, 2U}) {
        BOOST_TEST(pair.all.run_until([&] { return heard.size() == count; }, 1min));
        pair.all.partition(pair.server, pair.client);
        pair.all.run_for(4s);
        pair.all.heal(pair.server, pair.client);
    }
    pair.finish(pair.client);
    BOOST_TEST((heard == std::vector<std::string>{"hello", "hello", "hello"}));
}

BOOST_AUTO_TEST_CASE(a_peer_that_crashed_and_came_back_answers_with_a_reset) {
    two_hosts pair;
    pair.start(pair.server, [] { return serve_echo(7000); });
    std::error_code error;
    const auto use = [&](tcp_socket& socket) -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(10s));
        static_cast<void>(co_await tell(socket, "hello"));
        const auto heard = co_await socket.receive();
        error = error_of(heard);
    };
    pair.start(pair.client, client_of(pair, use));
    pair.all.run_for(1s);
    pair.server.crash();
    pair.all.run_for(1s);
    pair.server.restart();
    pair.finish(pair.client);
    BOOST_TEST((error == std::errc::connection_reset), error.message());
}

BOOST_AUTO_TEST_CASE(a_crashed_host_sends_nothing_again_when_the_link_is_healed) {
    std::string heard;  // outlives the crash at the end of the world
    two_hosts pair;
    pair.start(pair.server, server_of_one([&](tcp_socket& socket) -> weir::task<> {
                   auto all = co_await hear(socket, 100);
                   heard = all.value_or("an error");
               }));
    const auto use = [](tcp_socket& socket) -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(1s));
        static_cast<void>(co_await tell(socket, "from the grave"));
        static_cast<void>(co_await socket.close());
        co_await sleep_long();
    };
    pair.start(pair.client, client_of(pair, use));
    pair.all.run_for(500ms);
    pair.all.partition(pair.server, pair.client);
    pair.all.run_for(5s);
    pair.client.crash();
    pair.all.heal(pair.server, pair.client);
    pair.all.run_for(1min);
    BOOST_TEST(heard == "");
    BOOST_TEST(pair.server.is_running());
}

BOOST_AUTO_TEST_CASE(a_crashed_host_does_not_knock_any_more) {
    two_hosts pair;
    int accepted = 0;
    pair.start(pair.server, [&]() -> weir::task<weir::result<void>> {
        auto acceptor = weir::ok(tcp_acceptor::listen(endpoint::any(7000)));
        for (;;) {
            const auto each = co_await weir::ok(acceptor.accept());
            ++accepted;
        }
    });
    pair.all.partition(pair.server, pair.client);
    pair.start(pair.client, client_of(pair, hold));
    pair.all.run_for(5s);
    pair.client.crash();
    pair.all.heal(pair.server, pair.client);
    pair.all.run_for(1h);
    BOOST_TEST(accepted == 0);
}

BOOST_AUTO_TEST_CASE(bytes_keep_their_order_on_an_unsteady_way) {
    two_hosts pair(3);
    pair.all.link(pair.server, pair.client).min_latency = 1ms;
    pair.all.link(pair.server, pair.client).max_latency = 100ms;
    pair.all.faults().rate(fault::short_send, 0.5).rate(fault::short_receive, 0.5);
    pair.start(pair.server, [] { return serve_echo(7000); });
    std::string said;
    for (int i = 0; i < 60'000; ++i) said += std::to_string(i);
    std::string heard;
    pair.start(pair.client, [&]() -> weir::task<weir::result<void>> {
        heard = co_await weir::ok(say(pair.server.address(7000), said));
        co_return weir::result<void>();
    });
    // Twice the link goes away under it.
    for (int i = 0; i < 2; ++i) {
        pair.all.run_for(300ms);
        pair.all.partition(pair.server, pair.client);
        pair.all.run_for(3s);
        pair.all.heal(pair.server, pair.client);
    }
    pair.finish(pair.client);
    BOOST_TEST((heard == said), heard.size());
}

BOOST_AUTO_TEST_CASE(what_is_sent_again_after_a_heal_travels_the_whole_way) {
    two_hosts pair;
    pair.all.link(pair.server, pair.client).min_latency = 10s;
    pair.all.link(pair.server, pair.client).max_latency = 10s;
    std::string heard;
    pair.start(pair.server, server_of_one([&](tcp_socket& socket) -> weir::task<> {
                   while (heard.size() < 10) {
                       const auto some = co_await socket.receive();
                       if (!some) break;
                       heard += weir::as_text(some->data());
                   }
               }));
    const auto use = [](tcp_socket& socket) -> weir::task<> {  // connected after 20 s
        static_cast<void>(co_await tell(socket, "first"));
        static_cast<void>(co_await weir::sleep_for(9s));
        static_cast<void>(co_await tell(socket, "later"));
        co_await sleep_long();
    };
    pair.start(pair.client, client_of(pair, use));
    pair.all.run_for(29'500ms);
    pair.all.partition(pair.server, pair.client);
    pair.all.run_for(1s);
    pair.all.heal(pair.server, pair.client);  // at 30.5 s
    pair.all.run_for(9'500ms);
    BOOST_TEST(heard == "");
    pair.all.run_for(1s);
    BOOST_TEST(heard == "firstlater");
}

BOOST_AUTO_TEST_CASE(a_reset_is_felt_at_both_ends) {
    two_hosts pair;
    std::error_code at_server;
    pair.start(pair.server, server_of_one([&](tcp_socket& socket) -> weir::task<> {
                   const auto heard = co_await socket.receive();
                   at_server = error_of(heard);
               }));
    std::error_code at_client;
    const auto use = [&](tcp_socket& socket) -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(1s));
        pair.all.faults().at(fault::reset, 1);
        const auto told = co_await tell(socket, "hello");
        at_client = error_of(told);
        pair.all.faults().clear();
    };
    pair.run(pair.client, client_of(pair, use));
    pair.finish(pair.server);
    BOOST_TEST((at_client == std::errc::connection_reset));
    BOOST_TEST((at_server == std::errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(an_address_in_use_is_free_again_after_a_close) {
    two_hosts pair;
    pair.run(pair.server, []() -> weir::task<weir::result<void>> {
        auto first = weir::ok(tcp_acceptor::listen(endpoint::any(7000)));
        const auto second = tcp_acceptor::listen(endpoint::loopback(7000));
        BOOST_TEST((error_of(second) == std::errc::address_in_use));
        const auto foreign = tcp_acceptor::listen(*endpoint::ip("10.9.9.9", 7001));
        BOOST_TEST((error_of(foreign) == std::errc::address_not_available));
        first.close();
        co_await weir::ok(weir::sleep_for(1s));
        const auto again = tcp_acceptor::listen(endpoint::any(7000));
        BOOST_TEST(again.has_value());
        co_return weir::result<void>();
    });
}

BOOST_AUTO_TEST_CASE(a_unix_path_that_does_not_exist_is_no_file) {
    two_hosts pair;
    const auto error = connect_error(pair, *endpoint::unix_socket("/run/nobody"));
    BOOST_TEST((error == std::errc::no_such_file_or_directory), error.message());
}

BOOST_AUTO_TEST_CASE(a_unix_socket_is_heard_on_its_own_host_only) {
    two_hosts pair;
    const endpoint path = *endpoint::unix_socket("/run/echo");
    std::string heard;
    pair.start(pair.server, [&, path]() -> weir::task<weir::result<void>> {
        auto acceptor = weir::ok(tcp_acceptor::listen(path));
        tcp_socket here = co_await weir::ok(weir::net::connect(path));
        tcp_socket there = co_await weir::ok(acceptor.accept());
        co_await weir::ok(tell(here, "hello"));
        heard = co_await weir::ok(hear(there, 5));
        co_await sleep_long();
        co_return weir::result<void>();
    });
    pair.all.run_for(1s);
    BOOST_TEST(heard == "hello");
    BOOST_TEST((connect_error(pair, path) == std::errc::no_such_file_or_directory));
}

BOOST_AUTO_TEST_SUITE_END()
