// SPDX-License-Identifier: Apache-2.0
// round_robin: in turn, without those that are down.
#include <weir/balance/round_robin.hpp>

#include "targets.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(round_robin_test)

BOOST_AUTO_TEST_CASE(each_one_has_its_turn) {
    using weir::test::begin;
    weir::balance::target_set set(weir::test::equal(3));
    weir::balance::round_robin chooser;
    const auto choose = [&] { return chooser.choose(weir::balance::candidates(set, begin)); };
    BOOST_TEST(weir::test::choices(7, choose) == "abcabca");
    weir::test::take_down(set, 1);
    BOOST_TEST(weir::test::choices(4, choose) == "caca");
    weir::test::take_down(set, 0);
    weir::test::take_down(set, 2);
    BOOST_TEST(weir::test::choices(1, choose) == "-");
}

BOOST_AUTO_TEST_SUITE_END()
