// SPDX-License-Identifier: Apache-2.0
// key_hash: the same everywhere, and spread.
#include <weir/balance/key_hash.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(key_hash_test)

BOOST_AUTO_TEST_CASE(a_name_has_one_number_for_ever) {
    using weir::balance::key_hash;
    // Rings of running processes depend on them.
    BOOST_TEST(key_hash("") == weir::balance::mixed(0xCBF29CE484222325U));
    BOOST_TEST(key_hash("backend-1:8080") == 0x10162A2523F69982U);
    static_assert(key_hash("a") != key_hash("b"));
}

BOOST_AUTO_TEST_CASE(similar_names_stand_far_apart) {
    std::set<std::uint64_t> upper_bits;
    for (int i = 0; i < 1000; ++i) {
        upper_bits.insert(weir::balance::key_hash("10.0.0." + std::to_string(i)) >> 54U);
    }
    // Of 1024 places; a perfect chance fills 638.
    BOOST_TEST((upper_bits.size() > 600 && upper_bits.size() < 680));
}

BOOST_AUTO_TEST_SUITE_END()
