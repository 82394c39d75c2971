// SPDX-License-Identifier: Apache-2.0
#include "sim/descriptor.hpp"

#include "kernel_bench.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cerrno>

BOOST_AUTO_TEST_SUITE(descriptor_test)

namespace {

using namespace weir::sim::test;
using weir::sim::fault;

}  // namespace

BOOST_AUTO_TEST_CASE(a_poll_is_answered_once) {
    kernel_bench bench;
    const int event = bench.system.open_event();
    ::io_uring_prep_poll_add(&bench.ask(1), event, POLLIN);
    BOOST_TEST(bench.collect().empty());
    bench.system.raise_event(event);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].result == POLLIN);
    BOOST_TEST(!all[0].goes_on());
    bench.system.raise_event(event);
    BOOST_TEST(bench.collect().empty());
}

BOOST_AUTO_TEST_CASE(a_poll_looks_before_it_waits) {
    kernel_bench bench;
    const int event = bench.system.open_event();
    bench.system.raise_event(event);
    ::io_uring_prep_poll_add(&bench.ask(1), event, POLLIN);
    BOOST_TEST(bench.collect().size() == 1U);
    bench.system.clear_event(event);
    ::io_uring_prep_poll_add(&bench.ask(2), event, POLLIN);
    BOOST_TEST(bench.collect().empty());
}

BOOST_AUTO_TEST_CASE(what_happens_wakes_only_those_who_wait_for_it) {
    kernel_bench bench;
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_poll_add(&bench.ask(1), here, POLLIN);
    ::io_uring_prep_poll_add(&bench.ask(2), here, POLLPRI);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(bench.say(there, "x") == 1);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].tag == 1U);
}

BOOST_AUTO_TEST_CASE(an_end_is_reported_although_nobody_asked_for_it) {
    kernel_bench bench;
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_poll_add(&bench.ask(1), here, POLLPRI);
    BOOST_TEST(bench.collect().empty());
    bench.system.close_now(there);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST((all[0].result & POLLHUP) != 0);
}

BOOST_AUTO_TEST_CASE(the_newest_reader_is_woken_first) {
    kernel_bench bench;
    std::array<char, 8> first{};
    std::array<char, 8> second{};
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_recv(&bench.ask(1), here, first.data(), first.size(), 0);
    ::io_uring_prep_recv(&bench.ask(2), here, second.data(), second.size(), 0);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(bench.say(there, "x") == 1);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].tag == 2U);
    BOOST_TEST(second[0] == 'x');
}

BOOST_AUTO_TEST_CASE(those_who_accept_are_served_in_their_order) {
    kernel_bench bench;
    const int listener = bench.open_listener(7000);
    ::io_uring_prep_accept(&bench.ask(1), listener, nullptr, nullptr, 0);
    ::io_uring_prep_accept(&bench.ask(2), listener, nullptr, nullptr, 0);
    BOOST_TEST(bench.collect().empty());
    const int client = bench.system.socket(AF_INET, SOCK_STREAM, 0);
    const auto where = weir::net::endpoint::loopback(7000);
    ::io_uring_prep_connect(&bench.ask(3), client, where.native(), where.native_size());
    std::vector<std::uint64_t> tags;
    for (const answer& each : bench.collect()) {
        tags.push_back(each.tag);
        BOOST_TEST(each.result >= 0);
    }
    BOOST_TEST(tags.size() == 2U);
    BOOST_TEST((std::find(tags.begin(), tags.end(), 1U) != tags.end()));
}

