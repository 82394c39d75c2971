// SPDX-License-Identifier: Apache-2.0
// source_network: which addresses are one source.
#include <weir/rate/source_network.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string_view>
#include <unordered_set>

BOOST_AUTO_TEST_SUITE(source_network_test)

namespace {

using weir::net::endpoint;
using weir::rate::source_network;

std::optional<source_network> source_of(std::string_view text) {
    const auto peer = endpoint::parse(text);
    BOOST_REQUIRE(peer.has_value());
    return source_network::of(*peer);
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_ipv4_address_is_a_source_whatever_its_port) {
    BOOST_CHECK(source_of("192.0.2.1:80") == source_of("192.0.2.1:81"));
    BOOST_CHECK(source_of("192.0.2.1:80") != source_of("192.0.2.2:80"));
}

BOOST_AUTO_TEST_CASE(an_ipv6_network_of_64_bits_is_one_source) {
    BOOST_CHECK(source_of("[2001:db8:1:2::1]:80") == source_of("[2001:db8:1:2:ffff:1:2:3]:80"));
    BOOST_CHECK(source_of("[2001:db8:1:2::1]:80") != source_of("[2001:db8:1:3::1]:80"));
}

BOOST_AUTO_TEST_CASE(an_ipv4_address_in_ipv6_clothes_is_itself) {
    BOOST_CHECK(source_of("[::ffff:192.0.2.1]:80") == source_of("192.0.2.1:80"));
    BOOST_CHECK(source_of("[::ffff:192.0.2.2]:80") != source_of("192.0.2.1:80"));
    BOOST_CHECK(source_of("0.0.0.0:80") != source_of("[::]:80"));
}

BOOST_AUTO_TEST_CASE(a_unix_socket_has_no_source) {
    BOOST_CHECK(!source_of("unix:/run/x"));
    BOOST_CHECK(!source_network::of(endpoint()));
}

BOOST_AUTO_TEST_CASE(sources_are_keys) {
    const std::unordered_set<source_network> known{
        *source_of("192.0.2.1:80"), *source_of("192.0.2.1:81"), *source_of("[2001:db8::1]:80")};
    BOOST_TEST(known.size() == 2U);
    BOOST_TEST(known.contains(*source_of("[2001:db8::2]:80")));
}

BOOST_AUTO_TEST_SUITE_END()
