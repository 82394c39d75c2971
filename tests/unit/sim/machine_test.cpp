// SPDX-License-Identifier: Apache-2.0
#include "sim/machine.hpp"

#include "kernel_bench.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <set>

BOOST_AUTO_TEST_SUITE(machine_test)

namespace {

using namespace weir::sim::test;
using weir::net::endpoint;
using weir::sim::descriptor;
using weir::sim::event_descriptor;
using weir::sim::port_table;

std::shared_ptr<descriptor> thing(kernel_bench& bench) {
    return std::make_shared<event_descriptor>(bench.home);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_descriptor_gets_the_lowest_free_number) {
    kernel_bench bench;
    const int first = bench.home.add(thing(bench));
    const int second = bench.home.add(thing(bench));
    const int third = bench.home.add(thing(bench));
    BOOST_TEST((second == first + 1 && third == first + 2));
    BOOST_TEST(bench.home.close(second) == 0);
    BOOST_TEST(bench.home.find(second) == nullptr);
    BOOST_TEST(bench.home.add(thing(bench)) == second);
    BOOST_TEST(bench.home.close(first) == 0);
    BOOST_TEST(bench.home.add(thing(bench)) == first);
    BOOST_TEST(bench.home.add(thing(bench)) == third + 1);
}

BOOST_AUTO_TEST_CASE(numbers_run_out_at_the_limit_and_come_back) {
    kernel_bench bench;
    bench.home.set_max_descriptors(2);
    const int first = bench.home.add(thing(bench));
    static_cast<void>(bench.home.add(thing(bench)));
    BOOST_TEST(bench.home.add(thing(bench)) == -EMFILE);
    BOOST_TEST(bench.home.open_descriptors() == 2U);
    BOOST_TEST(bench.home.close(first) == 0);
    BOOST_TEST(bench.home.add(thing(bench)) == first);
}

BOOST_AUTO_TEST_CASE(a_number_is_closed_once) {
    kernel_bench bench;
    const int fd = bench.home.add(thing(bench));
    BOOST_TEST(bench.home.close(fd) == 0);
    BOOST_TEST(bench.home.close(fd) == -EBADF);
}

BOOST_AUTO_TEST_CASE(no_number_means_something_on_two_machines) {
    kernel_bench bench;
    weir::sim::machine other(bench.time, bench.between, 1, "other");
    const int here = bench.home.add(thing(bench));
    const int there = other.add(std::make_shared<event_descriptor>(other));
    BOOST_TEST(here != there);
    BOOST_TEST(bench.home.find(there) == nullptr);
    BOOST_TEST(other.find(here) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_machine_owns_its_addresses_and_loopback) {
    kernel_bench bench;
    const weir::sim::machine other(bench.time, bench.between, 1, "other");
    for (const char* own : {"127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::"}) {
        BOOST_TEST(bench.home.owns(*endpoint::ip(own, 1)), own);
    }
    BOOST_TEST(bench.home.owns(bench.home.ipv4()));
    BOOST_TEST(bench.home.owns(bench.home.ipv6()));
    BOOST_TEST(!bench.home.owns(other.ipv4()));
    BOOST_TEST(!bench.home.owns(other.ipv6()));
    BOOST_TEST((bench.home.source_towards(other.ipv4()) == bench.home.ipv4()));
    BOOST_TEST((bench.home.source_towards(other.ipv6()) == bench.home.ipv6()));
    BOOST_TEST(bench.home.source_towards(endpoint::loopback(9)).address() == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(many_machines_have_addresses_of_their_own) {
    kernel_bench bench;
    std::set<std::string> addresses;
    for (unsigned i = 0; i < 600; ++i) {
        const weir::sim::machine each(bench.time, bench.between, i, "each");
        addresses.insert(each.ipv4().address());
        addresses.insert(each.ipv6().address());
    }
    BOOST_TEST(addresses.size() == 1200U);
}

BOOST_AUTO_TEST_CASE(chosen_ports_are_distinct_and_high) {
    kernel_bench bench;
    port_table ports;
    const auto owner = thing(bench);
    std::set<std::uint16_t> chosen;
    for (int i = 0; i < 1000; ++i) {
        chosen.insert(ports.take(endpoint::any(0), owner, false));
    }
    BOOST_TEST(chosen.size() == 1000U);
    BOOST_TEST(*chosen.begin() >= 32'768U);
}

BOOST_AUTO_TEST_CASE(chosen_ports_pass_by_those_that_are_taken_and_run_out) {
    kernel_bench bench;
    port_table ports;
    const auto owner = thing(bench);
    const std::uint16_t first = ports.take(endpoint::any(0), owner, false);
    const auto next = static_cast<std::uint16_t>(first + 1);
    BOOST_TEST(ports.take(endpoint::any(next), owner, false) == next);
    BOOST_TEST(ports.take(endpoint::any(0), owner, false) == next + 1);
    for (unsigned i = 3; i < 32'768; ++i) {
        BOOST_REQUIRE(ports.take(endpoint::any(0), owner, false) != 0);
    }
    BOOST_TEST(ports.take(endpoint::any(0), owner, false) == 0);
}

BOOST_AUTO_TEST_CASE(an_address_is_taken_once_and_free_again_after) {
    kernel_bench bench;
    port_table ports;
    const auto first = thing(bench);
    auto second = thing(bench);
    BOOST_TEST(ports.take(endpoint::loopback(80), first, false) == 80);
    BOOST_TEST(ports.take(endpoint::loopback(80), second, false) == 0);
    BOOST_TEST(ports.take(endpoint::loopback(81), second, false) == 81);
    ports.give_back(*first);
    BOOST_TEST(ports.take(endpoint::loopback(80), first, false) == 80);
    second.reset();  // an owner that is gone holds nothing
    BOOST_TEST(ports.take(endpoint::loopback(81), first, false) == 81);
}

BOOST_AUTO_TEST_CASE(a_port_is_shared_only_by_those_who_all_agree) {
    kernel_bench bench;
    port_table ports;
    const auto first = thing(bench);
    const auto second = thing(bench);
    const auto third = thing(bench);
    BOOST_TEST(ports.take(endpoint::any(80), first, true) == 80);
    BOOST_TEST(ports.take(endpoint::any(80), second, true) == 80);
    BOOST_TEST(ports.take(endpoint::any(80), third, false) == 0);
    const auto found = ports.at(endpoint::loopback(80));
    BOOST_TEST((found == std::vector<std::shared_ptr<descriptor>>{first, second}));
    BOOST_TEST(ports.take(endpoint::any(81), first, false) == 81);
    BOOST_TEST(ports.take(endpoint::any(81), second, true) == 0);
}

BOOST_AUTO_TEST_CASE(a_wildcard_covers_every_address_of_its_port) {
    kernel_bench bench;
    port_table ports;
    const auto owner = thing(bench);
    const auto other = thing(bench);
    BOOST_TEST(ports.take(endpoint::any(80), owner, false) == 80);
    BOOST_TEST(ports.take(*endpoint::ip("10.0.0.7", 80), other, false) == 0);
    BOOST_TEST(ports.at(*endpoint::ip("10.0.0.7", 80)).size() == 1U);
    BOOST_TEST(ports.at(*endpoint::ip("10.0.0.7", 81)).empty());
    BOOST_TEST(ports.at(*endpoint::ip("fd00::7", 80)).empty());
    // The other way round, and from IPv6 to IPv4.
    BOOST_TEST(ports.take(*endpoint::ip("10.0.0.7", 90), owner, false) == 90);
    BOOST_TEST(ports.take(endpoint::any(90), other, false) == 0);
    BOOST_TEST(ports.take(*endpoint::ip("10.0.0.8", 90), other, false) == 90);
    BOOST_TEST(ports.take(endpoint::any(70, weir::net::family::ipv6), owner, false) == 70);
    BOOST_TEST(ports.at(endpoint::loopback(70)).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_path_is_a_name_without_a_port) {
    kernel_bench bench;
    port_table paths;
    const auto owner = thing(bench);
    const endpoint one = *endpoint::unix_socket("/run/one");
    const endpoint two = *endpoint::unix_socket("/run/two");
    BOOST_TEST(paths.take(one, owner, false) != 0);
    BOOST_TEST(paths.take(one, owner, false) == 0);
    BOOST_TEST(paths.take(two, owner, false) != 0);
    BOOST_TEST(paths.at(one).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_machine_that_went_down_has_only_its_disk_left) {
    kernel_bench bench;
    const int listener = bench.open_listener(7000);
    bench.home.disk().put("file", "text");
    bench.home.go_down();
    BOOST_TEST(!bench.home.is_up());
    BOOST_TEST(bench.home.open_descriptors() == 0U);
    BOOST_TEST(bench.home.find(listener) == nullptr);
    BOOST_TEST(bench.home.stream_ports().at(endpoint::loopback(7000)).empty());
    BOOST_TEST(*bench.home.disk().read("file") == "text");
    bench.home.come_up();
    BOOST_TEST(bench.home.is_up());
    BOOST_TEST(bench.open_listener(7000) == listener);
}

BOOST_AUTO_TEST_CASE(a_ring_is_found_by_its_number_while_it_lives) {
    kernel_bench bench;
    auto ring = std::make_unique<weir::sim::simulated_kernel>(bench.home, 8, 8);
    const int number = ring->ring_fd();
    BOOST_TEST(number != bench.system.ring_fd());
    BOOST_TEST(bench.home.kernel_of(number) == ring.get());
    ring.reset();
    BOOST_TEST(bench.home.kernel_of(number) == nullptr);
    BOOST_TEST(bench.home.kernel_of(bench.system.ring_fd()) == &bench.system);
}

BOOST_AUTO_TEST_SUITE_END()
