// SPDX-License-Identifier: Apache-2.0
// immutable_vector: the same as std::vector at every size, and no change is seen by another copy.
#include <weir/state/immutable_vector.hpp>

#include "allocation_count.hpp"
#include "lifetime_probe.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(immutable_vector_test)

namespace {

using numbers = weir::immutable_vector<int>;

bool is_equal(const numbers& a, const std::vector<int>& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_grows_through_all_levels) {
    numbers all;
    for (int i = 0; i < 40'000; ++i) all = std::move(all).appended(i);
    bool is_right = all.size() == 40'000U;
    for (int i = 0; i < 40'000; ++i) is_right = is_right && all[static_cast<std::size_t>(i)] == i;
    BOOST_TEST(is_right);
}

BOOST_AUTO_TEST_CASE(random_changes_do_to_it_what_they_do_to_a_vector_and_to_no_older_one) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        weir::random chance(seed);
        numbers now;
        std::vector<int> expected;
        std::vector<std::pair<numbers, std::vector<int>>> kept;
        for (int step = 0; step < 3000; ++step) {
            const int value = static_cast<int>(chance.below(1000));
            if (expected.empty() || chance.below(2) == 0) {
                now = chance.below(2) == 0 ? now.appended(value) : std::move(now).appended(value);
                expected.push_back(value);
            } else {
                const std::size_t at = chance.below(expected.size());
                now = chance.below(2) == 0 ? now.updated(at, value)
                                           : std::move(now).updated(at, value);
                expected[at] = value;
            }
            if (step % 500 == 0) kept.emplace_back(now, expected);
        }
        bool is_right = is_equal(now, expected);
        for (const auto& [then, as_then] : kept) is_right = is_right && is_equal(then, as_then);
        BOOST_TEST(is_right, "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(the_same_value_gives_the_same_object) {
    const numbers some{1, 2, 3};
    BOOST_TEST(some.updated(1, 2).is_same(some));
    BOOST_TEST(!some.updated(1, 5).is_same(some));
    BOOST_TEST((some.updated(1, 5).updated(1, 2) == some));
    BOOST_TEST((some != numbers{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_change_copies_one_way_and_what_nobody_shares_is_changed_in_place) {
    numbers all;
    for (int i = 0; i < 32 * 32 * 2; ++i) all = std::move(all).appended(i);
    weir::test::allocation_count count;
    const numbers other = all.updated(40, -1);
    const auto on_the_way = count.value();
    weir::test::allocation_count more;
    all = numbers(std::move(all));
    numbers mine = other.updated(41, -2);
    const auto before = more.value();
    mine = std::move(mine).updated(41, -3);
    const auto in_place = more.value() - before;
    BOOST_TEST((other[40] == -1 && all[40] == 40 && mine[41] == -3 && other[41] == 41));
    if (!weir::test::allocations_are_counted()) return;
    BOOST_TEST(on_the_way == 6U);  // three nodes, each with its array
    BOOST_TEST(in_place == 0U);
}

BOOST_AUTO_TEST_CASE(every_element_ends_with_the_last_copy) {
    using probe = weir::test::lifetime_probe<class vector_tag>;
    probe::reset();
    {
        weir::immutable_vector<probe> first;
        for (int i = 0; i < 100; ++i) first = std::move(first).appended(probe(i));
        const weir::immutable_vector<probe> second = first.updated(50, probe(-50));
        first = {};
        BOOST_TEST(second[50].value() == -50);
        BOOST_TEST(second[51].value() == 51);
    }
    BOOST_TEST(probe::live() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
