// SPDX-License-Identifier: Apache-2.0
// endpoint: text to address and back, and what is no address.
#include <weir/net/endpoint.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

using weir::net::endpoint;
using weir::net::family;

BOOST_AUTO_TEST_SUITE(endpoint_test)

BOOST_AUTO_TEST_CASE(what_parse_reads_to_string_writes) {
    for (const char* text : {"127.0.0.1:0", "10.1.2.3:65535", "[::1]:80", "[fe80::1%1]:443",
                             "[2001:db8::5]:1", "unix:/run/some.sock"}) {
        const auto parsed = endpoint::parse(text);
        BOOST_REQUIRE_MESSAGE(parsed.has_value(), text);
        BOOST_TEST(parsed->to_string() == text);
        BOOST_TEST((*endpoint::parse(parsed->to_string()) == *parsed));
    }
}

BOOST_AUTO_TEST_CASE(text_that_is_no_endpoint_is_refused) {
    using namespace std::string_view_literals;
    for (const std::string_view text : {""sv,
                                        ":"sv,
                                        "80"sv,
                                        "127.0.0.1"sv,
                                        "127.0.0.1:"sv,
                                        "127.0.0.1:65536"sv,
                                        "127.0.0.1:-1"sv,
                                        "127.0.0.1:+1"sv,
                                        "127.0.0.1:1x"sv,
                                        "127.0.0.1: 1"sv,
                                        ":80"sv,
                                        "::1:80"sv,
                                        "[::1]"sv,
                                        "[::1]:"sv,
                                        "[127.0.0.1]:80"sv,
                                        "[::1%]:80"sv,
                                        "[::1%no_such_interface]:80"sv,
                                        "[]:80"sv,
                                        "localhost:80"sv,
                                        "127.1:80"sv,
                                        "unix:"sv,
                                        "127.0.0.1\0.example.org:80"sv,
                                        "unix:/tmp/a\0b"sv}) {
        const auto parsed = endpoint::parse(text);
        BOOST_REQUIRE_MESSAGE(!parsed, text);
        BOOST_TEST((parsed.error() == std::errc::invalid_argument));
    }
}

BOOST_AUTO_TEST_CASE(a_unix_path_has_at_most_107_bytes) {
    BOOST_TEST(endpoint::unix_socket(std::string(107, 'p'))->address() == std::string(107, 'p'));
    const auto too_long = endpoint::unix_socket(std::string(108, 'p'));
    BOOST_REQUIRE(!too_long);
    BOOST_TEST((too_long.error() == std::errc::filename_too_long));
}

BOOST_AUTO_TEST_CASE(an_endpoint_tells_its_parts) {
    const endpoint four = *endpoint::ip("192.0.2.7", 8080);
    BOOST_TEST((four.family() == family::ipv4));
    BOOST_TEST(four.address() == "192.0.2.7");
    BOOST_TEST(four.port() == 8080);
    const endpoint six = *endpoint::ip("2001:DB8:0::1", 443);
    BOOST_TEST((six.family() == family::ipv6));
    BOOST_TEST(six.address() == "2001:db8::1");
    BOOST_TEST(six.port() == 443);
    const endpoint path = *endpoint::parse("unix:relative");
    BOOST_TEST((path.family() == family::unix_path));
    BOOST_TEST(path.port() == 0);
}

BOOST_AUTO_TEST_CASE(an_empty_endpoint_names_nothing) {
    const endpoint none;
    BOOST_TEST((none.family() == family::unspecified));
    BOOST_TEST(none.to_string() == "unspecified");
    BOOST_TEST((none == endpoint()));
    BOOST_TEST((endpoint::from_native(nullptr, 0) == none));
}

BOOST_AUTO_TEST_CASE(the_port_can_be_changed) {
    endpoint where = *endpoint::ip("::1", 1);
    where.set_port(2);
    BOOST_TEST((where == *endpoint::ip("::1", 2)));
    where = endpoint::loopback(1);
    where.set_port(2);
    BOOST_TEST((where == endpoint::loopback(2)));
}

BOOST_AUTO_TEST_CASE(every_local_address_of_each_family) {
    BOOST_TEST(endpoint::any(5).to_string() == "0.0.0.0:5");
    BOOST_TEST(endpoint::any(5, family::ipv6).to_string() == "[::]:5");
}

BOOST_AUTO_TEST_CASE(different_addresses_are_not_equal) {
    BOOST_TEST(!(endpoint::loopback(1) == endpoint::loopback(2)));
    BOOST_TEST(!(endpoint::loopback(1) == *endpoint::ip("127.0.0.2", 1)));
    BOOST_TEST(!(endpoint::loopback(1) == *endpoint::ip("::1", 1)));
}

BOOST_AUTO_TEST_CASE(a_path_from_the_kernel_equals_the_same_path_from_us) {
    sockaddr_un native{};
    native.sun_family = AF_UNIX;
    std::strcpy(native.sun_path, "/run/x");
    const auto size = offsetof(sockaddr_un, sun_path) + std::strlen("/run/x") + 1;
    BOOST_TEST(
        (endpoint::from_native(reinterpret_cast<const sockaddr*>(&native),
                               static_cast<unsigned>(size)) == *endpoint::unix_socket("/run/x")));
}

BOOST_AUTO_TEST_CASE(an_address_longer_than_any_known_is_cut) {
    sockaddr_storage native{};
    native.ss_family = AF_UNIX;
    const auto made =
        endpoint::from_native(reinterpret_cast<const sockaddr*>(&native), sizeof native);
    BOOST_TEST(made.native_size() <= 112U);
    BOOST_TEST(made.address().empty());
}

BOOST_AUTO_TEST_SUITE_END()
