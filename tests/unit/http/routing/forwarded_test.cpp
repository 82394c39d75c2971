// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/forwarded.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace http = weir::http;
namespace net = weir::net;

BOOST_AUTO_TEST_SUITE(forwarded_test)

namespace {

using http::forwarding_field;

constexpr std::uint64_t seed = 7239;
constexpr std::array<std::string_view, 2> ours{"10.0.0.0/8", "fd00::/8"};

std::string client(const std::vector<std::string>& values, forwarding_field which,
                   std::string_view peer = "10.0.0.1:99") {
    const auto proxies = http::trusted_proxies::parse(ours, which);
    http::headers asked;
    const char* const name = which == forwarding_field::forwarded ? "Forwarded" : "X-Forwarded-For";
    for (const std::string& value : values) BOOST_REQUIRE(asked.add(name, value));
    const auto found = proxies->client_of(asked, *net::endpoint::parse(peer));
    return found ? found->to_string() : "unknown";
}

std::string by_list(const std::string& value, std::string_view peer = "10.0.0.1:99") {
    return client({value}, forwarding_field::x_forwarded_for, peer);
}

std::string by_standard(const std::string& value) {
    return client({value}, forwarding_field::forwarded);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_stranger_is_whom_it_is_whatever_it_says) {
    BOOST_TEST(by_list("1.1.1.1", "203.0.113.7:5") == "203.0.113.7:5");
    BOOST_TEST(by_list("10.0.0.9", "203.0.113.7:5") == "203.0.113.7:5");
    const http::trusted_proxies nobody;
    http::headers asked;
    BOOST_REQUIRE(asked.add("X-Forwarded-For", "1.1.1.1"));
    BOOST_TEST(nobody.client_of(asked, *net::endpoint::parse("127.0.0.1:1"))->port() == 1);
}

BOOST_AUTO_TEST_CASE(the_last_who_is_not_trusted_is_the_client) {
    BOOST_TEST(by_list("203.0.113.7") == "203.0.113.7:0");
    BOOST_TEST(by_list("1.1.1.1, 203.0.113.7, 10.0.0.2") == "203.0.113.7:0");
    BOOST_TEST(by_list("203.0.113.7, 10.0.0.3,10.0.0.2") == "203.0.113.7:0");
    BOOST_TEST(client({"1.1.1.1", "203.0.113.7", "10.0.0.2"}, forwarding_field::x_forwarded_for) ==
               "203.0.113.7:0");
}

BOOST_AUTO_TEST_CASE(what_a_client_invents_is_not_believed) {
    BOOST_TEST(by_list("10.0.0.9, 203.0.113.7") == "203.0.113.7:0");
    BOOST_TEST(by_list("127.0.0.1, garbage, 203.0.113.7, 10.0.0.2") == "203.0.113.7:0");
    BOOST_TEST(by_list("\"10.0.0.9, 203.0.113.7") == "203.0.113.7:0");
}

BOOST_AUTO_TEST_CASE(a_string_left_open_hides_nobody_behind_it) {
    for (const char* value : {"for=9.9.9.9;x=\", for=1.2.3.4", "for=10.0.0.9;x=\", for=1.2.3.4",
                              "for=9.9.9.9;x=\"\\, for=\"[2001:db8::1]\""}) {
        BOOST_TEST(by_standard(value) == "unknown", value);
    }
}

BOOST_AUTO_TEST_CASE(among_proxies_alone_the_first_is_the_client) {
    BOOST_TEST(by_list("10.0.0.3, 10.0.0.2") == "10.0.0.3:0");
    BOOST_TEST(by_list("") == "10.0.0.1:99");
    BOOST_TEST(client({}, forwarding_field::x_forwarded_for) == "10.0.0.1:99");
}

BOOST_AUTO_TEST_CASE(somebody_unknown_is_not_taken_for_the_proxy) {
    for (const char* value :
         {"unknown", "203.0.113.7, unknown", "203.0.113.7, _hidden, 10.0.0.2",
          "203.0.113.7, 300.1.1.1", "203.0.113.7, 1.1.1.1:99999", "203.0.113.7, [::1",
          "203.0.113.7, [::1]x", "203.0.113.7, [1.1.1.1]", "203.0.113.7, fe80::1%1",
          "203.0.113.7, 1.1.1.1:", "203.0.113.7, :1"}) {
        BOOST_TEST(by_list(value) == "unknown", value);
    }
}

BOOST_AUTO_TEST_CASE(addresses_come_with_and_without_ports_and_brackets) {
    BOOST_TEST(by_list("203.0.113.7:4711") == "203.0.113.7:4711");
    BOOST_TEST(by_list("2001:db8::17") == "[2001:db8::17]:0");
    BOOST_TEST(by_list("[2001:db8::17]") == "[2001:db8::17]:0");
    BOOST_TEST(by_list("[2001:db8::17]:4711, fd00::2") == "[2001:db8::17]:4711");
    BOOST_TEST(by_list("203.0.113.7, ::ffff:10.0.0.2") == "203.0.113.7:0");
    BOOST_TEST(by_list("203.0.113.7", "[::ffff:10.0.0.1]:9") == "203.0.113.7:0");
}

BOOST_AUTO_TEST_CASE(the_examples_of_the_rfc_are_read) {
    BOOST_TEST(by_standard("for=\"_gazonk\"") == "unknown");
    BOOST_TEST(by_standard("For=\"[2001:db8:cafe::17]:4711\"") == "[2001:db8:cafe::17]:4711");
    BOOST_TEST(by_standard("for=192.0.2.60;proto=http;by=203.0.113.43") == "192.0.2.60:0");
    BOOST_TEST(by_standard("for=192.0.2.43, for=198.51.100.17") == "198.51.100.17:0");
    BOOST_TEST(by_standard("for=_hidden, for=_SEVKISEK") == "unknown");
    BOOST_TEST(by_standard("for=\"192.0.2.43:47011\", for=10.0.0.2") == "192.0.2.43:47011");
    BOOST_TEST(by_standard("for=\"192.0.2.43:_port\"") == "192.0.2.43:0");
}

BOOST_AUTO_TEST_CASE(an_element_that_names_nobody_or_two_hides_what_stands_before_it) {
    for (const char* value : {"for=1.1.1.1, proto=https", "for=1.1.1.1, for=2.2.2.2;for=3.3.3.3",
                              "for=1.1.1.1, for", "for=1.1.1.1, for=", "for=1.1.1.1, for=\"2.2.2.2",
                              "for=1.1.1.1, 2.2.2.2", "for=1.1.1.1, for= 2.2.2.2;for"}) {
        BOOST_TEST(by_standard(value) == "unknown", value);
    }
}

BOOST_AUTO_TEST_CASE(a_comma_within_quotes_makes_no_element) {
    BOOST_TEST(by_standard("for=203.0.113.7;host=\"a,for=1.1.1.1\", for=10.0.0.2") ==
               "203.0.113.7:0");
}

BOOST_AUTO_TEST_CASE(only_the_field_that_the_proxies_write_counts) {
    const auto proxies = http::trusted_proxies::parse(ours);
    http::headers asked;
    BOOST_REQUIRE(asked.add("Forwarded", "for=1.1.1.1"));
    BOOST_TEST(proxies->client_of(asked, *net::endpoint::parse("10.0.0.1:99"))->to_string() ==
               "10.0.0.1:99");
}

BOOST_AUTO_TEST_CASE(a_network_that_is_none_is_an_error) {
    constexpr std::array<std::string_view, 2> wrong{"10.0.0.0/8", "10.0.0.1/8"};
    BOOST_TEST((http::trusted_proxies::parse(wrong).error() == std::errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(nothing_left_of_the_client_ever_counts) {
    weir::random chance(seed);
    const std::vector<std::string> inventions{"10.0.0.5", "127.0.0.1", "unknown", "[::1]:1",
                                              "",         "\"x",       "\\"};
    for (int round = 0; round < 2000; ++round) {
        std::string list;
        for (auto left = chance.below(5); left > 0; --left) {
            list += inventions[chance.below(inventions.size())] + ",";
        }
        list += "203.0.113.7";
        for (auto left = chance.below(4); left > 0; --left) list += ", 10.0.0.2";
        BOOST_TEST(by_list(list) == "203.0.113.7:0", list << ", seed " << seed);
    }
}

BOOST_AUTO_TEST_SUITE_END()