BOOST_AUTO_TEST_CASE(a_connection_that_one_accepts_leaves_the_others_in_their_places) {
    kernel_bench bench;
    const int listener = bench.open_listener(7000);
    const auto where = weir::net::endpoint::loopback(7000);
    const auto connect = [&](std::uint64_t tag) {
        const int client = bench.system.socket(AF_INET, SOCK_STREAM, 0);
        ::io_uring_prep_connect(&bench.ask(tag), client, where.native(), where.native_size());
    };
    const auto accepted_by = [&] {
        std::vector<std::uint64_t> tags;
        for (const answer& each : bench.collect()) {
            if (each.tag <= 3 && each.result >= 0) tags.push_back(each.tag);
        }
        return tags;
    };
    ::io_uring_prep_multishot_accept(&bench.ask(1), listener, nullptr, nullptr, 0);
    ::io_uring_prep_accept(&bench.ask(2), listener, nullptr, nullptr, 0);
    ::io_uring_prep_multishot_accept(&bench.ask(3), listener, nullptr, nullptr, 0);
    connect(4);
    BOOST_TEST((accepted_by() == std::vector<std::uint64_t>{1}));
    ::io_uring_prep_cancel64(&bench.ask(5), 1, 0);
    BOOST_TEST(accepted_by().empty());
    connect(6);
    BOOST_TEST((accepted_by() == std::vector<std::uint64_t>{2}));
    connect(7);
    BOOST_TEST((accepted_by() == std::vector<std::uint64_t>{3}));
}

BOOST_AUTO_TEST_CASE(closing_the_number_leaves_a_waiting_request_alone) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_recv(&bench.ask(1), here, memory.data(), memory.size(), 0);
    BOOST_TEST(bench.collect().empty());
    const std::weak_ptr<weir::sim::descriptor> socket = bench.home.find(here);
    bench.system.close_now(here);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(!socket.expired());
    BOOST_TEST(bench.say(there, "late") == 4);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].result == 4);
    BOOST_TEST(socket.expired());  // that request was the last to hold it
    BOOST_TEST(bench.say(there, "x") == -EPIPE);
}

BOOST_AUTO_TEST_CASE(a_cancel_of_the_last_request_lets_go_of_a_closed_socket) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_recv(&bench.ask(1), here, memory.data(), memory.size(), 0);
    BOOST_TEST(bench.collect().empty());
    bench.system.close_now(here);
    BOOST_TEST(bench.say(there, "") == 0);
    ::io_uring_prep_cancel64(&bench.ask(2), 1, 0);
    BOOST_TEST(bench.collect().size() == 2U);
    BOOST_TEST(bench.say(there, "x") == -EPIPE);
}

BOOST_AUTO_TEST_CASE(a_spurious_wake_up_reports_what_is_not_there) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_poll_add(&bench.ask(1), here, POLLIN);
    BOOST_TEST(bench.collect().empty());
    bench.time.faults().rate(fault::spurious_wake_up, 1);
    // Something else happens there: room to send.
    const std::string much(1 << 20, 'x');
    const int sent = bench.say(here, much);
    BOOST_REQUIRE(sent > 0);
    std::vector<char> out(static_cast<std::size_t>(sent));
    ::io_uring_prep_recv(&bench.ask(2), there, out.data(), out.size(), 0);
    bool was_woken = false;
    for (const answer& each : bench.collect()) was_woken = was_woken || each.tag == 1;
    BOOST_TEST(was_woken);
    BOOST_TEST(bench.system.receive_now(here, memory.data(), memory.size()) == -EAGAIN);
}

BOOST_AUTO_TEST_CASE(an_event_is_no_socket) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const int event = bench.system.open_event();
    const auto where = weir::net::endpoint::loopback(7000);
    sockaddr_storage name{};
    unsigned size = sizeof name;
    auto* address = reinterpret_cast<sockaddr*>(&name);
    BOOST_TEST(bench.system.bind(event, where.native(), where.native_size()) == -ENOTSOCK);
    BOOST_TEST(bench.system.listen(event, 1) == -ENOTSOCK);
    BOOST_TEST(bench.system.local_address(event, address, &size) == -ENOTSOCK);
    BOOST_TEST(bench.system.peer_address(event, address, &size) == -ENOTSOCK);
    BOOST_TEST(bench.say(event, "x") == -ENOTSOCK);
    BOOST_TEST(bench.system.receive_now(event, memory.data(), memory.size()) == -ENOTSOCK);
    ::io_uring_prep_recv(&bench.ask(1), event, memory.data(), memory.size(), 0);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].result < 0);
}

BOOST_AUTO_TEST_SUITE_END()
