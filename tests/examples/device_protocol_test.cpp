// SPDX-License-Identifier: Apache-2.0
#include "device_protocol.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(device_protocol_test)

namespace {

using weir::ws::route_result;
using namespace std::string_literals;

constexpr device::time_point now{std::chrono::seconds(42)};

route_result handled(device& from, const std::string& content,
                     std::optional<reading>* taken = nullptr) {
    arrival message(from, now);
    const auto outcome = handle(message, weir::as_bytes(content));
    if (taken != nullptr) *taken = message.taken;
    return outcome.result();
}

reading taken_from(const std::string& content) {
    device from(7);
    std::optional<reading> taken;
    BOOST_REQUIRE((handled(from, content, &taken) == route_result::ok));
    BOOST_REQUIRE(taken.has_value());
    return *taken;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_ping_is_answered_with_its_sequence_and_noted) {
    device from(7);
    arrival message(from, now);
    const auto outcome = handle(message, weir::as_bytes("\x01\xAB\xCD"));
    BOOST_TEST((outcome.result() == route_result::reply));
    BOOST_TEST((outcome.kind() == weir::ws::message_kind::binary));
    BOOST_TEST(outcome.payload() == "\x02\xAB\xCD");
    BOOST_TEST((from.last_ping == now));
    BOOST_TEST(from.sequence == 0xABCD);
    BOOST_TEST(!message.taken.has_value());
}

BOOST_AUTO_TEST_CASE(a_reading_has_its_device_and_its_units) {
    const reading warm = taken_from("\x10\x00\x05\x09\x29\x37\x03\xF5"s);
    BOOST_TEST(warm.device == 7U);
    BOOST_TEST(warm.sequence == 5U);
    BOOST_TEST(warm.celsius() == 23.45);
    BOOST_TEST(warm.humidity == 55U);
    BOOST_TEST(warm.pressure == 1013U);
}

BOOST_AUTO_TEST_CASE(it_may_freeze) {
    BOOST_TEST(taken_from("\x10\x00\x05\xFF\xFF\x00\x00\x00"s).celsius() == -0.01);
    BOOST_TEST(taken_from("\x10\x00\x05\xF0\x60\x00\x00\x00"s).celsius() == -40.0);
    BOOST_TEST(taken_from("\x10\x00\x05\x80\x00\xFF\xFF\xFF"s).celsius() == -327.68);
}

BOOST_AUTO_TEST_CASE(other_commands_are_ignored_and_counted) {
    device from(7);
    unsigned ignored = 0;
    for (unsigned first = 0; first < 256; ++first) {
        if (first == 0x01 || first == 0x10) continue;
        const std::string message = std::string(1, static_cast<char>(first)) + "abc";
        BOOST_TEST((handled(from, message) == route_result::unknown));
        BOOST_TEST(from.ignored == ++ignored);
    }
    BOOST_TEST(from.malformed == 0U);
}

BOOST_AUTO_TEST_CASE(a_message_of_another_length_is_counted_and_changes_nothing) {
    device from(7);
    const std::string ping = "\x01\xAB\xCD";
    const std::string data = "\x10\x00\x05\x09\x29\x37\x03\xF5"s;
    unsigned malformed = 0;
    for (const std::string& whole : {ping, data}) {
        for (std::size_t size = 0; size <= whole.size() + 1; ++size) {
            if (size == whole.size()) continue;
            BOOST_TEST((handled(from, (whole + "x").substr(0, size)) == route_result::error));
            BOOST_TEST(from.malformed == ++malformed);
        }
    }
    BOOST_TEST((from.last_ping == device::time_point()));
    BOOST_TEST(from.sequence == 0U);
    BOOST_TEST(from.readings == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
