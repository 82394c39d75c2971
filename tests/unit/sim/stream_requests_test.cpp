// SPDX-License-Identifier: Apache-2.0
// Simulated streams request by request: what only a kernel's answers tell.
#include "kernel_bench.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cerrno>
#include <map>

BOOST_AUTO_TEST_SUITE(stream_requests_test)

namespace {

using namespace weir::sim::test;
using weir::net::endpoint;
using weir::sim::fault;

constexpr std::uint16_t port = 7000;
constexpr std::uint16_t report_usage = 1U << 3U;  // IORING_SEND_ZC_REPORT_USAGE

/// Begins to connect a new socket; returns it.
int ask_connect(kernel_bench& bench, std::uint64_t tag, int fd = -1) {
    if (fd < 0) fd = bench.system.socket(AF_INET, SOCK_STREAM, 0);
    static const endpoint where = endpoint::loopback(port);
    ::io_uring_prep_connect(&bench.ask(tag), fd, where.native(), where.native_size());
    return fd;
}
std::map<std::uint64_t, int> results_of(const std::vector<answer>& all) {
    std::map<std::uint64_t, int> results;
    for (const answer& each : all) results[each.tag] = each.result;
    return results;
}
int error_at(kernel_bench& bench, int fd) {
    int error = -1;
    unsigned size = sizeof error;
    BOOST_TEST(bench.system.option(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0);
    return error;
}
/// A connected TCP pair: the client's end and the server's.
int receive(kernel_bench& bench, int fd, std::size_t size = 64) {
    std::vector<char> memory(size);
    return bench.system.receive_now(fd, memory.data(), memory.size());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_full_backlog_lets_clients_knock_again_later) {
    kernel_bench bench;
    const int listener = bench.open_listener(port, 0);
    ask_connect(bench, 1);
    ask_connect(bench, 2);
    BOOST_TEST((results_of(bench.collect()) == std::map<std::uint64_t, int>{{1, 0}}));
    ::io_uring_prep_accept(&bench.ask(3), listener, nullptr, nullptr, 0);
    BOOST_TEST(bench.collect().size() == 1U);
    BOOST_TEST(bench.run_for(900ms).empty());
    BOOST_TEST((results_of(bench.run_for(200ms)) == std::map<std::uint64_t, int>{{2, 0}}));
}

BOOST_AUTO_TEST_CASE(a_socket_connects_once) {
    kernel_bench bench;
    bench.open_listener(port);
    const int client = ask_connect(bench, 1);
    BOOST_TEST(results_of(bench.collect()).at(1) == 0);
    ask_connect(bench, 2, client);
    BOOST_TEST(results_of(bench.collect()).at(2) == -EISCONN);
}

BOOST_AUTO_TEST_CASE(a_second_connect_meanwhile_is_told_so) {
    kernel_bench bench;
    bench.open_listener(port, 0);
    ask_connect(bench, 1);
    const int client = ask_connect(bench, 2);
    BOOST_TEST(bench.collect().size() == 1U);
    ask_connect(bench, 3, client);
    BOOST_TEST(results_of(bench.collect()).at(3) == -EALREADY);
}

BOOST_AUTO_TEST_CASE(who_was_not_accepted_is_reset_when_listening_ends) {
    kernel_bench bench;
    const int listener = bench.open_listener(port);
    const int client = ask_connect(bench, 1);
    BOOST_TEST(results_of(bench.collect()).at(1) == 0);
    bench.system.close_now(listener);
    BOOST_TEST(receive(bench, client) == -ECONNRESET);
    const int late = ask_connect(bench, 2);
    BOOST_TEST(results_of(bench.collect()).at(2) == -ECONNREFUSED);
    BOOST_TEST(late >= 0);
}

BOOST_AUTO_TEST_CASE(an_accept_without_a_descriptor_leaves_the_client_in_the_backlog) {
    kernel_bench bench;
    const int listener = bench.open_listener(port);
    ask_connect(bench, 1);
    BOOST_TEST(bench.collect().size() == 1U);
    bench.time.faults().at(fault::no_descriptor, 1);
    ::io_uring_prep_multishot_accept(&bench.ask(2), listener, nullptr, nullptr, 0);
    BOOST_TEST(results_of(bench.collect()).at(2) == -EMFILE);
    ::io_uring_prep_multishot_accept(&bench.ask(3), listener, nullptr, nullptr, 0);
    BOOST_TEST(results_of(bench.collect()).at(3) >= 0);
}

BOOST_AUTO_TEST_CASE(listeners_that_share_a_port_all_get_connections) {
    kernel_bench bench;
    std::map<int, int> counts;
    std::array<int, 2> listeners{};
    const endpoint where = endpoint::loopback(port);
    const int yes = 1;
    for (int& each : listeners) {
        each = bench.system.socket(AF_INET, SOCK_STREAM, 0);
        BOOST_TEST(bench.system.set_option(each, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) == 0);
        BOOST_TEST(bench.system.bind(each, where.native(), where.native_size()) == 0);
        BOOST_TEST(bench.system.listen(each, 100) == 0);
    }
    for (std::uint64_t i = 0; i < 2; ++i) {
        ::io_uring_prep_multishot_accept(&bench.ask(i), listeners[i], nullptr, nullptr, 0);
    }
    for (std::uint64_t i = 0; i < 30; ++i) ask_connect(bench, 100 + i);
    for (const answer& each : bench.collect()) ++counts[static_cast<int>(each.tag)];
    BOOST_TEST(counts[0] + counts[1] == 30);
    BOOST_TEST((counts[0] > 3 && counts[1] > 3));
}

BOOST_AUTO_TEST_CASE(a_writer_waits_for_a_reader_who_does_not_read) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    const std::string much(1 << 20, 'x');
    const int room = bench.say(here, much);
    BOOST_TEST((room > 0 && room < (1 << 20)));
    BOOST_TEST(bench.say(here, "x") == -EAGAIN);
    ::io_uring_prep_poll_add(&bench.ask(1), here, POLLOUT);
    ::io_uring_prep_send(&bench.ask(2), here, "more", 4, 0);
    ::io_uring_prep_send(&bench.ask(3), here, "none", 4, MSG_DONTWAIT);
    BOOST_TEST((results_of(bench.collect()) == std::map<std::uint64_t, int>{{3, -EAGAIN}}));
    const auto all = static_cast<std::size_t>(room);
    BOOST_TEST(receive(bench, there, 10) == 10);
    BOOST_TEST(bench.collect().empty());  // too little to be told about
    BOOST_TEST(receive(bench, there, all) == room - 10);
    const auto results = results_of(bench.collect());
    BOOST_TEST(results.at(1) == POLLOUT);
    BOOST_TEST(results.at(2) == 4);
    BOOST_TEST(receive(bench, there) == 4);
}

BOOST_AUTO_TEST_CASE(smaller_buffers_hold_less) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    const int size = 10'000;
    BOOST_TEST(bench.system.set_option(here, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) == 0);
    BOOST_TEST(bench.system.set_option(there, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) == 0);
    BOOST_TEST(bench.say(here, std::string(1 << 20, 'x')) == 40'000);
}

BOOST_AUTO_TEST_CASE(what_is_accepted_has_the_options_of_its_listener) {
    kernel_bench bench;
    const int listener = bench.open_listener(port);
    const int size = 10'000;
    BOOST_TEST(bench.system.set_option(listener, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) == 0);
    ask_connect(bench, 1);
    ::io_uring_prep_accept(&bench.ask(2), listener, nullptr, nullptr, 0);
    const int server = results_of(bench.collect()).at(2);
    int told = 0;
    unsigned room = sizeof told;
    BOOST_TEST(bench.system.option(server, SOL_SOCKET, SO_RCVBUF, &told, &room) == 0);
    BOOST_TEST(told == 20'000);
}

BOOST_AUTO_TEST_CASE(short_transfers_lose_nothing) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    bench.time.faults().rate(fault::short_send, 1).rate(fault::short_receive, 1);
    const int sent = bench.say(here, "0123456789");
    BOOST_TEST((sent > 0 && sent < 10));
    bench.time.faults().rate(fault::short_send, 0);
    BOOST_TEST(
        bench.say(here, std::string_view("0123456789").substr(static_cast<std::size_t>(sent))) ==
        10 - sent);
    std::array<char, 16> memory{};
    ::io_uring_prep_recv(&bench.ask(1), there, memory.data(), memory.size(), 0);
    const int got = results_of(bench.collect()).at(1);
    BOOST_TEST((got > 0 && got < 10));
    // A call, other than a request, gives all that is there.
    BOOST_TEST(bench.system.receive_now(there, memory.data() + got, 16) == 10 - got);
    BOOST_TEST(std::string(memory.data(), 10) == "0123456789");
}

BOOST_AUTO_TEST_CASE(no_memory_is_told_and_harms_nothing) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    bench.time.faults().at(fault::no_memory, 1);
    BOOST_TEST(bench.say(here, "lost") == -ENOMEM);
    BOOST_TEST(bench.say(here, "hello") == 5);
    BOOST_TEST(receive(bench, there) == 5);
}

