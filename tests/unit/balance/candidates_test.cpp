// SPDX-License-Identifier: Apache-2.0
// candidates: who may be chosen.
#include <weir/balance/candidates.hpp>

#include "targets.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(candidates_test)

namespace {

using weir::balance::candidates;
using weir::balance::target_set;
using weir::test::begin;
using weir::test::choices;
using weir::test::counted;

}  // namespace

BOOST_AUTO_TEST_CASE(those_that_are_down_are_passed_over_and_backups_come_last) {
    auto options = weir::test::equal(3);
    options[2].is_backup = true;
    target_set set(options);
    BOOST_TEST(candidates(set, begin).next(2).value() == 0U);
    weir::test::take_down(set, 0);
    BOOST_TEST(candidates(set, begin).next(0).value() == 1U);
    weir::test::take_down(set, 1);
    BOOST_TEST(candidates(set, begin).next(0).value() == 2U);
    weir::test::take_down(set, 2);
    BOOST_TEST(!candidates(set, begin).next(0).has_value());
    weir::random chance(1);
    BOOST_TEST(!candidates(set, begin).any(chance).has_value());
}

BOOST_AUTO_TEST_CASE(any_one_is_each_one_alike_also_beside_one_that_is_down) {
    target_set set(weir::test::equal(5));
    weir::test::take_down(set, 2);
    weir::random chance(1);
    std::vector<std::size_t> chosen;
    for (int i = 0; i < 40'000; ++i) chosen.push_back(*candidates(set, begin).any(chance));
    const auto count = counted(chosen, 5);
    BOOST_TEST(count[2] == 0U);
    for (const std::size_t each : {0U, 1U, 3U, 4U}) {
        BOOST_TEST((count[each] > 9'500 && count[each] < 10'500));
    }
}

BOOST_AUTO_TEST_CASE(the_last_one_is_found_by_chance_too) {
    target_set set(weir::test::equal(20));
    for (std::size_t i = 0; i < 19; ++i) weir::test::take_down(set, i);
    weir::random chance(1);
    for (int i = 0; i < 1000; ++i) BOOST_TEST(candidates(set, begin).any(chance).value() == 19U);
}

BOOST_AUTO_TEST_SUITE_END()
