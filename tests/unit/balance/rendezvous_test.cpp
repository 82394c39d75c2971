// SPDX-License-Identifier: Apache-2.0
// rendezvous: who owns which keys, and who inherits them.
#include <weir/balance/rendezvous.hpp>

#include "targets.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(rendezvous_test)

namespace {

using weir::balance::rendezvous;
using weir::balance::target_set;
using weir::test::counted;
using weir::test::equal;
using weir::test::owners;

constexpr std::uint64_t keys = 20'000;

bool is_within(std::size_t value, std::size_t expected, std::size_t percent) {
    return value * 100 >= expected * (100 - percent) && value * 100 <= expected * (100 + percent);
}

}  // namespace

BOOST_AUTO_TEST_CASE(keys_are_shared_as_the_weights_say) {
    const target_set set(weir::test::weighing({1, 1, 2, 4}));
    const auto shares = counted(owners(rendezvous(), set, keys), 4);
    BOOST_TEST(is_within(shares[0], keys / 8, 6));
    BOOST_TEST(is_within(shares[1], keys / 8, 6));
    BOOST_TEST(is_within(shares[2], keys / 4, 6));
    BOOST_TEST(is_within(shares[3], keys / 2, 6));
}

BOOST_AUTO_TEST_CASE(one_that_goes_down_leaves_its_keys_to_all_others_alike) {
    target_set set(equal(5));
    const auto before = owners(rendezvous(), set, keys);
    weir::test::take_down(set, 2);
    const auto after = owners(rendezvous(), set, keys);
    std::vector<std::size_t> inherited;
    for (std::size_t key = 0; key < keys; ++key) {
        if (before[key] == 2) inherited.push_back(after[key]);
        BOOST_TEST((before[key] == 2) == (before[key] != after[key]));
    }
    const auto heirs = counted(inherited, 5);
    BOOST_TEST(heirs[2] == 0U);
    for (const std::size_t each : {0U, 1U, 3U, 4U}) {
        BOOST_TEST(is_within(heirs[each], inherited.size() / 4, 10));
    }
}

BOOST_AUTO_TEST_CASE(one_more_target_takes_its_share_and_nothing_else_moves) {
    for (std::size_t n = 1; n < 20; ++n) {
        const auto before = owners(rendezvous(), target_set(equal(n)), keys);
        const auto after = owners(rendezvous(), target_set(equal(n + 1)), keys);
        std::size_t moved = 0;
        for (std::size_t key = 0; key < keys; ++key) {
            if (before[key] == after[key]) continue;
            ++moved;
            BOOST_TEST(after[key] == n);
        }
        BOOST_TEST(is_within(moved, keys / (n + 1), 10));
    }
}

BOOST_AUTO_TEST_SUITE_END()
