// SPDX-License-Identifier: Apache-2.0
// supervision: the tables: who is stopped and started after what, in which order, and when it is
// too much.
#include <weir/flow/supervision.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(supervision_test)

namespace {

using namespace std::chrono_literals;
using weir::flow::child_rules;
using weir::flow::restart;
using weir::flow::restart_strategy;
using weir::flow::supervision;
using weir::flow::supervision_rules;

/// Four children and a clock that the test moves.
class fixture {
public:
    explicit fixture(restart_strategy strategy, std::vector<child_rules> children = all_of({}))
        : state(rules_of(strategy)) {
        for (const child_rules& each : children) state.add(each);
    }
    static std::vector<child_rules> all_of(const child_rules& rules) { return {4, rules}; }
    static supervision_rules rules_of(restart_strategy strategy) {
        supervision_rules rules;
        rules.strategy = strategy;
        return rules;
    }

    /// All that is to be done now: "+2" starts the third child, "-2" stops it.
    std::string steps() {
        std::string text;
        while (const auto step = state.next(now)) {
            text += step->what == supervision::command::start ? '+' : '-';
            text += std::to_string(step->child) + " ";
        }
        return text;
    }
    std::string fails(std::size_t child) {
        state.ended(child, true, now);
        return steps();
    }
    std::string finishes(std::size_t child) {
        state.ended(child, false, now);
        return steps();
    }

    supervision state;
    supervision::time_point now{1000h};
};

child_rules when(restart policy) {
    child_rules rules;
    rules.when = policy;
    return rules;
}

}  // namespace

BOOST_AUTO_TEST_CASE(children_are_started_in_their_order) {
    fixture all(restart_strategy::one_for_one);
    BOOST_TEST(all.steps() == "+0 +1 +2 +3 ");
    BOOST_TEST(!all.state.has_ended());
    BOOST_TEST((all.state.next_at(all.now) == supervision::time_point::max()));
}

BOOST_AUTO_TEST_CASE(one_for_one_restarts_the_one) {
    fixture all(restart_strategy::one_for_one);
    static_cast<void>(all.steps());
    BOOST_TEST(all.fails(1) == "+1 ");
}

BOOST_AUTO_TEST_CASE(rest_for_one_stops_those_after_it_in_reverse_and_starts_them_in_order) {
    fixture all(restart_strategy::rest_for_one);
    static_cast<void>(all.steps());
    BOOST_TEST(all.fails(1) == "-3 ");
    BOOST_TEST(all.finishes(3) == "-2 ");
    BOOST_TEST(all.finishes(2) == "+1 +2 +3 ");
    BOOST_TEST(all.fails(3) == "+3 ");
}

BOOST_AUTO_TEST_CASE(one_for_all_stops_and_starts_all) {
    fixture all(restart_strategy::one_for_all);
    static_cast<void>(all.steps());
    BOOST_TEST(all.fails(1) == "-3 ");
    BOOST_TEST(all.finishes(3) == "-2 ");
    BOOST_TEST(all.finishes(2) == "-0 ");
    BOOST_TEST(all.finishes(0) == "+0 +1 +2 +3 ");
}

BOOST_AUTO_TEST_CASE(one_that_ends_while_its_group_is_stopped_is_part_of_that) {
    fixture all(restart_strategy::one_for_all);
    static_cast<void>(all.steps());
    BOOST_TEST(all.fails(1) == "-3 ");
    BOOST_TEST(all.fails(0) == "");  // before it was asked to: no restart of its own
    BOOST_TEST(all.fails(3) == "-2 ");
    BOOST_TEST(all.finishes(2) == "+0 +1 +2 +3 ");
}

BOOST_AUTO_TEST_CASE(one_before_the_group_that_fails_meanwhile_makes_the_group_larger) {
    fixture all(restart_strategy::rest_for_one);
    static_cast<void>(all.steps());
    BOOST_TEST(all.fails(2) == "-3 ");
    BOOST_TEST(all.fails(0) == "");
    BOOST_TEST(all.finishes(3) == "-1 ");
    BOOST_TEST(all.finishes(1) == "+0 +1 +2 +3 ");
}

BOOST_AUTO_TEST_CASE(a_policy_says_who_comes_back_by_itself) {
    fixture all(restart_strategy::one_for_one,
                {when(restart::permanent), when(restart::transient), when(restart::temporary)});
    static_cast<void>(all.steps());
    BOOST_TEST(all.finishes(0) == "+0 ");
    BOOST_TEST(all.fails(0) == "+0 ");
    BOOST_TEST(all.fails(1) == "+1 ");
    BOOST_TEST(all.finishes(1) == "");
    BOOST_TEST(all.fails(2) == "");
    BOOST_TEST(!all.state.has_ended());
}

BOOST_AUTO_TEST_CASE(it_has_ended_when_nobody_runs_or_comes_back) {
    fixture all(restart_strategy::one_for_one,
                {when(restart::transient), when(restart::temporary)});
    static_cast<void>(all.steps());
    BOOST_TEST(all.finishes(0) == "");
    BOOST_TEST(all.finishes(1) == "");
    BOOST_TEST(all.state.has_ended());
    BOOST_TEST(!all.state.has_given_up());
    fixture none(restart_strategy::one_for_one, {});
    BOOST_TEST(none.state.has_ended());
}

BOOST_AUTO_TEST_CASE(with_its_group_a_transient_one_comes_back_and_a_temporary_one_does_not) {
    fixture all(restart_strategy::one_for_all,
                {when(restart::transient), when(restart::temporary), when(restart::permanent)});
    static_cast<void>(all.steps());
    BOOST_TEST(all.finishes(0) == "");
    BOOST_TEST(all.fails(2) == "-1 ");
    BOOST_TEST(all.finishes(1) == "+0 +2 ");
}

