// SPDX-License-Identifier: Apache-2.0
#include <weir/sim/faults.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <string>

BOOST_AUTO_TEST_SUITE(faults_test)

namespace {

using weir::random;
using weir::sim::fault;
using weir::sim::fault_plan;

/// What the next occasions bring: 'x' = it strikes.
std::string occasions(fault_plan& plan, fault which, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += plan.strikes(which) ? 'x' : '.';
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_strikes_unless_it_was_asked_for) {
    fault_plan plan(random(1));
    for (std::size_t i = 0; i < weir::sim::fault_kinds; ++i) {
        BOOST_TEST(occasions(plan, static_cast<fault>(i), 20) == std::string(20, '.'));
    }
}

BOOST_AUTO_TEST_CASE(a_rate_of_one_strikes_always_and_of_its_own_kind_only) {
    fault_plan plan(random(1));
    plan.rate(fault::reset, 1);
    BOOST_TEST(occasions(plan, fault::reset, 4) == "xxxx");
    BOOST_TEST(occasions(plan, fault::disk_full, 4) == "....");
    plan.rate(fault::reset, 0);
    BOOST_TEST(occasions(plan, fault::reset, 4) == "....");
}

BOOST_AUTO_TEST_CASE(a_rate_between_strikes_now_and_then) {
    fault_plan plan(random(1));
    plan.rate(fault::reset, 0.5);
    static_cast<void>(occasions(plan, fault::reset, 1000));
    BOOST_TEST((plan.struck(fault::reset) > 400U && plan.struck(fault::reset) < 600U));
}

BOOST_AUTO_TEST_CASE(a_place_counts_from_the_moment_it_was_named) {
    fault_plan plan(random(1));
    plan.at(fault::short_send, 3);
    BOOST_TEST(occasions(plan, fault::short_send, 5) == "..x..");
    plan.at(fault::short_send, 1).at(fault::short_send, 2).at(fault::short_send, 4);
    BOOST_TEST(occasions(plan, fault::short_send, 5) == "xx.x.");
}

BOOST_AUTO_TEST_CASE(the_occasions_of_one_kind_are_none_of_another) {
    fault_plan plan(random(1));
    plan.at(fault::short_send, 2);
    static_cast<void>(occasions(plan, fault::short_receive, 5));
    BOOST_TEST(occasions(plan, fault::short_send, 3) == ".x.");
}

BOOST_AUTO_TEST_CASE(only_what_struck_is_counted) {
    fault_plan plan(random(1));
    plan.at(fault::reset, 2).at(fault::reset, 3);
    static_cast<void>(occasions(plan, fault::reset, 10));
    BOOST_TEST(plan.struck(fault::reset) == 2U);
    BOOST_TEST(plan.struck(fault::no_memory) == 0U);
}

BOOST_AUTO_TEST_CASE(the_nth_request_from_now_on_fails_and_no_other) {
    fault_plan plan(random(1));
    BOOST_TEST(plan.next_request() == 0);
    plan.fail_request(2, EIO);
    BOOST_TEST(plan.next_request() == 0);
    BOOST_TEST(plan.next_request() == EIO);
    BOOST_TEST(plan.next_request() == 0);
    BOOST_TEST(plan.requests() == 4U);
}

BOOST_AUTO_TEST_CASE(after_clear_nothing_strikes_any_more) {
    fault_plan plan(random(1));
    plan.rate(fault::reset, 1).at(fault::disk_full, 1).fail_request(1, EIO);
    BOOST_TEST(occasions(plan, fault::reset, 1) == "x");
    plan.clear();
    BOOST_TEST(occasions(plan, fault::reset, 3) == "...");
    BOOST_TEST(occasions(plan, fault::disk_full, 3) == "...");
    BOOST_TEST(plan.next_request() == 0);
    BOOST_TEST(plan.struck(fault::reset) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
