// SPDX-License-Identifier: Apache-2.0
// target_set: calls under way are never lost, and backups are for when nobody else is left.
#include <weir/balance/target_set.hpp>

#include "targets.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <utility>

BOOST_AUTO_TEST_SUITE(target_set_test)

namespace {

using namespace std::chrono_literals;
using weir::balance::target_set;
using weir::test::begin;
using weir::test::take_down;

}  // namespace

BOOST_AUTO_TEST_CASE(a_ticket_counts_until_it_is_reported_or_dropped_whoever_holds_it) {
    target_set set(weir::test::equal(2));
    auto first = set.begin(0, begin);
    {
        auto second = set.begin(0, begin);
        const auto moved = std::move(second);
        BOOST_TEST(set[0].in_flight() == 2U);
        BOOST_TEST(set.in_flight() == 2U);
    }
    BOOST_TEST(set[0].in_flight() == 1U);
    first.succeeded(begin + 7ms);
    BOOST_TEST(set.in_flight() == 0U);
    BOOST_TEST(set[0].latency().at(begin + 7ms) == 7e6);
    BOOST_TEST(!set[1].latency().is_known());
}

BOOST_AUTO_TEST_CASE(backups_are_needed_only_while_no_other_target_is_usable) {
    auto options = weir::test::equal(3);
    options[2].is_backup = true;
    target_set set(options);
    take_down(set, 0);
    BOOST_TEST(!set.needs_backups(begin));
    set.drain(1);
    BOOST_TEST(set.needs_backups(begin));
    take_down(set, 2);
    BOOST_TEST(set.needs_backups(begin + 9s));
    // One that is on trial comes before any backup, but only with one call.
    BOOST_TEST(!set.needs_backups(begin + 10s));
    auto trial = set.begin(0, begin + 10s);
    BOOST_TEST(set.needs_backups(begin + 10s));
    trial.succeeded(begin + 10s);
    BOOST_TEST(!set.needs_backups(begin + 10s));
}

BOOST_AUTO_TEST_CASE(it_says_when_the_first_one_may_be_tried_again) {
    target_set set(weir::test::equal(2));
    take_down(set, 0, begin + 3s);
    take_down(set, 1, begin + 1s);
    BOOST_TEST((set.retry_after(begin + 5s) == 6s));
    BOOST_TEST((set.retry_after(begin + 11s) == 0s));
}

BOOST_AUTO_TEST_SUITE_END()
