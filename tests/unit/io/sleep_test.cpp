// SPDX-License-Identifier: Apache-2.0
// sleep_for, sleep_until.
#include <weir/io/sleep.hpp>

#include "co_test.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(sleep_test)

namespace {

using namespace std::chrono_literals;

weir::reactor::time_point now() { return weir::reactor::current().now(); }

weir::task<> note_after(std::string& log, char name, std::chrono::nanoseconds delay) {
    static_cast<void>(co_await weir::sleep_for(delay));
    log += name;
}
weir::task<weir::result<void>> sleep(std::chrono::nanoseconds delay) {
    co_return co_await weir::sleep_for(delay);
}
weir::task<> stop_after(weir::stop_source& source, std::chrono::nanoseconds delay) {
    static_cast<void>(co_await weir::sleep_for(delay));
    source.request_stop();
}

}  // namespace

CO_TEST(a_sleep_is_never_short_and_hardly_long) {
    for (const std::chrono::nanoseconds delay :
         {std::chrono::nanoseconds(1us), std::chrono::nanoseconds(1ms),
          std::chrono::nanoseconds(1h), std::chrono::nanoseconds(24h * 60)}) {
        const auto begin = now();
        const auto slept = co_await weir::sleep_for(delay);
        CO_CHECK(slept.has_value());
        CO_CHECK(now() - begin >= delay);
        CO_CHECK(now() - begin <= delay + 2 * weir::timer_wheel::resolution);
    }
}

CO_TEST(sleepers_wake_in_the_order_of_their_deadlines) {
    std::string log;
    static_cast<void>(co_await weir::when_all(note_after(log, 'c', 3ms), note_after(log, 'a', 1ms),
                                              note_after(log, 'd', 2h), note_after(log, 'b', 2ms)));
    CO_CHECK_EQUAL(log, "abcd");
}

CO_TEST(zero_and_negative_durations_wait_for_the_next_turn) {
    for (const auto delay : {0ns, -1ns, -5'000'000'000ns}) {
        const auto begin = now();
        const auto slept = co_await weir::sleep_for(delay);
        CO_CHECK(slept.has_value());
        CO_CHECK(now() - begin <= 2 * weir::timer_wheel::resolution);
    }
}

CO_TEST(sleep_until_a_moment_that_has_passed_returns_soon) {
    const auto begin = now();
    const auto slept = co_await weir::sleep_until(begin - 1h);
    CO_CHECK(slept.has_value());
    const auto until = co_await weir::sleep_until(begin + 1h);
    CO_CHECK(until.has_value());
    CO_CHECK(now() >= begin + 1h);
}

CO_TEST(the_longest_duration_does_not_overflow_into_the_past) {
    weir::stop_source source;
    const auto [slept, done] = co_await weir::when_all(
        weir::with_stop(source, sleep(std::chrono::nanoseconds::max())), stop_after(source, 1h));
    CO_CHECK(!slept && slept.error() == std::errc::operation_canceled);
}

CO_TEST(a_stop_ends_a_sleep_at_once) {
    weir::stop_source source;
    const auto begin = now();
    const auto [slept, done] =
        co_await weir::when_all(weir::with_stop(source, sleep(1h)), stop_after(source, 1ms));
    CO_CHECK(!slept && slept.error() == std::errc::operation_canceled);
    CO_CHECK(now() - begin < 1s);
    CO_CHECK_EQUAL(weir::reactor::current().timers().armed(), 0U);
}

CO_TEST(sleepers_with_one_deadline_all_wake) {
    std::string log;
    auto many = [](std::string& all) -> weir::task<> {
        for (int i = 0; i < 10; ++i) co_await note_after(all, '.', 1ms);
    };
    static_cast<void>(co_await weir::when_all(many(log), many(log), many(log), many(log)));
    CO_CHECK_EQUAL(log.size(), 40U);
}

BOOST_AUTO_TEST_SUITE_END()
