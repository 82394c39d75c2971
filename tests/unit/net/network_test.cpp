// SPDX-License-Identifier: Apache-2.0
#include <weir/net/network.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace net = weir::net;

BOOST_AUTO_TEST_SUITE(network_test)

namespace {

constexpr std::uint64_t seed = 4632;

bool contains(std::string_view network, std::string_view address) {
    return net::network::parse(network)->contains(*net::endpoint::ip(address, 80));
}

std::string ipv4(std::uint32_t address) {
    return std::to_string(address >> 24U) + "." + std::to_string(address >> 16U & 255U) + "." +
           std::to_string(address >> 8U & 255U) + "." + std::to_string(address & 255U);
}

}  // namespace

BOOST_AUTO_TEST_CASE(addresses_that_begin_alike_are_one_network) {
    BOOST_TEST(contains("10.0.0.0/8", "10.255.0.1"));
    BOOST_TEST(!contains("10.0.0.0/8", "11.0.0.0"));
    BOOST_TEST(contains("192.168.4.0/22", "192.168.7.255"));
    BOOST_TEST(!contains("192.168.4.0/22", "192.168.8.0"));
    BOOST_TEST(contains("2001:db8::/33", "2001:db8:7fff::1"));
    BOOST_TEST(!contains("2001:db8::/33", "2001:db8:8000::"));
    BOOST_TEST(contains("0.0.0.0/0", "8.8.8.8"));
    BOOST_TEST(!contains("0.0.0.0/0", "2001:db8::1"));
    BOOST_TEST(contains("::/0", "8.8.8.8"));
}

BOOST_AUTO_TEST_CASE(an_address_alone_is_a_network_of_one) {
    BOOST_TEST(contains("127.0.0.1", "127.0.0.1"));
    BOOST_TEST(!contains("127.0.0.1", "127.0.0.2"));
    BOOST_TEST(contains("::1", "::1"));
    BOOST_TEST(!contains("::1", "127.0.0.1"));
}

BOOST_AUTO_TEST_CASE(ipv4_is_the_same_within_ipv6) {
    BOOST_TEST(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
    BOOST_TEST(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
    BOOST_TEST(!contains("10.0.0.0/8", "::10.1.2.3"));
}

BOOST_AUTO_TEST_CASE(what_is_no_network_is_refused) {
    for (const char* text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8x",
          "10.0.0.1/8", "2001:db8::1/32", "10.0.0/8", "localhost", "10.0.0.0/ 8", "fe80::1%1",
          "10.0.0.0/8/8", "[::1]/128", "0x0a.0.0.0/8"}) {
        BOOST_TEST((net::network::parse(text).error() == std::errc::invalid_argument), text);
    }
}

BOOST_AUTO_TEST_CASE(a_unix_socket_is_in_no_network) {
    BOOST_TEST(!net::network::parse("::/0")->contains(*net::endpoint::unix_socket("/x")));
    BOOST_TEST(!net::network::parse("::/0")->contains(net::endpoint()));
}

BOOST_AUTO_TEST_CASE(any_network_has_just_the_addresses_that_arithmetic_says) {
    weir::random chance(seed);
    for (int round = 0; round < 5000; ++round) {
        const auto bits = static_cast<unsigned>(chance.below(33));
        const std::uint32_t mask = bits == 0 ? 0 : 0xFFFFFFFFU << (32 - bits);
        const auto first = static_cast<std::uint32_t>(chance.next()) & mask;
        const std::uint32_t near = first ^ (1U << chance.below(32));
        const std::string network = ipv4(first) + "/" + std::to_string(bits);
        BOOST_TEST(contains(network, ipv4(near)) == ((near & mask) == first),
                   network << " and " << ipv4(near) << ", seed " << seed);
    }
}

BOOST_AUTO_TEST_SUITE_END()
