// SPDX-License-Identifier: Apache-2.0
#include <weir/base/wire_value.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(wire_value_test)

namespace {

static_assert(weir::wire_value<std::uint8_t> && weir::wire_value<std::int64_t>);
static_assert(weir::wire_value<double> && weir::wire_value<float> && weir::wire_value<std::byte>);
static_assert(!weir::wire_value<bool>, "a byte of 2 would be neither true nor false");
static_assert(!weir::wire_value<long double>, "its size is the compiler's secret");
static_assert(weir::wire_bytes<std::uint8_t, std::uint32_t, double> == 13, "there are no gaps");
static_assert(weir::wire_bytes<> == 0);

}  // namespace

BOOST_AUTO_TEST_CASE(reversing_turns_each_size_around_and_back) {
    BOOST_TEST(weir::detail::reversed(std::uint8_t{0x12}) == 0x12);
    BOOST_TEST(weir::detail::reversed(std::uint16_t{0x1234}) == 0x3412);
    BOOST_TEST(weir::detail::reversed(std::uint32_t{0x12345678}) == 0x78563412U);
    BOOST_TEST(weir::detail::reversed(std::uint64_t{0x0102030405060708}) == 0x0807060504030201U);
    BOOST_TEST(weir::detail::reversed(weir::detail::reversed(std::uint32_t{7})) == 7U);
}

BOOST_AUTO_TEST_SUITE_END()