BOOST_AUTO_TEST_CASE(a_connection_that_breaks_under_a_request_is_told_to_all_that_wait) {
    kernel_bench bench;
    std::array<char, 16> memory{};
    const auto [here, there] = bench.open_tcp_pair();
    BOOST_TEST(bench.say(here, std::string(1 << 20, 'x')) > 0);
    ::io_uring_prep_send(&bench.ask(1), here, "more", 4, 0);
    ::io_uring_prep_recv(&bench.ask(2), here, memory.data(), memory.size(), 0);
    BOOST_TEST(bench.collect().empty());
    bench.time.faults().at(fault::reset, 2);
    BOOST_TEST(bench.say(there, "hello") == 5);  // the receive strikes upon it
    const auto all = bench.run_for(1ms);
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(results_of(all).at(1) == -EPIPE);
    BOOST_TEST(results_of(all).at(2) == -ECONNRESET);
    BOOST_TEST(receive(bench, here) == 0);
    BOOST_TEST(bench.say(here, "x") == -EPIPE);
    BOOST_TEST(error_at(bench, there) == ECONNRESET);
}

BOOST_AUTO_TEST_CASE(a_close_without_linger_resets_the_peer) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    const linger at_once{1, 0};
    BOOST_TEST(bench.system.set_option(here, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    bench.system.close_now(here);
    BOOST_TEST(error_at(bench, there) == ECONNRESET);
    BOOST_TEST(error_at(bench, there) == 0);  // told once
    BOOST_TEST(bench.say(there, "x") == -EPIPE);
}

BOOST_AUTO_TEST_CASE(tcp_learns_from_the_answer_to_its_bytes_that_nobody_is_there) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    bench.system.close_now(there);
    BOOST_TEST(receive(bench, here) == 0);
    BOOST_TEST(bench.say(here, "x") == 1);
    BOOST_TEST(bench.say(here, "x") == -EPIPE);
}

