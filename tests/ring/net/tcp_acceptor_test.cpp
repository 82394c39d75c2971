// SPDX-License-Identifier: Apache-2.0
// Accepting: nothing that was accepted is lost, and a shortage of descriptors ends by itself.
#include "fd_count.hpp"
#include "stream_conformance.hpp"

#include <weir/net/tcp_acceptor.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/resource.h>

#include <filesystem>
#include <vector>

using namespace std::chrono_literals;
using weir::net::endpoint;
using weir::net::tcp_acceptor;
using weir::test::error_of;
using weir::test::expect_size;
using weir::test::must;

BOOST_AUTO_TEST_SUITE(tcp_acceptor_test)

namespace {

/// Lets this process open only `more` further descriptors; undoes that at its end.
class descriptor_limit {
public:
    explicit descriptor_limit(rlim_t more) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const weir::unique_fd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        rlimit lowered = before_;
        lowered.rlim_cur = static_cast<rlim_t>(next.value()) + more;
        ::setrlimit(RLIMIT_NOFILE, &lowered);
    }
    descriptor_limit(const descriptor_limit&) = delete;
    descriptor_limit& operator=(const descriptor_limit&) = delete;
    ~descriptor_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

std::vector<weir::unique_fd> raw_sockets(std::size_t count) {
    std::vector<weir::unique_fd> made;
    for (std::size_t i = 0; i < count; ++i) {
        made.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    }
    return made;
}

weir::task<> shortage_of_descriptors() {
    constexpr std::size_t clients = 60;
    tcp_acceptor acceptor = weir::test::listen_on_loopback();
    const auto raw = raw_sockets(clients);
    const descriptor_limit limit(10);
    const endpoint where = acceptor.local_endpoint();
    for (const auto& each : raw) {
        BOOST_REQUIRE(::connect(each.value(), where.native(), where.native_size()) == 0);
    }
    std::vector<weir::net::tcp_socket> held;
    std::size_t served = 0;
    while (served < clients) {
        auto next = co_await weir::with_timeout(100ms, acceptor.accept());
        if (next) {
            ++served;
            held.push_back(std::move(*next));
            continue;
        }
        BOOST_REQUIRE((error_of(next) == std::errc::timed_out));
        BOOST_REQUIRE(!held.empty());
        BOOST_TEST(acceptor.descriptor_shortages() > 0U);
        held.clear();
    }
    BOOST_TEST(acceptor.descriptor_shortages() > 0U);
}

weir::task<weir::result<weir::net::tcp_socket>> accept_one(tcp_acceptor& acceptor) {
    co_return co_await acceptor.accept();
}
weir::task<> let_go_later(std::vector<weir::net::tcp_socket>& held) {
    co_await weir::test::turns(50);
    held.clear();
}

weir::task<> shortage_while_accepting() {
    constexpr std::size_t clients = 20;
    tcp_acceptor acceptor = weir::test::listen_on_loopback();
    const auto raw = raw_sockets(clients);
    const descriptor_limit limit(10);
    const endpoint where = acceptor.local_endpoint();
    for (const auto& each : raw) {
        BOOST_REQUIRE(::connect(each.value(), where.native(), where.native_size()) == 0);
    }
    std::vector<weir::net::tcp_socket> held;
    while (acceptor.descriptor_shortages() == 0) held.push_back(must(co_await acceptor.accept()));
    while (auto rest = co_await weir::with_timeout(1ms, acceptor.accept())) {
        held.push_back(std::move(*rest));
    }
    // One accept waits all the time; nobody asks again.
    auto outcome =
        co_await weir::when_all(weir::with_timeout(5s, accept_one(acceptor)), let_go_later(held));
    BOOST_TEST(std::get<0>(outcome).has_value());
}

weir::task<> cancelled_accept() {
    tcp_acceptor acceptor = weir::test::listen_on_loopback();
    const auto nobody = co_await weir::with_timeout(5ms, acceptor.accept());
    BOOST_REQUIRE(!nobody);
    BOOST_TEST((error_of(nobody) == std::errc::timed_out));
    const weir::unique_fd client = weir::test::raw_connect(acceptor.local_endpoint());
    co_await weir::test::turns(3);  // it is accepted although nobody asks
    weir::stop_source stop;
    stop.request_stop();
    const auto stopped = co_await weir::with_stop(stop, acceptor.accept());
    BOOST_TEST((error_of(stopped) == std::errc::operation_canceled));
    auto socket = co_await acceptor.accept();
    BOOST_REQUIRE(socket.has_value());
    BOOST_TEST(::send(client.value(), "x", 1, 0) == 1);
    expect_size(must(co_await socket->receive()), 1);
}

weir::task<> accept_stopped_at_any_moment() {
    tcp_acceptor acceptor = weir::test::listen_on_loopback();
    weir::test::dice random(3);
    const std::size_t count = weir::test::rounds(2000);
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const weir::unique_fd client = weir::test::raw_connect(acceptor.local_endpoint());
        weir::test::reset_on_close(client.value());
        weir::stop_source stop;
        auto outcome = co_await weir::when_all(weir::with_stop(stop, acceptor.accept()),
                                               weir::test::stop_soon(stop, random));
        if (std::get<0>(outcome)) ++accepted;
    }
    while (accepted < count) {
        const auto late = co_await weir::with_timeout(2s, acceptor.accept());
        BOOST_REQUIRE(late.has_value());
        ++accepted;
    }
}

