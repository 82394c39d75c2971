// SPDX-License-Identifier: Apache-2.0
// this_task, check_stopped, yield.
#include <weir/coro/this_task.hpp>

#include "co_test.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(this_task_test)

namespace {

using namespace std::chrono_literals;

weir::task<> write(std::string& log, char letter, int times) {
    for (int i = 0; i < times; ++i) {
        log += letter;
        static_cast<void>(co_await weir::yield());
    }
}
weir::task<weir::result<std::chrono::nanoseconds>> time_left() {
    const auto self = co_await weir::this_task();
    co_return self.deadline() - weir::reactor::current().now();
}

}  // namespace

CO_TEST(the_view_shows_a_stop) {
    const auto self = co_await weir::this_task();
    CO_CHECK(!self.stop_requested());
    const auto before = co_await weir::check_stopped();
    self.ambient().request_stop();
    const auto after = co_await weir::check_stopped();
    CO_CHECK(before.has_value());
    CO_CHECK(self.stop_requested());
    CO_CHECK(!after && after.error() == std::errc::operation_canceled);
}

CO_TEST(the_view_shows_the_nearest_deadline) {
    const auto none = (co_await weir::this_task()).deadline();
    CO_CHECK(none == weir::scope::time_point::max());
    const auto left = co_await weir::with_timeout(2h, weir::with_timeout(1h, time_left()));
    CO_REQUIRE(left.has_value());
    CO_CHECK(*left == 1h);
}

CO_TEST(yield_lets_the_others_run_in_turn) {
    std::string log;
    static_cast<void>(static_cast<void>(
        co_await weir::when_all(write(log, 'a', 3), write(log, 'b', 3), write(log, 'c', 3))));
    CO_CHECK_EQUAL(log, "abcabcabc");
}

CO_TEST(a_stopped_yield_gives_no_turn_away) {
    std::string log;
    (co_await weir::this_task()).ambient().request_stop();
    static_cast<void>(co_await weir::when_all(write(log, 'a', 2), write(log, 'b', 2)));
    CO_CHECK_EQUAL(log, "aabb");
}

BOOST_AUTO_TEST_SUITE_END()