BOOST_AUTO_TEST_CASE(a_unix_socket_knows_at_once_that_nobody_is_there) {
    kernel_bench bench;
    const auto [here, there] = bench.open_pair();
    BOOST_TEST(bench.say(there, "bye") == 3);
    bench.system.close_now(there);
    BOOST_TEST(bench.say(here, "x") == -EPIPE);
    BOOST_TEST(receive(bench, here) == 3);
    BOOST_TEST(receive(bench, here) == 0);
    // Although it had said already that it sends no more.
    const auto [near, far] = bench.open_pair();
    ::io_uring_prep_shutdown(&bench.ask(1), far, SHUT_WR);
    BOOST_TEST(bench.collect().size() == 1U);
    BOOST_TEST(bench.say(near, "x") == 1);
    BOOST_TEST(receive(bench, far) == 1);
    ::io_uring_prep_poll_add(&bench.ask(2), near, POLLPRI);
    BOOST_TEST((results_of(bench.collect()).at(2) & POLLHUP) == 0);
    bench.system.close_now(far);
    ::io_uring_prep_poll_add(&bench.ask(3), near, POLLPRI);
    BOOST_TEST((results_of(bench.collect()).at(3) & POLLHUP) != 0);
    BOOST_TEST(bench.say(near, "x") == -EPIPE);
}

BOOST_AUTO_TEST_CASE(a_unix_path_where_nobody_listens_yet_refuses) {
    kernel_bench bench;
    const endpoint path = *endpoint::unix_socket("/run/quiet");
    const int bound = bench.system.socket(AF_UNIX, SOCK_STREAM, 0);
    BOOST_TEST(bench.system.bind(bound, path.native(), path.native_size()) == 0);
    const int client = bench.system.socket(AF_UNIX, SOCK_STREAM, 0);
    ::io_uring_prep_connect(&bench.ask(1), client, path.native(), path.native_size());
    BOOST_TEST(results_of(bench.collect()).at(1) == -ECONNREFUSED);
    const int second = bench.system.socket(AF_UNIX, SOCK_STREAM, 0);
    BOOST_TEST(bench.system.bind(second, path.native(), path.native_size()) == -EADDRINUSE);
}

