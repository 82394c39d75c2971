// SPDX-License-Identifier: Apache-2.0
#include <weir/base/byte_reader.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>

BOOST_AUTO_TEST_SUITE(byte_reader_test)

namespace {

using weir::byte_reader;
using namespace std::string_literals;

/// `read` of every shorter piece gives nothing and takes nothing; of the whole, `expected`.
template <class T, class Read>
void check_every_truncation(const std::string& whole, const T& expected, Read read) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
        byte_reader in(weir::as_bytes(whole).first(size));
        BOOST_TEST(!read(in).has_value(), "of " << size << " bytes");
        BOOST_TEST(in.rest().size() == size, "of " << size << " bytes something was taken");
    }
    byte_reader in(weir::as_bytes(whole));
    const auto value = read(in);
    BOOST_REQUIRE(value.has_value());
    BOOST_TEST((*value == expected));
    BOOST_TEST(in.is_empty());
}

constexpr auto big = []<class... T>(std::tuple<T...>) {
    return [](byte_reader& in) { return in.read_big<T...>(); };
};
constexpr auto little = []<class... T>(std::tuple<T...>) {
    return [](byte_reader& in) { return in.read_little<T...>(); };
};

}  // namespace

BOOST_AUTO_TEST_CASE(integers_of_every_size_come_most_significant_byte_first) {
    check_every_truncation("\x81"s, std::uint8_t{0x81}, big(std::tuple<std::uint8_t>()));
    check_every_truncation("\x81\x02"s, std::uint16_t{0x8102}, big(std::tuple<std::uint16_t>()));
    check_every_truncation("\x81\x02\x03\x04"s, std::uint32_t{0x81020304},
                           big(std::tuple<std::uint32_t>()));
    check_every_truncation("\x81\x02\x03\x04\x05\x06\x07\x08"s, std::uint64_t{0x8102030405060708},
                           big(std::tuple<std::uint64_t>()));
}

BOOST_AUTO_TEST_CASE(integers_of_every_size_come_least_significant_byte_first) {
    check_every_truncation("\x02\x81"s, std::uint16_t{0x8102}, little(std::tuple<std::uint16_t>()));
    check_every_truncation("\x04\x03\x02\x81"s, std::uint32_t{0x81020304},
                           little(std::tuple<std::uint32_t>()));
    check_every_truncation("\x08\x07\x06\x05\x04\x03\x02\x81"s, std::uint64_t{0x8102030405060708},
                           little(std::tuple<std::uint64_t>()));
}

BOOST_AUTO_TEST_CASE(negative_numbers_keep_their_sign) {
    check_every_truncation("\xFF"s, std::int8_t{-1}, big(std::tuple<std::int8_t>()));
    check_every_truncation("\xFB\x2E"s, std::int16_t{-1234}, big(std::tuple<std::int16_t>()));
    check_every_truncation("\x80\x00\x00\x00"s, std::numeric_limits<std::int32_t>::min(),
                           big(std::tuple<std::int32_t>()));
    check_every_truncation("\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s, std::int64_t{-2},
                           little(std::tuple<std::int64_t>()));
}

BOOST_AUTO_TEST_CASE(floating_point_is_taken_bit_for_bit) {
    check_every_truncation("\x3F\xC0\x00\x00"s, 1.5F, big(std::tuple<float>()));
    check_every_truncation("\x40\x59\x0F\x5C\x28\xF5\xC2\x8F"s, 100.24, big(std::tuple<double>()));
    check_every_truncation("\x00\x00\x00\x00\x00\x00\xF8\xBF"s, -1.5, little(std::tuple<double>()));
    const std::string quiet = "\x7F\xF8\x00\x00\x00\x00\x00\x01"s;
    byte_reader in(weir::as_bytes(quiet));
    const auto none = in.read_big<double>();
    BOOST_REQUIRE(none.has_value());
    BOOST_TEST(std::isnan(*none));
}

BOOST_AUTO_TEST_CASE(several_values_are_taken_together_or_not_at_all) {
    const std::tuple<std::uint8_t, std::uint16_t, std::int32_t, std::byte> expected{1, 0x0203, -2,
                                                                                    std::byte{9}};
    check_every_truncation("\x01\x02\x03\xFF\xFF\xFF\xFE\x09"s, expected, big(expected));
    check_every_truncation("\x01\x03\x02\xFE\xFF\xFF\xFF\x09"s, expected, little(expected));
}

BOOST_AUTO_TEST_CASE(a_piece_is_a_view_of_where_it_lies) {
    const std::string text = "abcde";
    byte_reader in(weir::as_bytes(text));
    BOOST_TEST(!in.take(6).has_value());
    BOOST_TEST(in.rest().size() == 5U);
    const auto piece = in.take(2);
    BOOST_REQUIRE(piece.has_value());
    BOOST_TEST(weir::as_text(*piece).data() == text.data());
    BOOST_TEST(weir::as_text(in.rest()) == "cde");
    BOOST_TEST(in.take(3).has_value());
    const auto nothing = in.take(0);
    BOOST_REQUIRE(nothing.has_value());
    BOOST_TEST(nothing->empty());
    BOOST_TEST(in.is_empty());
}

BOOST_AUTO_TEST_CASE(a_length_near_the_end_of_numbers_is_refused_like_any_other) {
    byte_reader in(weir::as_bytes("abc"));
    BOOST_TEST(!in.take(SIZE_MAX).has_value());
    BOOST_TEST(!in.take(std::size_t{1} << 63U).has_value());
    BOOST_TEST(in.rest().size() == 3U);
}

BOOST_AUTO_TEST_CASE(what_trails_is_seen) {
    byte_reader in(weir::as_bytes("\x07rest"));
    BOOST_TEST(in.read_big<std::uint8_t>().value() == 7);
    BOOST_TEST(!in.is_empty());
    BOOST_TEST(weir::as_text(in.rest()) == "rest");
}

BOOST_AUTO_TEST_CASE(values_need_no_alignment) {
    alignas(8) std::array<std::byte, 17> memory{};
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::byte>(i);
    for (std::size_t offset = 0; offset <= 9; ++offset) {
        byte_reader in(weir::bytes(memory).subspan(offset));
        std::uint64_t expected = 0;
        for (std::size_t i = 0; i < 8; ++i) expected = expected << 8U | (offset + i);
        BOOST_TEST(in.read_big<std::uint64_t>().value() == expected);
    }
}

BOOST_AUTO_TEST_SUITE_END()
