// SPDX-License-Identifier: Apache-2.0
// target: its states, and what is told of it.
#include <weir/balance/target.hpp>

#include "targets.hpp"

#include <weir/balance/target_set.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>

BOOST_AUTO_TEST_SUITE(target_test)

namespace {

using namespace std::chrono_literals;
using weir::balance::target_options;
using weir::balance::target_set;
using weir::balance::target_state;
using weir::test::begin;
using weir::test::take_down;

std::vector<target_options> one(unsigned max_fails) {
    std::vector<target_options> all = weir::test::equal(1);
    all.front().max_fails = max_fails;
    return all;
}
bool is(const target_set& set, target_state expected, target_set::time_point now) {
    return set[0].state(now) == expected;
}

}  // namespace

BOOST_AUTO_TEST_CASE(failures_within_the_time_take_it_down_for_as_long) {
    target_set set(one(3));
    for (int i = 0; i < 10; ++i) take_down(set, 0, begin + i * 6s);
    BOOST_TEST(is(set, target_state::up, begin + 60s));
    const auto now = begin + 100s;
    take_down(set, 0, now);
    take_down(set, 0, now + 5s);
    BOOST_TEST(is(set, target_state::up, now + 5s));
    take_down(set, 0, now + 9s);
    BOOST_TEST(is(set, target_state::down, now + 9s));
    BOOST_TEST(!set[0].is_usable(now + 9s));
    BOOST_TEST((set[0].retry_after(now + 10s) == 9s));
    BOOST_TEST(is(set, target_state::down, now + 19s - 1ns));
    BOOST_TEST(is(set, target_state::on_trial, now + 19s));
}

BOOST_AUTO_TEST_CASE(one_call_at_a_time_finds_out_whether_it_works_again) {
    target_set set(one(1));
    take_down(set, 0);
    const auto later = begin + 10s;
    {
        auto trial = set.begin(0, later);
        BOOST_TEST(!set[0].is_usable(later));
        trial.failed(later);
    }
    BOOST_TEST(is(set, target_state::down, later + 9s));
    {
        const auto dropped = set.begin(0, later + 10s);
        BOOST_TEST(!set[0].is_usable(later + 10s));
    }
    BOOST_TEST(set[0].is_usable(later + 10s));
    set.begin(0, later + 10s).succeeded(later + 11s);
    BOOST_TEST(is(set, target_state::up, later + 11s));
}

BOOST_AUTO_TEST_CASE(what_began_before_it_went_down_is_no_news) {
    target_set set(one(1));
    auto slow_success = set.begin(0, begin);
    auto slow_failure = set.begin(0, begin);
    take_down(set, 0);
    slow_success.succeeded(begin + 1s);
    BOOST_TEST(is(set, target_state::down, begin + 1s));
    slow_failure.failed(begin + 9s);
    BOOST_TEST(is(set, target_state::on_trial, begin + 10s));
}

BOOST_AUTO_TEST_CASE(without_a_number_of_fails_nothing_takes_it_down) {
    target_set set(one(0));
    for (int i = 0; i < 1000; ++i) take_down(set, 0);
    BOOST_TEST(is(set, target_state::up, begin));
}

BOOST_AUTO_TEST_CASE(what_is_drained_finishes_and_takes_nothing_new) {
    target_set set(one(1));
    auto call = set.begin(0, begin);
    set.drain(0);
    BOOST_TEST(is(set, target_state::drained, begin));
    BOOST_TEST(!set[0].is_usable(begin));
    BOOST_TEST(set[0].in_flight() == 1U);
    call.succeeded(begin);
    BOOST_TEST(set[0].in_flight() == 0U);
    BOOST_TEST((set.retry_after(begin) == std::chrono::nanoseconds::max()));
    set.resume(0);
    BOOST_TEST(set[0].is_usable(begin));
}

BOOST_AUTO_TEST_SUITE_END()