weir::task<> more_than_are_kept() {
    constexpr std::size_t clients = 1300;
    tcp_acceptor acceptor = weir::test::listen_on_loopback();
    static_cast<void>(co_await weir::with_timeout(1ms, acceptor.accept()));
    const auto raw = raw_sockets(clients);
    const endpoint where = acceptor.local_endpoint();
    for (const auto& each : raw) {
        BOOST_REQUIRE(::connect(each.value(), where.native(), where.native_size()) == 0);
    }
    co_await weir::test::turns(50);
    for (std::size_t i = 0; i < clients; ++i) {
        const auto next = co_await weir::with_timeout(2s, acceptor.accept());
        BOOST_REQUIRE(next.has_value());
    }
}

weir::task<> close_later(tcp_acceptor& acceptor) {
    co_await weir::test::turns(2);
    acceptor.close();
}

weir::task<> close_while_accepting() {
    tcp_acceptor acceptor = weir::test::listen_on_loopback();
    const endpoint where = acceptor.local_endpoint();
    auto outcome = co_await weir::when_all(accept_one(acceptor), close_later(acceptor));
    BOOST_TEST((error_of(std::get<0>(outcome)) == std::errc::bad_file_descriptor));
    BOOST_TEST(!acceptor.is_open());
    const auto again = co_await acceptor.accept();
    BOOST_TEST((error_of(again) == std::errc::bad_file_descriptor));
    co_await weir::test::turns(3);
    const auto refused = co_await weir::net::connect(where);
    BOOST_TEST((error_of(refused) == std::errc::connection_refused));
}

weir::task<> unclaimed_are_closed() {
    const std::size_t descriptors = weir::test::fd_count();
    std::vector<weir::unique_fd> raw;
    {
        tcp_acceptor acceptor = weir::test::listen_on_loopback();
        static_cast<void>(co_await weir::with_timeout(1ms, acceptor.accept()));
        for (int i = 0; i < 5; ++i) {
            raw.push_back(weir::test::raw_connect(acceptor.local_endpoint()));
        }
        co_await weir::test::turns(3);
    }
    co_await weir::test::turns(3);
    for (auto& each : raw) {
        char byte = 0;
        BOOST_TEST(::recv(each.value(), &byte, 1, MSG_DONTWAIT) == 0);
        each.reset();
    }
    BOOST_TEST(weir::test::fd_count() == descriptors);
}

weir::task<> one_port_twice() {
    weir::net::socket_options options;
    options.reuse_port = true;
    const auto first = must(tcp_acceptor::listen(endpoint::loopback(0), options));
    BOOST_TEST(tcp_acceptor::listen(first.local_endpoint(), options).has_value());
    const auto alone = weir::test::listen_on_loopback();
    const auto second = tcp_acceptor::listen(alone.local_endpoint());
    BOOST_REQUIRE(!second);
    BOOST_TEST((error_of(second) == std::errc::address_in_use));
    BOOST_TEST((error_of(tcp_acceptor::listen(endpoint())) == std::errc::invalid_argument));
    co_return;
}

weir::task<> over_unix_path() {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("weir_test_" + std::to_string(::getpid())))
            .string();
    ::unlink(path.c_str());
    const endpoint where = must(endpoint::unix_socket(path));
    tcp_acceptor acceptor = must(tcp_acceptor::listen(where));
    BOOST_TEST((acceptor.local_endpoint() == where));
    auto client = must(co_await weir::net::connect(where));
    auto server = must(co_await acceptor.accept());
    BOOST_TEST((must(client.peer_endpoint()) == where));
    weir::test::expect_success(co_await client.send_copy(weir::as_bytes("hi")));
    expect_size(must(co_await server.receive()), 2);
    ::unlink(path.c_str());
    const auto missing = co_await weir::net::connect(where);
    BOOST_TEST((error_of(missing) == std::errc::no_such_file_or_directory));
}

weir::task<> over_ipv6() {
    auto acceptor = tcp_acceptor::listen(must(endpoint::ip("::1", 0)));
    if (!acceptor) co_return;  // this machine has no IPv6
    auto client = must(co_await weir::net::connect(acceptor->local_endpoint()));
    auto server = must(co_await acceptor->accept());
    BOOST_TEST(must(server.peer_endpoint()).address() == "::1");
}

}  // namespace

BOOST_AUTO_TEST_CASE(accepting_goes_on_when_descriptors_return, WEIR_LINUX_ONLY) {
    // UBSan looks at objects through a pipe and calls them broken when it gets no descriptor.
    if (!weir::test::allocations_are_counted()) return;
    weir::test::on_reactor(shortage_of_descriptors);
    weir::test::on_reactor(shortage_while_accepting);
}

BOOST_AUTO_TEST_CASE(a_connection_is_kept_when_its_accept_was_stopped, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(cancelled_accept);
    weir::test::on_reactor(accept_stopped_at_any_moment);
}

BOOST_AUTO_TEST_CASE(more_connections_than_are_kept_are_all_served, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(more_than_are_kept);
}

BOOST_AUTO_TEST_CASE(closing_ends_an_accept_in_flight_and_refuses_new_connections,
                     WEIR_LINUX_ONLY) {
    weir::test::on_reactor(close_while_accepting);
}

BOOST_AUTO_TEST_CASE(connections_that_nobody_claimed_are_closed_with_the_acceptor,
                     WEIR_LINUX_ONLY) {
    weir::test::on_reactor(unclaimed_are_closed);
}

BOOST_AUTO_TEST_CASE(a_port_is_shared_only_on_request) { weir::test::on_reactor(one_port_twice); }

BOOST_AUTO_TEST_CASE(a_unix_path_is_listened_on_and_connected_to, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(over_unix_path);
}

BOOST_AUTO_TEST_CASE(ipv6_works_where_there_is_any) { weir::test::on_reactor(over_ipv6); }

BOOST_AUTO_TEST_SUITE_END()