BOOST_AUTO_TEST_CASE(the_notification_of_a_zero_copy_send_comes_after_its_result) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    ::io_uring_prep_send_zc(&bench.ask(1), here, "hello", 5, 0, 0);
    const auto all = bench.run_for(1ms);
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].result == 5);
    BOOST_TEST(all[0].goes_on());
    BOOST_TEST((all[0].flags & IORING_CQE_F_NOTIF) == 0U);
    BOOST_TEST(all[1].result == 0);
    BOOST_TEST(!all[1].goes_on());
    BOOST_TEST((all[1].flags & IORING_CQE_F_NOTIF) != 0U);
    BOOST_TEST(receive(bench, there) == 5);
}

BOOST_AUTO_TEST_CASE(a_late_notification_comes_although_the_socket_is_closed) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    bench.time.faults().rate(fault::late_notification, 1);
    ::io_uring_prep_send_zc(&bench.ask(1), here, "hello", 5, 0, 0);
    BOOST_TEST(bench.collect().size() == 1U);
    bench.system.close_now(here);
    BOOST_TEST(bench.run_for(990ms).empty());
    const auto all = bench.run_for(20ms);
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].tag == 1U);
    BOOST_TEST((all[0].flags & IORING_CQE_F_NOTIF) != 0U);
    BOOST_TEST(receive(bench, there) == 5);
}

BOOST_AUTO_TEST_CASE(a_withheld_notification_comes_when_the_socket_is_closed) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    bench.time.faults().rate(fault::withheld_notification, 1);
    ::io_uring_prep_send_zc(&bench.ask(1), here, "hello", 5, 0, 0);
    BOOST_TEST(bench.collect().size() == 1U);
    BOOST_TEST(bench.run_for(1h).empty());
    bench.system.close_now(here);
    const auto all = bench.run_for(1ms);
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].tag == 1U);
    BOOST_TEST((all[0].flags & IORING_CQE_F_NOTIF) != 0U);
    BOOST_TEST(receive(bench, there) == 5);
}

BOOST_AUTO_TEST_CASE(a_send_that_copied_after_all_says_so_when_asked) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    bench.time.faults().rate(fault::copied_send, 1);
    ::io_uring_prep_send_zc(&bench.ask(1), here, "hello", 5, 0, report_usage);
    ::io_uring_prep_send_zc(&bench.ask(2), here, "hello", 5, 0, 0);
    std::map<std::uint64_t, std::uint32_t> told;
    for (const answer& each : bench.run_for(1ms)) {
        if ((each.flags & IORING_CQE_F_NOTIF) == 0) continue;
        told[each.tag] = static_cast<std::uint32_t>(each.result);
    }
    BOOST_TEST(told.at(1) == 0x8000'0000U);
    BOOST_TEST(told.at(2) == 0U);
    BOOST_TEST(receive(bench, there) == 10);
}

BOOST_AUTO_TEST_CASE(a_zero_copy_send_that_failed_is_notified_of_too) {
    kernel_bench bench;
    const auto [here, there] = bench.open_tcp_pair();
    ::io_uring_prep_shutdown(&bench.ask(1), here, SHUT_WR);
    ::io_uring_prep_send_zc(&bench.ask(2), here, "hello", 5, 0, 0);
    const auto all = bench.run_for(2s);
    BOOST_REQUIRE(all.size() == 3U);
    BOOST_TEST(all[1].result == -EPIPE);
    BOOST_TEST(all[1].goes_on());
    BOOST_TEST(all[2].tag == 2U);
    BOOST_TEST(all[2].result == 0);
    BOOST_TEST((all[2].flags & IORING_CQE_F_NOTIF) != 0U);
    BOOST_TEST(!all[2].goes_on());
    BOOST_TEST(receive(bench, there) == 0);
}

