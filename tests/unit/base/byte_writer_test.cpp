// SPDX-License-Identifier: Apache-2.0
#include <weir/base/byte_reader.hpp>
#include <weir/base/byte_writer.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <string>

BOOST_AUTO_TEST_SUITE(byte_writer_test)

namespace {

using namespace std::string_literals;

std::string written(const weir::byte_writer& out) {
    return std::string(weir::as_text(out.written()));
}

}  // namespace

BOOST_AUTO_TEST_CASE(values_are_written_in_the_order_that_was_asked_for) {
    std::array<std::byte, 16> memory{};
    weir::byte_writer out(memory);
    BOOST_TEST((out.write_big<std::uint8_t, std::uint16_t>(0x02, 0x1234)));
    BOOST_TEST((out.write_little<std::uint16_t, std::int32_t>(0x1234, -2)));
    BOOST_TEST(written(out) == "\x02\x12\x34\x34\x12\xFE\xFF\xFF\xFF"s);
    BOOST_TEST(out.room() == 7U);
}

BOOST_AUTO_TEST_CASE(floating_point_is_written_as_ieee_754) {
    std::array<std::byte, 12> memory{};
    weir::byte_writer out(memory);
    BOOST_TEST((out.write_big<double, float>(-1.5, 1.5F)));
    BOOST_TEST(written(out) == "\xBF\xF8\x00\x00\x00\x00\x00\x00\x3F\xC0\x00\x00"s);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_not_written_in_part) {
    for (std::size_t room = 0; room < 7; ++room) {
        std::array<std::byte, 8> memory{};
        memory.fill(std::byte{0xEE});
        weir::byte_writer out(weir::mutable_bytes(memory).first(room));
        BOOST_TEST((!out.write_big<std::uint8_t, std::uint16_t, std::uint32_t>(1, 2, 3)));
        BOOST_TEST(!out.append(weir::as_bytes("1234567")));
        BOOST_TEST(out.written().empty());
        for (const std::byte each : memory) BOOST_TEST((each == std::byte{0xEE}));
    }
}

BOOST_AUTO_TEST_CASE(pieces_are_copied_and_nothing_is_a_piece) {
    std::array<std::byte, 3> memory{};
    weir::byte_writer out(memory);
    BOOST_TEST(out.append({}));
    BOOST_TEST(out.append(weir::as_bytes("abc")));
    BOOST_TEST(out.append({}));
    BOOST_TEST(!out.append(weir::as_bytes("d")));
    BOOST_TEST(written(out) == "abc");
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
    std::array<std::byte, 30> memory{};
    weir::byte_writer out(memory);
    out.write_big<std::uint64_t, double>(1'700'000'000'123U, 100.25);
    out.write_little<std::int16_t, float>(-5, 0.5F);
    weir::byte_reader in(out.written());
    const auto [time, price] = in.read_big<std::uint64_t, double>().value();
    const auto [change, ratio] = in.read_little<std::int16_t, float>().value();
    BOOST_TEST(time == 1'700'000'000'123U);
    BOOST_TEST(price == 100.25);
    BOOST_TEST(change == -5);
    BOOST_TEST(ratio == 0.5F);
    BOOST_TEST(in.is_empty());
}

BOOST_AUTO_TEST_SUITE_END()