BOOST_AUTO_TEST_CASE(more_restarts_than_allowed_within_the_period_stop_all_in_reverse) {
    fixture all(restart_strategy::one_for_one);
    static_cast<void>(all.steps());
    BOOST_TEST(all.fails(0) == "+0 ");
    BOOST_TEST(all.fails(1) == "+1 ");
    BOOST_TEST(all.fails(2) == "+2 ");
    BOOST_TEST(all.fails(1) == "-3 ");
    BOOST_TEST(all.state.has_given_up());
    BOOST_TEST(all.finishes(3) == "-2 ");
    BOOST_TEST(all.finishes(2) == "-0 ");
    BOOST_TEST(!all.state.has_ended());
    BOOST_TEST(all.finishes(0) == "");
    BOOST_TEST(all.state.has_ended());
}

BOOST_AUTO_TEST_CASE(a_restart_counts_for_one_period) {
    fixture all(restart_strategy::one_for_one);
    static_cast<void>(all.steps());
    for (int i = 0; i < 3; ++i) BOOST_TEST(all.fails(0) == "+0 ");
    all.now += 5s;
    for (int i = 0; i < 3; ++i) BOOST_TEST(all.fails(0) == "+0 ");
    all.now += 5s - 1ns;
    BOOST_TEST(all.fails(0) == "-3 ");
    BOOST_TEST(all.state.has_given_up());
}

BOOST_AUTO_TEST_CASE(a_stop_is_in_reverse_order_and_restarts_nobody) {
    fixture all(restart_strategy::one_for_all);
    static_cast<void>(all.steps());
    all.state.stop();
    BOOST_TEST(all.steps() == "-3 ");
    BOOST_TEST(all.fails(3) == "-2 ");
    BOOST_TEST(all.fails(1) == "");
    BOOST_TEST(all.finishes(2) == "-0 ");
    BOOST_TEST(all.finishes(0) == "");
    BOOST_TEST(all.state.has_ended());
    BOOST_TEST(!all.state.has_given_up());
}

BOOST_AUTO_TEST_CASE(one_that_does_not_end_in_time_is_passed_over_and_waited_for) {
    fixture all(restart_strategy::rest_for_one);
    static_cast<void>(all.steps());
    BOOST_TEST(all.fails(1) == "-3 ");
    BOOST_TEST((all.state.next_at(all.now) == all.now + 5s));
    all.now += 5s - 1ns;
    BOOST_TEST(all.steps() == "");
    all.now += 1ns;
    BOOST_TEST(all.steps() == "-2 ");
    BOOST_TEST(all.finishes(2) == "");  // nothing starts beside the late one
    BOOST_TEST((all.state.next_at(all.now) == supervision::time_point::max()));
    BOOST_TEST(all.finishes(3) == "+1 +2 +3 ");
}

BOOST_AUTO_TEST_CASE(a_back_off_delays_the_whole_group_and_only_that) {
    child_rules patient;
    patient.backoff = weir::resilience::backoff_policy::exponential(1s, 30s);
    fixture one(restart_strategy::one_for_one, fixture::all_of(patient));
    static_cast<void>(one.steps());
    BOOST_TEST(one.fails(1) == "");
    BOOST_TEST((one.state.next_at(one.now) == one.now + 1s));
    one.now += 500ms;
    BOOST_TEST(one.fails(2) == "");
    one.now += 500ms;
    BOOST_TEST(one.steps() == "+1 ");
    BOOST_TEST(one.fails(1) == "");  // 2 s now
    one.now += 500ms;
    BOOST_TEST(one.steps() == "+2 ");
    BOOST_TEST((one.state.next_at(one.now) == one.now + 1500ms));
    fixture all(restart_strategy::one_for_all, fixture::all_of(patient));
    static_cast<void>(all.steps());
    static_cast<void>(all.fails(3));
    for (std::size_t i = 3; i-- > 0;) static_cast<void>(all.finishes(i));
    BOOST_TEST((all.state.next_at(all.now) == all.now + 1s));
    all.now += 1s;
    BOOST_TEST(all.steps() == "+0 +1 +2 +3 ");
}

BOOST_AUTO_TEST_CASE(a_child_that_has_run_for_a_period_begins_its_back_off_anew) {
    child_rules patient;
    patient.backoff = weir::resilience::backoff_policy::exponential(1s, 30s).max_retries(2);
    fixture all(restart_strategy::one_for_one, {patient});
    static_cast<void>(all.steps());
    for (const auto delay : {1s, 2s}) {
        BOOST_TEST(all.fails(0) == "");
        all.now += delay;
        BOOST_TEST(all.steps() == "+0 ");
    }
    all.now += 5s;
    BOOST_TEST(all.fails(0) == "");
    BOOST_TEST((all.state.next_at(all.now) == all.now + 1s));
    all.now += 1s;
    static_cast<void>(all.steps());
    BOOST_TEST(all.fails(0) == "");
    all.now += 2s;
    static_cast<void>(all.steps());
    BOOST_TEST(all.fails(0) == "");
    BOOST_TEST(all.state.has_given_up());  // the back-off has no third delay
}

BOOST_AUTO_TEST_CASE(a_stop_ends_those_that_wait_for_their_restart) {
    child_rules patient;
    patient.backoff = weir::resilience::backoff_policy::constant(1h);
    fixture all(restart_strategy::one_for_one, {patient});
    static_cast<void>(all.steps());
    BOOST_TEST(all.fails(0) == "");
    all.state.stop();
    BOOST_TEST(all.state.has_ended());
    all.state.reset();
    BOOST_TEST(all.steps() == "+0 ");
}

BOOST_AUTO_TEST_SUITE_END()
