// SPDX-License-Identifier: Apache-2.0
// least_loaded: where less is under way, more begins.
#include <weir/balance/least_loaded.hpp>

#include "targets.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

BOOST_AUTO_TEST_SUITE(least_loaded_test)

namespace {

using weir::balance::candidates;
using weir::balance::least_loaded;
using weir::balance::target_set;
using weir::test::begin;

/// What is under way at each after `calls` that do not end.
std::vector<std::size_t> load_after(int calls, target_set& set) {
    least_loaded chooser(1);
    std::vector<target_set::ticket> open;
    for (int i = 0; i < calls; ++i) {
        open.push_back(set.begin(*chooser.choose(candidates(set, begin)), begin));
    }
    std::vector<std::size_t> load;
    for (std::size_t i = 0; i < set.size(); ++i) load.push_back(set[i].in_flight());
    return load;
}

}  // namespace

BOOST_AUTO_TEST_CASE(two_choices_keep_the_fullest_close_to_the_mean) {
    target_set set(weir::test::equal(50));
    const auto load = load_after(5000, set);
    // By one choice alone the fullest of 50 has some 125 of a mean of 100.
    BOOST_TEST(*std::max_element(load.begin(), load.end()) <= 104U);
    BOOST_TEST(*std::min_element(load.begin(), load.end()) >= 94U);
}

BOOST_AUTO_TEST_CASE(load_follows_the_weights) {
    target_set set(weir::test::weighing({3, 1, 1, 1}));
    const auto load = load_after(600, set);
    // Two by chance miss it too often for its whole half: what it gets is what they allow.
    BOOST_TEST((load[0] > 240 && load[0] <= 300));
    for (const std::size_t i : {1U, 2U, 3U}) BOOST_TEST((load[i] >= 100 && load[i] < 125));
}

BOOST_AUTO_TEST_CASE(one_that_never_answers_is_hardly_asked_again) {
    target_set set(weir::test::equal(4));
    least_loaded chooser(1);
    std::vector<target_set::ticket> stuck;
    for (int i = 0; i < 1000; ++i) {
        auto call = set.begin(*chooser.choose(candidates(set, begin)), begin);
        if (call.index() == 2) {
            stuck.push_back(std::move(call));
        } else {
            call.succeeded(begin);
        }
    }
    // Only when both of the two are it.
    BOOST_TEST((stuck.size() > 30 && stuck.size() < 100));
}

BOOST_AUTO_TEST_SUITE_END()
