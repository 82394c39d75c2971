// SPDX-License-Identifier: Apache-2.0
#include <weir/net/proxy_header.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using namespace std::string_literals;
namespace net = weir::net;

BOOST_AUTO_TEST_SUITE(proxy_header_test)

namespace {

constexpr std::uint64_t seed = 2020;
const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string shown(const net::proxy_header& header) {
    if (!header.source()) return "own";
    return header.source()->to_string() + ">" + header.destination()->to_string();
}

/// The addresses and what is left, or the error, when `text` arrives in pieces.
std::string read(std::string_view text, std::size_t piece,
                 std::size_t max_bytes = net::proxy_header_parser::default_max_bytes) {
    net::proxy_header_parser parser(max_bytes);
    while (!text.empty()) {
        weir::bytes data = weir::as_bytes(text.substr(0, piece));
        const std::size_t before = data.size();
        const auto action = parser.feed(data);
        if (action && *action == net::proxy_action::need_data) {
            text.remove_prefix(before - data.size());
            continue;
        }
        if (action) {
            text.remove_prefix(before - data.size());
            return shown(parser.header()) + "|" + std::string(text);
        }
        BOOST_TEST((parser.feed(data).error() == action.error()));
        return action.error() == std::errc::bad_message    ? "malformed"
               : action.error() == std::errc::message_size ? "too long"
                                                           : "?";
    }
    return "...";
}

void check(const std::string& text, const std::string& expected) {
    for (std::size_t piece = 1; piece <= std::max<std::size_t>(text.size(), 1); ++piece) {
        BOOST_TEST(read(text, piece) == expected, text << " in pieces of " << piece);
    }
}

/// A header of version 2 around a block of addresses and values.
std::string v2(char command, char kind, const std::string& block) {
    return signature + command + kind + static_cast<char>(block.size() >> 8U) +
           static_cast<char>(block.size() & 0xFFU) + block;
}

const std::string four =
    "\x0A\0\0\1\xC0\xA8\0\2\x1F\x90\x01\xBB"s;  // 10.0.0.1:8080, 192.168.0.2:443

}  // namespace

BOOST_AUTO_TEST_CASE(a_line_of_text_names_both_ends) {
    check("PROXY TCP4 10.0.0.1 192.168.0.2 8080 443\r\nGET", "10.0.0.1:8080>192.168.0.2:443|GET");
    check("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n", "[2001:db8::1]:0>[::1]:65535|");
}

BOOST_AUTO_TEST_CASE(an_unknown_line_is_read_to_its_end) {
    check("PROXY UNKNOWN\r\nx", "own|x");
    check("PROXY UNKNOWN ffff::1 what ever 65536\r\n", "own|");
}

BOOST_AUTO_TEST_CASE(a_line_of_107_bytes_is_the_longest) {
    const auto line = [](std::size_t size) {
        return "PROXY UNKNOWN " + std::string(size - 16, 'x') + "\r\n";
    };
    check(line(107), "own|");
    check(line(108), "too long");
    check("PROXY UNKNOWN " + std::string(93, 'x'), "too long");
}

BOOST_AUTO_TEST_CASE(a_line_that_is_not_exactly_right_is_malformed) {
    for (const char* rest : {"",
                             " ",
                             "TCP4",
                             "TCP5 1.1.1.1 1.1.1.1 1 1",
                             "TCP4  1.1.1.1 1.1.1.1 1 1",
                             "TCP4 1.1.1.1 1.1.1.1 1 1 ",
                             "TCP4 1.1.1.1 1.1.1.1 1",
                             "TCP4 1.1.1.1 1.1.1.1 1 65536",
                             "TCP4 1.1.1.1 1.1.1.1 01 1",
                             "TCP4 1.1.1.1 1.1.1.1 -1 1",
                             "TCP4 1.1.1.1 1.1.1.1 +1 1",
                             "TCP4 ::1 ::1 1 1",
                             "TCP6 1.1.1.1 1.1.1.1 1 1",
                             "TCP4 1.1.1.256 1.1.1.1 1 1",
                             "TCP4 1.1.1 1.1.1.1 1 1",
                             "tcp4 1.1.1.1 1.1.1.1 1 1",
                             "TCP6 fe80::1%lo ::1 1 1",
                             "TCP4 1.1.1.1 1.1.1.1 1 1\r",
                             "TCP4\t1.1.1.1 1.1.1.1 1 1",
                             "UNKNOWNX"}) {
        BOOST_TEST(read("PROXY " + std::string(rest) + "\r\n", 1) == "malformed", rest);
    }
    check("PROXY UNKNOWN\n", "malformed");
}

BOOST_AUTO_TEST_CASE(what_is_no_header_is_refused_at_its_first_wrong_byte) {
    for (const char* text : {"G", "PROXX", "proxy ", "\r\n\r\n\r", " PROXY", "PROXY\t", "\n"}) {
        check(text, "malformed");
    }
    check("PROX", "...");
    check("\r\n\r\n", "...");
}