BOOST_AUTO_TEST_CASE(a_unix_socket_sends_nothing_without_a_copy) {
    kernel_bench bench;
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_send_zc(&bench.ask(1), here, "hello", 5, 0, 0);
    const auto all = bench.run_for(1ms);
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].result == -EOPNOTSUPP);
    BOOST_TEST(all[0].goes_on());
    BOOST_TEST((all[1].flags & IORING_CQE_F_NOTIF) != 0U);
    BOOST_TEST(receive(bench, there) == -EAGAIN);
}

BOOST_AUTO_TEST_CASE(a_unix_socket_without_a_connection_says_so_in_its_own_way) {
    kernel_bench bench;
    const endpoint path = *endpoint::unix_socket("path");
    const int listener = bench.system.socket(AF_UNIX, SOCK_STREAM, 0);
    BOOST_TEST(bench.system.bind(listener, path.native(), path.native_size()) == 0);
    BOOST_TEST(bench.system.listen(listener, 4) == 0);
    BOOST_TEST(receive(bench, listener) == -EINVAL);
    BOOST_TEST(bench.say(listener, "x") == -ENOTCONN);
    ::io_uring_prep_connect(&bench.ask(1), listener, path.native(), path.native_size());
    BOOST_TEST(results_of(bench.collect()).at(1) == -EINVAL);
    ::io_uring_prep_shutdown(&bench.ask(2), listener, SHUT_RD);
    const int client = bench.system.socket(AF_UNIX, SOCK_STREAM, 0);
    ::io_uring_prep_connect(&bench.ask(3), client, path.native(), path.native_size());
    const auto results = results_of(bench.collect());
    BOOST_TEST(results.at(2) == 0);
    BOOST_TEST(results.at(3) == -ECONNREFUSED);
}

BOOST_AUTO_TEST_CASE(a_unix_socket_sends_nothing_to_one_that_receives_no_more) {
    kernel_bench bench;
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_shutdown(&bench.ask(1), there, SHUT_RD);
    BOOST_TEST(results_of(bench.collect()).at(1) == 0);
    BOOST_TEST(bench.say(here, "x") == -EPIPE);
    BOOST_TEST(bench.say(there, "x") == 1);
    BOOST_TEST(receive(bench, here) == 1);
}

BOOST_AUTO_TEST_CASE(a_unix_peer_that_left_bytes_unread_is_missed_after_what_it_sent) {
    kernel_bench bench;
    const auto [here, there] = bench.open_pair();
    BOOST_TEST(bench.say(here, "unread") == 6);
    BOOST_TEST(bench.say(there, "last") == 4);
    bench.system.close_now(there);
    sockaddr_storage name{};
    unsigned size = sizeof name;
    BOOST_TEST(bench.system.peer_address(here, reinterpret_cast<sockaddr*>(&name), &size) == 0);
    BOOST_TEST(bench.say(here, "x") == -EPIPE);
    BOOST_TEST(receive(bench, here) == 4);
    BOOST_TEST(receive(bench, here) == -ECONNRESET);
    BOOST_TEST(receive(bench, here) == 0);
}

BOOST_AUTO_TEST_CASE(a_unix_sender_is_told_of_each_piece_that_was_read) {
    kernel_bench bench;
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_poll_multishot(&bench.ask(1), here, POLLOUT);
    BOOST_TEST(bench.collect().size() == 1U);
    BOOST_TEST(bench.say(here, "hello") == 5);
    BOOST_TEST(receive(bench, there, 4) == 4);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(receive(bench, there) == 1);
    BOOST_TEST(bench.collect().size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_accept_ends_when_its_unix_listener_is_shut_down) {
    kernel_bench bench;
    const endpoint path = *endpoint::unix_socket("path");
    const int listener = bench.system.socket(AF_UNIX, SOCK_STREAM, 0);
    BOOST_TEST(bench.system.bind(listener, path.native(), path.native_size()) == 0);
    BOOST_TEST(bench.system.listen(listener, 4) == 0);
    ::io_uring_prep_accept(&bench.ask(1), listener, nullptr, nullptr, 0);
    ::io_uring_prep_multishot_accept(&bench.ask(2), listener, nullptr, nullptr, 0);
    ::io_uring_prep_shutdown(&bench.ask(3), listener, SHUT_RD);
    const auto results = results_of(bench.collect());
    BOOST_TEST(results.at(1) == -EINVAL);
    BOOST_TEST(!results.contains(2));
    BOOST_TEST(results.at(3) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
