// SPDX-License-Identifier: Apache-2.0
#include <weir/base/crc32c.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

BOOST_AUTO_TEST_SUITE(crc32c_test)

namespace {

std::uint32_t of(std::string_view text) { return weir::crc32c(weir::as_bytes(text)); }

}  // namespace

BOOST_AUTO_TEST_CASE(the_examples_of_the_rfc_have_its_sums) {
    BOOST_TEST(of(std::string(32, '\0')) == 0x8A9136AAU);
    BOOST_TEST(of(std::string(32, '\xFF')) == 0x62A8AB43U);
    std::string rising;
    for (int i = 0; i < 32; ++i) rising += static_cast<char>(i);
    BOOST_TEST(of(rising) == 0x46DD794EU);
    BOOST_TEST(of(std::string(rising.rbegin(), rising.rend())) == 0x113FDB5CU);
    BOOST_TEST(of("123456789") == 0xE3069283U);
    BOOST_TEST(of("") == 0U);
}

BOOST_AUTO_TEST_CASE(a_text_in_parts_has_the_sum_of_the_whole) {
    BOOST_TEST(weir::crc32c(weir::as_bytes("6789"), of("12345")) == of("123456789"));
}

BOOST_AUTO_TEST_SUITE_END()
