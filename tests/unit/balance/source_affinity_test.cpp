// SPDX-License-Identifier: Apache-2.0
// source_affinity: who comes again goes where it was, as long as that works.
#include <weir/balance/source_affinity.hpp>

#include "allocation_count.hpp"
#include "targets.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

BOOST_AUTO_TEST_SUITE(source_affinity_test)

namespace {

using weir::balance::candidates;
using weir::balance::source_affinity;
using weir::balance::target_set;
using weir::test::begin;
using weir::test::counted;

/// Where each of sources 1 ... `count` goes.
std::vector<std::size_t> ask(source_affinity& chooser, const target_set& set, std::uint64_t count,
                             target_set::time_point now = begin) {
    std::vector<std::size_t> all;
    for (std::uint64_t source = 1; source <= count; ++source) {
        all.push_back(*chooser.choose(candidates(set, now), source));
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_source_stays_with_its_target) {
    target_set set(weir::test::equal(4));
    source_affinity chooser(1);
    const auto first = ask(chooser, set, 1000);
    for (const std::size_t each : counted(first, 4)) BOOST_TEST((each > 200 && each < 300));
    for (int i = 0; i < 5; ++i) BOOST_TEST((ask(chooser, set, 1000) == first));
}

BOOST_AUTO_TEST_CASE(one_whose_target_is_down_moves_and_stays_there) {
    target_set set(weir::test::equal(4));
    source_affinity chooser(1);
    const auto first = ask(chooser, set, 1000);
    weir::test::take_down(set, 1);
    const auto moved = ask(chooser, set, 1000);
    for (std::size_t i = 0; i < 1000; ++i) BOOST_TEST((first[i] == 1) == (first[i] != moved[i]));
    const auto later = begin + std::chrono::seconds(10);
    set.begin(1, later).succeeded(later);
    BOOST_TEST((ask(chooser, set, 1000, later) == moved));
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_and_the_one_that_has_not_come_for_longest_is_forgotten) {
    target_set set(weir::test::equal(1000));
    source_affinity chooser(1, 4);
    const auto first = ask(chooser, set, 4);
    BOOST_TEST((ask(chooser, set, 4) == first));
    BOOST_TEST(*chooser.choose(candidates(set, begin), 1) == first[0]);
    // In the place of the second.
    static_cast<void>(chooser.choose(candidates(set, begin), 5));
    for (const std::uint64_t source : {1U, 3U, 4U}) {
        BOOST_TEST(*chooser.choose(candidates(set, begin), source) == first[source - 1]);
    }
    BOOST_TEST(*chooser.choose(candidates(set, begin), 2) != first[1]);
}

BOOST_AUTO_TEST_CASE(choosing_allocates_nothing) {
    target_set set(weir::test::equal(4));
    source_affinity chooser(1, 100);
    const weir::test::allocation_count allocated;
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        static_cast<void>(chooser.choose(candidates(set, begin), i));
    }
    BOOST_TEST(allocated.value() == 0U);
    for (std::size_t i = 0; i < 4; ++i) weir::test::take_down(set, i);
    BOOST_TEST(!chooser.choose(candidates(set, begin), 1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
