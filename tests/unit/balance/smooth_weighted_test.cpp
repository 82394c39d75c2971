// SPDX-License-Identifier: Apache-2.0
// smooth_weighted: as often as the weights say, and spread.
#include <weir/balance/smooth_weighted.hpp>

#include "allocation_count.hpp"
#include "targets.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

BOOST_AUTO_TEST_SUITE(smooth_weighted_test)

namespace {

using weir::balance::candidates;
using weir::balance::smooth_weighted;
using weir::balance::target_set;
using weir::test::begin;
using weir::test::choices;
using weir::test::weighing;

}  // namespace

BOOST_AUTO_TEST_CASE(the_heavy_one_comes_often_but_not_in_a_row) {
    const target_set set(weighing({5, 1, 1}));
    smooth_weighted chooser(set);
    const auto choose = [&] { return chooser.choose(candidates(set, begin)); };
    BOOST_TEST(choices(14, choose) == "aabacaaaabacaa");
}

BOOST_AUTO_TEST_CASE(shares_are_exactly_the_weights_over_each_round) {
    const target_set set(weighing({7, 3, 11, 1, 20}));
    smooth_weighted chooser(set);
    const auto choose = [&] { return chooser.choose(candidates(set, begin)); };
    for (int round = 0; round < 10; ++round) {
        const std::string chosen = choices(42, choose);
        BOOST_TEST(std::count(chosen.begin(), chosen.end(), 'a') == 7);
        BOOST_TEST(std::count(chosen.begin(), chosen.end(), 'b') == 3);
        BOOST_TEST(std::count(chosen.begin(), chosen.end(), 'c') == 11);
        BOOST_TEST(std::count(chosen.begin(), chosen.end(), 'd') == 1);
        BOOST_TEST(std::count(chosen.begin(), chosen.end(), 'e') == 20);
    }
}

BOOST_AUTO_TEST_CASE(the_others_share_what_one_that_is_down_had) {
    target_set set(weighing({4, 2, 1}));
    smooth_weighted chooser(set);
    const auto choose = [&] { return chooser.choose(candidates(set, begin)); };
    weir::test::take_down(set, 0);
    const std::string chosen = choices(300, choose);
    BOOST_TEST(std::count(chosen.begin(), chosen.end(), 'b') == 200);
    BOOST_TEST(std::count(chosen.begin(), chosen.end(), 'c') == 100);
}

BOOST_AUTO_TEST_CASE(choosing_allocates_nothing) {
    const target_set set(weighing({4, 2, 1}));
    smooth_weighted chooser(set);
    const weir::test::allocation_count allocated;
    for (int i = 0; i < 1000; ++i) static_cast<void>(chooser.choose(candidates(set, begin)));
    BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
