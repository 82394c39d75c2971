// SPDX-License-Identifier: Apache-2.0
// when_any: the first wins, the others are stopped and have ended before it returns, and a value
// that a loser has received all the same is not lost.
#include <weir/coro/when_any.hpp>

#include "co_test.hpp"
#include "lifetime_probe.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/channel.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(when_any_test)

namespace {

using namespace std::chrono_literals;
using probe = weir::test::lifetime_probe<struct when_any_tag>;

weir::task<weir::result<int>> after(std::chrono::nanoseconds delay, int value) {
    const probe running(value);
    const auto slept = co_await weir::sleep_for(delay);
    if (!slept) co_return weir::fail(slept.error());
    co_return value;
}
weir::task<weir::result<int>> at_once(int value) { co_return value; }
weir::task<int> throw_after(std::chrono::nanoseconds delay) {
    static_cast<void>(co_await weir::sleep_for(delay));
    throw std::runtime_error("lost");
}
/// Cleans up for a while after it was stopped.
weir::task<int> slow_to_end(bool& ended) {
    static_cast<void>(co_await weir::sleep_for(1h));
    static_cast<void>(co_await weir::shield(weir::sleep_for(20ms), 1s));
    ended = true;
    co_return 1;
}
weir::task<weir::result<int>> receive_from(weir::channel<int>& numbers) {
    co_return co_await numbers.receive();
}
weir::task<> send_and_end(weir::channel<int>& numbers) {
    int value = 5;
    static_cast<void>(numbers.try_send(value));
    co_return;
}
weir::task<> stop_after(weir::scope& scope, std::chrono::nanoseconds delay) {
    static_cast<void>(co_await weir::shield(weir::sleep_for(delay), 1h));
    scope.request_stop();
}

}  // namespace

CO_TEST(the_first_to_finish_wins_and_the_others_are_stopped) {
    probe::reset();
    auto race = co_await weir::when_any(after(3ms, 1), after(1ms, 2), after(2ms, 3));
    CO_CHECK_EQUAL(race.winner(), 1U);
    CO_CHECK_EQUAL(race.outcome<1>().value_or(0), 2);
    CO_CHECK(race.outcome<0>().error() == std::errc::operation_canceled);
    CO_CHECK(race.outcome<2>().error() == std::errc::operation_canceled);
    CO_CHECK_EQUAL(probe::live(), 0);
}

CO_TEST(it_takes_no_longer_than_the_winner) {
    const auto start = weir::reactor::current().now();
    static_cast<void>(co_await weir::when_any(after(1ms, 1), after(1h, 2)));
    CO_CHECK(weir::reactor::current().now() - start < 2ms);
}

CO_TEST(losers_have_ended_before_it_returns) {
    bool ended = false;
    auto race = co_await weir::when_any(slow_to_end(ended), after(1ms, 2));
    CO_CHECK_EQUAL(race.winner(), 1U);
    CO_CHECK(ended);
}

CO_TEST(a_branch_that_finishes_at_once_wins_over_those_before_it) {
    auto race = co_await weir::when_any(after(1h, 1), at_once(2), at_once(3));
    CO_CHECK_EQUAL(race.winner(), 1U);
    CO_CHECK_EQUAL(race.outcome<1>().value_or(0), 2);
    CO_CHECK_EQUAL(race.outcome<2>().value_or(0), 3);
}

CO_TEST(a_value_that_a_loser_was_handed_is_kept) {
    weir::channel<int> numbers(1);
    auto race = co_await weir::when_any(receive_from(numbers), send_and_end(numbers));
    CO_CHECK_EQUAL(race.winner(), 1U);
    CO_CHECK_EQUAL(race.outcome<0>().value_or(0), 5);
    CO_CHECK(numbers.empty());
}

CO_TEST(an_exception_of_the_winner_comes_out_after_the_others_have_ended) {
    probe::reset();
    bool caught = false;
    try {
        static_cast<void>(co_await weir::when_any(throw_after(1ms), after(1h, 1)));
    } catch (const std::runtime_error&) {
        caught = true;
    }
    CO_CHECK(caught);
    CO_CHECK_EQUAL(probe::live(), 0);
}

CO_TEST(a_stop_from_outside_ends_all_branches) {
    weir::scope& ambient = (co_await weir::this_task()).ambient();
    weir::task_group group(co_await weir::this_task(), 1);
    auto started = group.spawn(stop_after, std::ref(ambient), 1ms);
    static_cast<void>(co_await started);
    auto race = co_await weir::when_any(after(1h, 1), after(1h, 2));
    CO_CHECK(race.outcome<0>().error() == std::errc::operation_canceled);
    CO_CHECK(race.outcome<1>().error() == std::errc::operation_canceled);
    static_cast<void>(co_await group.join());
}

CO_TEST(a_race_does_not_stop_the_tasks_around_it) {
    static_cast<void>(co_await weir::when_any(at_once(1), after(1h, 2)));
    const auto self = co_await weir::this_task();
    CO_CHECK(!self.stop_requested());
    const auto slept = co_await weir::sleep_for(1ms);
    CO_CHECK(slept.has_value());
}

CO_TEST(races_nest) {
    auto inner = [](int value) -> weir::task<weir::result<int>> {
        auto race = co_await weir::when_any(after(1h, 0), after(2ms, value));
        co_return race.template outcome<1>();
    };
    auto race = co_await weir::when_any(inner(7), after(1h, 1));
    CO_CHECK_EQUAL(race.winner(), 0U);
    CO_CHECK_EQUAL(race.outcome<0>().value_or(0), 7);
}

CO_TEST(an_outer_race_stops_an_inner_one) {
    auto inner = []() -> weir::task<weir::result<int>> {
        auto race = co_await weir::when_any(after(1h, 1), after(2h, 2));
        co_return race.template outcome<0>();
    };
    auto race = co_await weir::when_any(inner(), after(1ms, 9));
    CO_CHECK_EQUAL(race.winner(), 1U);
    CO_CHECK(race.outcome<0>().error() == std::errc::operation_canceled);
}

CO_TEST(plain_awaitables_race_too) {
    weir::event never;
    auto race = co_await weir::when_any(never.wait(), weir::sleep_for(1ms));
    CO_CHECK_EQUAL(race.winner(), 1U);
}

BOOST_AUTO_TEST_SUITE_END()
