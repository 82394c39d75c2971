// SPDX-License-Identifier: Apache-2.0
// timed_operation: what is noted of runs that succeed, fail, throw, are slow or are stopped.
#include <weir/io/timed_operation.hpp>

#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(timed_operation_test)

namespace {

using namespace std::chrono_literals;
using weir::result;
using weir::task;

task<result<int>> take(std::chrono::nanoseconds time, int value) {
    co_await weir::ok(weir::sleep_for(time));
    if (value < 0) co_return weir::fail(std::errc::io_error);
    co_return value;
}
task<> take_and_throw() {
    static_cast<void>(co_await weir::sleep_for(10ms));
    throw std::runtime_error("broken");
}

}  // namespace

CO_TEST(each_run_is_timed_and_gives_what_its_work_gave) {
    weir::timed_operation lookups("lookup");
    const auto seven = co_await lookups.run(take(100ms, 7));
    CO_REQUIRE(seven.has_value());
    CO_CHECK_EQUAL(*seven, 7);
    const auto none = co_await lookups.run(take(300ms, -1));
    CO_CHECK(!none && none.error() == std::errc::io_error);
    CO_CHECK_EQUAL(lookups.durations().count(), 2U);
    CO_CHECK(lookups.durations().min() >= 100'000'000U);
    CO_CHECK(lookups.durations().max() >= 300'000'000U);
    CO_CHECK(lookups.durations().max() < 310'000'000U);
    CO_CHECK_EQUAL(lookups.failures(), 1U);
    CO_CHECK_EQUAL(lookups.slow_runs(), 0U);
}

CO_TEST(slow_runs_are_told_with_name_and_time) {
    std::vector<std::string> told;
    const auto tell = [&](const std::string& name, std::chrono::nanoseconds took) {
        told.push_back(name + (took >= 2s ? " late" : " early"));
    };
    weir::timed_operation lookups("lookup", 1s, tell);
    static_cast<void>(co_await lookups.run(take(2s, 1)));
    static_cast<void>(co_await lookups.run(take(900ms, 1)));
    CO_REQUIRE(told.size() == 1U);
    CO_CHECK_EQUAL(told[0], "lookup late");
    CO_CHECK_EQUAL(lookups.slow_runs(), 1U);
}

CO_TEST(what_was_stopped_says_nothing_about_the_time_and_an_exception_is_a_failure) {
    weir::timed_operation lookups("lookup");
    const auto stopped = co_await weir::with_timeout(1s, lookups.run(take(1h, 1)));
    CO_CHECK(!stopped && stopped.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(lookups.stopped(), 1U);
    CO_CHECK_EQUAL(lookups.durations().count(), 0U);
    bool has_thrown = false;
    try {
        co_await lookups.run(take_and_throw());
    } catch (const std::runtime_error&) {
        has_thrown = true;
    }
    CO_CHECK(has_thrown);
    CO_CHECK_EQUAL(lookups.failures(), 1U);
    CO_CHECK_EQUAL(lookups.durations().count(), 1U);
}

BOOST_AUTO_TEST_SUITE_END()
