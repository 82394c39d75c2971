// SPDX-License-Identifier: Apache-2.0
// adaptive_limit: what the ends of calls tell the estimate. Under load: overload_test.
#include <weir/resilience/adaptive_limit.hpp>

#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <stdexcept>
#include <system_error>

BOOST_AUTO_TEST_SUITE(adaptive_limit_test)

namespace {

using namespace std::chrono_literals;
using weir::refusal;
using weir::resilience::adaptive_limit;
using weir::resilience::estimate_options;

estimate_options from(std::size_t initial) {
    estimate_options options;
    options.initial = initial;
    return options;
}
weir::task<weir::result<int>> work(std::error_code error) {
    co_await weir::ok(weir::sleep_for(1s));
    if (error) co_return weir::fail(error);
    co_return 1;
}
weir::task<> call(adaptive_limit& limit) {
    const auto good = [] { return work({}); };
    static_cast<void>(co_await limit.call(good));
}

}  // namespace

CO_TEST(what_is_too_much_is_refused_and_not_begun) {
    adaptive_limit limit(from(4));
    weir::task_group group(co_await weir::this_task(), 10);
    CO_CHECK(group.try_spawn(call, std::ref(limit)));
    CO_CHECK(group.try_spawn(call, std::ref(limit)));
    bool has_begun = false;
    const auto more = [&has_begun] {
        has_begun = true;
        return work({});
    };
    const auto refused = co_await limit.call(more);
    CO_REQUIRE(!refused.has_value());
    CO_CHECK(refused.error() == refusal::too_many_in_flight);
    CO_CHECK(!has_begun);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(limit.estimate().in_flight(), 0U);
}

CO_TEST(what_came_too_late_or_was_refused_by_the_service_lowers_the_limit) {
    for (const std::error_code error :
         {std::make_error_code(std::errc::timed_out), weir::make_error_code(refusal::overloaded)}) {
        adaptive_limit limit(from(100));
        const auto bad = [error] { return work(error); };
        static_cast<void>(co_await limit.call(bad));
        CO_CHECK(limit.estimate().limit() < 50);
    }
}

CO_TEST(other_errors_stops_and_exceptions_say_nothing) {
    adaptive_limit limit(from(100));
    const auto bad = [] { return work(std::make_error_code(std::errc::no_link)); };
    static_cast<void>(co_await limit.call(bad));
    const auto good = [] { return work({}); };
    static_cast<void>(co_await weir::with_timeout(500ms, limit.call(good)));
    const auto broken = []() -> weir::task<weir::result<int>> {
        throw std::logic_error("broken");
        co_return 1;
    };
    try {
        static_cast<void>(co_await limit.call(broken));
    } catch (const std::logic_error&) {
    }
    CO_CHECK_EQUAL(limit.estimate().limit(), 50U);
    CO_CHECK_EQUAL(limit.estimate().in_flight(), 0U);
}

BOOST_AUTO_TEST_SUITE_END()
