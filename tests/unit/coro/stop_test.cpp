// SPDX-License-Identifier: Apache-2.0
// with_stop: a handle stops the work under it, and only that.
#include <weir/coro/stop.hpp>

#include "co_test.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/event.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(stop_test)

namespace {

using namespace std::chrono_literals;

weir::task<> request(weir::stop_source& source) {
    static_cast<void>(co_await weir::sleep_for(1ms));
    source.request_stop();
}
weir::task<int> answer() { co_return 42; }
weir::task<weir::result<void>> nested(weir::stop_source& outer, weir::stop_source& inner) {
    co_return co_await weir::with_stop(outer, weir::with_stop(inner, weir::sleep_for(1h)));
}

}  // namespace

CO_TEST(work_that_is_not_stopped_gives_its_result) {
    weir::stop_source source;
    const int value = co_await weir::with_stop(source, answer());
    CO_CHECK_EQUAL(value, 42);
}

CO_TEST(the_source_stops_everything_that_runs_under_it) {
    weir::stop_source source;
    const auto [a, b, c] =
        co_await weir::when_all(weir::with_stop(source, weir::sleep_for(1h)),
                                weir::with_stop(source, weir::sleep_for(2h)), request(source));
    CO_CHECK(!a && a.error() == std::errc::operation_canceled);
    CO_CHECK(!b && b.error() == std::errc::operation_canceled);
}

CO_TEST(work_outside_goes_on) {
    weir::stop_source source;
    const auto [inside, outside, done] = co_await weir::when_all(
        weir::with_stop(source, weir::sleep_for(1h)), weir::sleep_for(5ms), request(source));
    CO_CHECK(!inside.has_value());
    CO_CHECK(outside.has_value());
    const auto self = co_await weir::this_task();
    CO_CHECK(!self.stop_requested());
}

CO_TEST(a_stop_stays_requested_for_work_that_starts_later) {
    weir::stop_source source;
    source.request_stop();
    source.request_stop();
    const auto slept = co_await weir::with_stop(source, weir::sleep_for(1h));
    CO_CHECK(!slept && slept.error() == std::errc::operation_canceled);
    CO_CHECK(source.stop_requested());
}

CO_TEST(either_of_two_sources_stops_nested_work) {
    for (const bool by_outer : {false, true}) {
        weir::stop_source outer;
        weir::stop_source inner;
        const auto [slept, done] =
            co_await weir::when_all(nested(outer, inner), request(by_outer ? outer : inner));
        CO_CHECK(!slept.has_value());
    }
}

CO_TEST(a_task_may_stop_its_own_source) {
    weir::stop_source source;
    auto stop_itself = [](weir::stop_source& own) -> weir::task<bool> {
        own.request_stop();
        const auto slept = co_await weir::sleep_for(1h);
        co_return slept.has_value();
    };
    const bool slept = co_await weir::with_stop(source, stop_itself(source));
    CO_CHECK(!slept);
}

BOOST_AUTO_TEST_SUITE_END()
