// SPDX-License-Identifier: Apache-2.0
// when_all: everything is started, everything is waited for, whatever the others do.
#include <weir/coro/when_all.hpp>

#include "co_test.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(when_all_test)

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

weir::task<int> after(std::chrono::nanoseconds delay, int value) {
    static_cast<void>(co_await weir::sleep_for(delay));
    co_return value;
}
weir::task<int> at_once(int value) { co_return value; }
weir::task<> note(std::vector<int>& order, int value, std::chrono::nanoseconds delay) {
    static_cast<void>(co_await weir::sleep_for(delay));
    order.push_back(value);
}
weir::task<int> throw_after(std::chrono::nanoseconds delay, std::string text) {
    static_cast<void>(co_await weir::sleep_for(delay));
    throw std::runtime_error(text);
}
weir::task<std::unique_ptr<int>> move_only() { co_return std::make_unique<int>(4); }
weir::task<weir::result<void>> wait_at(weir::event& event) { co_return co_await event.wait(); }
weir::task<> request_stop_of(weir::scope& scope) {
    static_cast<void>(co_await weir::sleep_for(1ms));
    scope.request_stop();
}

}  // namespace

CO_TEST(results_come_in_argument_order_whoever_ends_first) {
    const auto [a, b, c] = co_await weir::when_all(after(3ms, 1), after(1ms, 2), after(2ms, 3));
    CO_CHECK_EQUAL(a, 1);
    CO_CHECK_EQUAL(b, 2);
    CO_CHECK_EQUAL(c, 3);
}

CO_TEST(the_branches_run_at_the_same_time) {
    const auto start = weir::reactor::current().now();
    static_cast<void>(co_await weir::when_all(after(10ms, 1), after(10ms, 2)));
    CO_CHECK(weir::reactor::current().now() - start < 11ms);
}

CO_TEST(branches_that_finish_at_once_need_no_suspension) {
    const auto [a, b] = co_await weir::when_all(at_once(1), at_once(2));
    CO_CHECK_EQUAL(a + b, 3);
}

CO_TEST(finished_and_waiting_branches_mix) {
    const auto [a, b, c] = co_await weir::when_all(at_once(1), after(1ms, 2), at_once(3));
    CO_CHECK_EQUAL(a + b + c, 6);
}

CO_TEST(void_gives_monostate_and_awaitables_that_are_no_tasks_are_taken) {
    std::vector<int> order;
    weir::event event;
    event.set();
    auto [slept, nothing, waited] =
        co_await weir::when_all(weir::sleep_for(1ms), note(order, 1, 2ms), event.wait());
    static_assert(std::is_same_v<decltype(nothing), std::monostate>);
    CO_CHECK(slept.has_value());
    CO_CHECK(waited.has_value());
    CO_CHECK_EQUAL(order.size(), 1U);
}

CO_TEST(move_only_results_come_out) {
    auto [a, b] = co_await weir::when_all(move_only(), move_only());
    CO_CHECK_EQUAL(*a + *b, 8);
}

CO_TEST(no_awaitables_are_ready_at_once) {
    static_cast<void>(co_await weir::when_all());
    CO_CHECK(true);
}

CO_TEST(an_exception_waits_for_the_other_branches) {
    std::vector<int> order;
    std::string caught;
    try {
        static_cast<void>(co_await weir::when_all(throw_after(1ms, "early"), note(order, 1, 5ms)));
    } catch (const std::runtime_error& e) {
        caught = e.what();
    }
    CO_CHECK_EQUAL(caught, "early");
    CO_CHECK_EQUAL(order.size(), 1U);
}

CO_TEST(of_several_exceptions_the_first_in_argument_order_comes) {
    std::string caught;
    try {
        static_cast<void>(
            co_await weir::when_all(throw_after(5ms, "first"), throw_after(1ms, "second")));
    } catch (const std::runtime_error& e) {
        caught = e.what();
    }
    CO_CHECK_EQUAL(caught, "first");
}

CO_TEST(it_nests) {
    auto inner = [](int base) -> weir::task<int> {
        const auto [a, b] = co_await weir::when_all(after(1ms, base), at_once(base));
        co_return a + b;
    };
    const auto [x, y] = co_await weir::when_all(inner(1), inner(10));
    CO_CHECK_EQUAL(x + y, 22);
}

CO_TEST(a_stop_reaches_every_branch) {
    weir::event never;
    const auto self = co_await weir::this_task();
    const auto [a, b, c] =
        co_await weir::when_all(wait_at(never), wait_at(never), request_stop_of(self.ambient()));
    CO_CHECK(a.error() == std::errc::operation_canceled);
    CO_CHECK(b.error() == std::errc::operation_canceled);
}

CO_TEST(branches_wake_each_other) {
    weir::event event;
    auto setter = [](weir::event& target) -> weir::task<> {
        target.set();
        co_return;
    };
    const auto [waited, set] = co_await weir::when_all(wait_at(event), setter(event));
    CO_CHECK(waited.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
