// SPDX-License-Identifier: Apache-2.0
// within: the budget is kept, and the error says where it went.
#include <weir/io/within.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/mutex.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(within_test)

namespace {

using namespace std::chrono_literals;
using weir::phase;
using weir::result;
using weir::task;
using weir::within;
using weir::test::is_about;

task<result<int>> take(std::chrono::nanoseconds time, int value) {
    co_await weir::ok(weir::sleep_for(time));
    co_return value;
}
task<result<int>> connect_and_ask(std::chrono::nanoseconds connecting,
                                  std::chrono::nanoseconds asking) {
    co_await weir::ok(phase("connect", take(connecting, 1)));
    co_return co_await phase("ask", take(asking, 2));
}
task<result<int>> wait_and_load(std::chrono::nanoseconds waiting,
                                std::chrono::nanoseconds connecting,
                                std::chrono::nanoseconds asking) {
    co_await weir::ok(phase("wait", take(waiting, 1)));
    co_return co_await phase("load", connect_and_ask(connecting, asking));
}

}  // namespace

CO_TEST(what_ends_in_time_is_given) {
    const auto got = co_await within(250ms, wait_and_load(10ms, 20ms, 30ms));
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(*got, 2);
}

CO_TEST(the_error_names_the_phase_that_spent_the_budget_and_not_the_one_that_met_its_end) {
    const auto begin = weir::reactor::current().now();
    const auto in_wait = co_await within(250ms, wait_and_load(200ms, 20ms, 1h));
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 250ms));
    CO_REQUIRE(!in_wait.has_value());
    CO_CHECK(in_wait.error().code() == std::errc::timed_out);
    CO_CHECK_EQUAL(in_wait.error().phase(), "wait");
    CO_CHECK(is_about(in_wait.error().spent(), 250ms));
    const auto in_connect = co_await within(250ms, wait_and_load(10ms, 1h, 1h));
    CO_REQUIRE(!in_connect.has_value());
    CO_CHECK_EQUAL(in_connect.error().phase(), "load/connect");
    const auto in_ask = co_await within(250ms, wait_and_load(10ms, 20ms, 1h));
    CO_REQUIRE(!in_ask.has_value());
    CO_CHECK_EQUAL(in_ask.error().phase(), "load/ask");
}

CO_TEST(an_error_before_the_end_keeps_its_code_and_names_its_phase) {
    const auto refuse = []() -> task<result<int>> {
        co_await weir::ok(weir::sleep_for(100ms));
        co_return weir::fail(std::errc::connection_refused);
    };
    const auto connect = [&]() -> task<result<int>> {
        co_return co_await phase("connect", refuse());
    };
    const auto got = co_await within(250ms, connect());
    CO_REQUIRE(!got.has_value());
    CO_CHECK(got.error().code() == std::errc::connection_refused);
    CO_CHECK_EQUAL(got.error().phase(), "connect");
    CO_CHECK(is_about(got.error().spent(), 100ms));
    CO_CHECK(got.error().waited_for().empty());
}

CO_TEST(the_error_says_what_was_waited_for_when_the_time_was_over) {
    weir::mutex taken;
    const auto held = co_await taken.lock();
    const auto lock = [&]() -> task<result<void>> {
        auto guard = co_await taken.lock();
        if (!guard) co_return weir::fail(guard.error());
        co_return result<void>();
    };
    const auto both = [&]() -> task<result<void>> {
        auto waits = weir::when_all(lock(), take(1h, 1));
        const auto ended = co_await waits;
        co_return std::get<0>(ended);
    };
    const auto got = co_await within(250ms, both());
    CO_REQUIRE(!got.has_value());
    const std::string& waits = got.error().waited_for();
    CO_CHECK(waits.find("mutex") != std::string::npos);
    CO_CHECK(waits.find("timer") != std::string::npos || waits.find("sleep") != std::string::npos);
    CO_CHECK(got.error().message().find("250 ms") != std::string::npos);
}

CO_TEST(phases_beside_each_other_count_by_their_longest) {
    const auto hedged = []() -> task<result<int>> {
        const auto both =
            co_await weir::when_all(phase("first", take(1h, 1)), phase("second", take(100ms, 2)));
        co_return std::get<0>(both);
    };
    const auto got = co_await within(250ms, hedged());
    CO_REQUIRE(!got.has_value());
    CO_CHECK_EQUAL(got.error().phase(), "first");
}

CO_TEST(a_budget_within_a_budget_ends_with_the_nearer_and_counts_in_both) {
    const auto inner = []() -> task<result<int>> {
        auto got = co_await within(100ms, phase("connect", take(1h, 1)));
        if (got) co_return *got;
        CO_CHECK_EQUAL(got.error().phase(), "connect");
        co_return weir::fail(got.error().code());
    };
    const auto outer = co_await within(150ms, phase("load", inner()));
    CO_REQUIRE(!outer.has_value());
    CO_CHECK(outer.error().code() == std::errc::timed_out);
    CO_CHECK_EQUAL(outer.error().phase(), "load/within/connect");
    const auto begin = weir::reactor::current().now();
    const auto short_outer = co_await within(50ms, inner());
    CO_REQUIRE(!short_outer.has_value());
    CO_CHECK(short_outer.error().code() == std::errc::timed_out);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 50ms));
}

CO_TEST(a_budget_within_a_budget_says_nothing_of_those_before_and_the_outer_one_all) {
    const auto attempts = []() -> task<result<int>> {
        static_cast<void>(co_await within(250ms, wait_and_load(200ms, 1ms, 1ms)));
        const auto second = co_await within(100ms, wait_and_load(1ms, 1ms, 1h));
        CO_CHECK(!second && second.error().phase() == "load/ask");
        CO_CHECK(!second && is_about(second.error().spent(), 100ms));
        if (!second) co_return weir::fail(second.error().code());
        co_return *second;
    };
    const auto got = co_await within(1s, attempts());
    CO_REQUIRE(!got.has_value());
    CO_CHECK_EQUAL(got.error().phase(), "within/wait");
}

CO_TEST(work_without_a_value_has_a_budget_too) {
    const auto quick = []() -> task<> { static_cast<void>(co_await weir::sleep_for(1ms)); };
    const auto slow = []() -> task<> { static_cast<void>(co_await weir::sleep_for(1h)); };
    const auto in_time = co_await within(10ms, quick());
    CO_CHECK(in_time.has_value());
    const auto late = co_await within(10ms, slow());
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error().code() == std::errc::timed_out);
}

CO_TEST(without_a_budget_a_phase_is_just_its_work) {
    const auto got = co_await phase("connect", take(1ms, 7));
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(*got, 7);
}

CO_TEST(an_awaiter_may_be_a_phase_by_itself) {
    const auto wait = []() -> task<result<int>> {
        const auto self = co_await weir::this_task();
        weir::phase_span span;
        span.begin(self.ambient(), "line");
        co_return co_await take(1h, 1);
    };
    const auto got = co_await within(250ms, wait());
    CO_REQUIRE(!got.has_value());
    CO_CHECK_EQUAL(got.error().phase(), "line");
    const auto without = co_await weir::with_timeout(250ms, wait());
    CO_CHECK(!without.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