BOOST_AUTO_TEST_CASE(a_binary_header_names_both_ends) {
    check(v2('\x21', '\x11', four) + "GET", "10.0.0.1:8080>192.168.0.2:443|GET");
    check(v2('\x21', '\x12', four), "10.0.0.1:8080>192.168.0.2:443|");
    const std::string six =
        std::string(15, '\0') + '\x01' + std::string(15, '\0') + '\x02' + "\0\x50\0\x51"s;
    check(v2('\x21', '\x21', six), "[::1]:80>[::2]:81|");
    std::string paths = "/run/a";
    paths.resize(108, '\0');
    paths += "/run/b";
    paths.resize(216, '\0');
    check(v2('\x21', '\x31', paths), "unix:/run/a>unix:/run/b|");
    check(v2('\x21', '\x31', std::string(216, '\0')), "own|");
}

BOOST_AUTO_TEST_CASE(a_proxy_that_speaks_for_itself_is_the_peer) {
    check(v2('\x20', '\0', ""), "own|");
    check(v2('\x20', '\x11', four) + "x", "own|x");
    check(v2('\x20', '\xFF', "rubbish"), "own|");
    check(v2('\x21', '\0', "whatever it is"), "own|");
}

BOOST_AUTO_TEST_CASE(values_behind_the_addresses_are_left_out) {
    check(v2('\x21', '\x11', four + "\x04\0\2xx\x02\0\0"s) + "G",
          "10.0.0.1:8080>192.168.0.2:443|G");
    check(v2('\x21', '\x11', four + "\x04\0"s), "malformed");
    check(v2('\x21', '\x11', four + "\x04\0\3xx"s), "malformed");
}

BOOST_AUTO_TEST_CASE(a_checksum_must_be_right) {
    const net::proxy_header header(*net::endpoint::parse("10.0.0.1:8080"),
                                   *net::endpoint::parse("192.168.0.2:443"));
    const std::string sent = net::serialize_v2(header);
    check(sent, "10.0.0.1:8080>192.168.0.2:443|");
    for (std::size_t at = 16; at < sent.size(); ++at) {
        for (const char flip : {'\x01', '\x80'}) {
            std::string damaged = sent;
            damaged[at] = static_cast<char>(damaged[at] ^ flip);
            // A type that is none of the checksum makes it a value that nobody looks at.
            BOOST_TEST((read(damaged, 100) == "malformed") == (at != 28), at);
        }
    }
    check(v2('\x21', '\x11', four + "\x03\0\2xx"s), "malformed");
}

BOOST_AUTO_TEST_CASE(a_binary_header_that_is_not_right_is_malformed) {
    check(v2('\x11', '\x11', four), "malformed");  // version 1 has no binary form
    check(v2('\x22', '\x11', four), "malformed");
    check(v2('\x21', '\x41', four), "malformed");
    check(v2('\x21', '\x13', four), "malformed");
    check(v2('\x21', '\x11', four.substr(1)), "malformed");
    check(v2('\x21', '\x21', four), "malformed");
}

BOOST_AUTO_TEST_CASE(a_header_that_is_too_long_is_refused_when_its_length_is_known) {
    const std::string long_one = v2('\x20', '\0', std::string(4081, 'x'));
    BOOST_TEST(read(long_one.substr(0, 16), 1) == "too long");
    BOOST_TEST(read(long_one.substr(0, 15), 1) == "...");
    check(v2('\x20', '\0', std::string(4080, 'x')).substr(0, 4096), "own|");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
    for (const auto& [from, to] :
         {std::pair("1.2.3.4:5", "6.7.8.9:10"), std::pair("[2001:db8::1]:65535", "[::]:0"),
          std::pair("unix:/a", "unix:/b")}) {
        const net::proxy_header header(*net::endpoint::parse(from), *net::endpoint::parse(to));
        const std::string same = std::string(from) + ">" + to + "|";
        check(net::serialize_v2(header), same);
        check(net::serialize_v1(header), same.starts_with("unix") ? "own|" : same);
    }
    check(net::serialize_v1(net::proxy_header()), "own|");
    check(net::serialize_v2(net::proxy_header()), "own|");
}

BOOST_AUTO_TEST_CASE(damage_anywhere_is_survived) {
    weir::random chance(seed);
    const net::proxy_header header(*net::endpoint::parse("[::1]:1"),
                                   *net::endpoint::parse("[::2]:2"));
    for (int round = 0; round < 5000; ++round) {
        std::string text = round % 2 == 0 ? net::serialize_v1(header) : net::serialize_v2(header);
        for (auto left = 1 + chance.below(3); left > 0; --left) {
            text[chance.below(text.size())] = static_cast<char>(chance.below(256));
        }
        static_cast<void>(read(text, 1 + chance.below(50)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
