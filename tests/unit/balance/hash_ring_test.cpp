// SPDX-License-Identifier: Apache-2.0
// hash_ring: who owns which keys, what moves when a target comes or goes, and the bound.
#include <weir/balance/hash_ring.hpp>

#include "allocation_count.hpp"
#include "targets.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

BOOST_AUTO_TEST_SUITE(hash_ring_test)

namespace {

using weir::balance::candidates;
using weir::balance::hash_ring;
using weir::balance::ring_options;
using weir::balance::target_set;
using weir::test::begin;
using weir::test::counted;
using weir::test::equal;
using weir::test::owners;

constexpr std::uint64_t keys = 10'000;

std::vector<std::size_t> owners_of(const target_set& set) {
    return owners(hash_ring(set), set, keys);
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_more_target_moves_its_share_of_the_keys_to_itself_and_no_others) {
    for (std::size_t n = 2; n < 25; ++n) {
        const auto before = owners_of(target_set(equal(n)));
        const auto after = owners_of(target_set(equal(n + 1)));
        std::size_t moved = 0;
        for (std::size_t key = 0; key < keys; ++key) {
            if (before[key] == after[key]) continue;
            ++moved;
            BOOST_TEST(after[key] == n);
        }
        // 100 places a target: its share has a standard deviation of a tenth.
        BOOST_TEST(moved <= keys * 135 / 100 / (n + 1));
        BOOST_TEST(moved >= keys * 65 / 100 / (n + 1));
    }
}

BOOST_AUTO_TEST_CASE(one_that_goes_down_moves_its_keys_and_no_others_and_gets_them_back) {
    target_set set(equal(8));
    const auto before = owners_of(set);
    weir::test::take_down(set, 3);
    const auto after = owners_of(set);
    for (std::size_t key = 0; key < keys; ++key) {
        BOOST_TEST((before[key] == 3) == (before[key] != after[key]));
    }
    const auto spread = counted(after, 8);
    BOOST_TEST(*std::max_element(spread.begin(), spread.end()) < keys / 7 * 140 / 100);
    const auto later = begin + std::chrono::seconds(10);
    set.begin(3, later).succeeded(later);
    BOOST_TEST((owners_of(set) == before));
}

BOOST_AUTO_TEST_CASE(keys_are_shared_as_the_weights_say) {
    const target_set set(weir::test::weighing({1, 2, 5}));
    const auto shares = counted(owners_of(set), 3);
    BOOST_TEST((shares[0] > keys / 8 * 70 / 100 && shares[0] < keys / 8 * 130 / 100));
    BOOST_TEST((shares[1] > keys / 4 * 75 / 100 && shares[1] < keys / 4 * 125 / 100));
}

BOOST_AUTO_TEST_CASE(a_hot_key_takes_a_quarter_more_than_its_share_and_the_next_take_the_rest) {
    target_set set(equal(10));
    const hash_ring bounded(set);
    std::vector<target_set::ticket> open;
    for (std::size_t i = 0; i < 1000; ++i) {
        open.push_back(set.begin(*bounded.choose(candidates(set, begin), 42), begin));
        // So many that there is always room somewhere.
        for (std::size_t each = 0; each < set.size(); ++each) {
            BOOST_TEST(set[each].in_flight() <= (open.size() * 125 / 100 + 9) / 10 + 1);
        }
    }
    ring_options options;
    options.max_load = 0;
    const hash_ring unbounded(set, options);
    const auto own = unbounded.choose(candidates(set, begin), 42);
    BOOST_TEST(set[*own].in_flight() == 125U);
}

BOOST_AUTO_TEST_CASE(without_load_a_key_always_goes_to_its_own_target) {
    target_set set(equal(5));
    const hash_ring ring(set);
    const auto own = ring.choose(candidates(set, begin), 7);
    for (int i = 0; i < 100; ++i) {
        auto call = set.begin(*ring.choose(candidates(set, begin), 7), begin);
        BOOST_TEST(call.index() == *own);
        call.succeeded(begin);
    }
}

BOOST_AUTO_TEST_CASE(choosing_allocates_nothing_and_ends_without_candidates) {
    target_set set(equal(5));
    const hash_ring ring(set);
    const weir::test::allocation_count allocated;
    for (std::uint64_t key = 0; key < 1000; ++key) {
        static_cast<void>(ring.choose(candidates(set, begin), weir::balance::mixed(key)));
    }
    BOOST_TEST(allocated.value() == 0U);
    for (std::size_t i = 0; i < 5; ++i) weir::test::take_down(set, i);
    BOOST_TEST(!ring.choose(candidates(set, begin), 1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
