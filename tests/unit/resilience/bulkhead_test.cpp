// SPDX-License-Identifier: Apache-2.0
// bulkhead: who has a place, who waits for one, and who is refused.
#include <weir/resilience/bulkhead.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(bulkhead_test)

namespace {

using namespace std::chrono_literals;
using weir::refusal;
using weir::resilience::bulkhead;
using weir::resilience::bulkhead_options;
using weir::test::is_about;

weir::task<weir::result<int>> slow(std::chrono::nanoseconds time) {
    co_await weir::ok(weir::sleep_for(time));
    co_return 1;
}
/// Calls something that takes 1 s; appends `name`, or what refused it.
weir::task<> call(bulkhead& places, std::string& log, std::string name) {
    const auto work = [] { return slow(1s); };
    const auto done = co_await places.call(work);
    if (done) log += name + " ";
    if (!done && done.error() == refusal::too_many_in_flight) log += "-" + name + " ";
}

}  // namespace

CO_TEST(so_many_at_once_so_many_in_line_and_no_more) {
    bulkhead_options options(2);
    options.max_waiting = 2;
    options.max_wait = 1h;
    bulkhead places(options);
    std::string log;
    const auto begin = weir::reactor::current().now();
    weir::task_group group(co_await weir::this_task(), 10);
    for (const char* name : {"a", "b", "c", "d", "e"}) {
        CO_CHECK(group.try_spawn(call, std::ref(places), std::ref(log), name));
    }
    CO_CHECK_EQUAL(log, "-e ");
    CO_CHECK_EQUAL(places.in_flight(), 2U);
    CO_CHECK_EQUAL(places.waiting(), 2U);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(log, "-e a b c d ");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 2s));
    CO_CHECK_EQUAL(places.in_flight(), 0U);
}

CO_TEST(who_waits_too_long_is_refused_and_leaves_the_line) {
    bulkhead_options options(1);
    options.max_waiting = 5;
    options.max_wait = 500ms;
    bulkhead places(options);
    std::string log;
    weir::task_group group(co_await weir::this_task(), 10);
    CO_CHECK(group.try_spawn(call, std::ref(places), std::ref(log), "a"));
    CO_CHECK(group.try_spawn(call, std::ref(places), std::ref(log), "b"));
    static_cast<void>(co_await weir::sleep_for(600ms));
    CO_CHECK_EQUAL(log, "-b ");
    CO_CHECK_EQUAL(places.waiting(), 0U);
    CO_CHECK(group.try_spawn(call, std::ref(places), std::ref(log), "c"));
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(log, "-b a c ");
}

CO_TEST(a_deadline_of_the_caller_that_comes_first_ends_the_wait) {
    bulkhead_options options(1);
    options.max_waiting = 5;
    bulkhead places(options);
    std::string log;
    weir::task_group group(co_await weir::this_task(), 10);
    CO_CHECK(group.try_spawn(call, std::ref(places), std::ref(log), "a"));
    const auto work = [] { return slow(1s); };
    const auto late = co_await weir::with_timeout(100ms, places.call(work));
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(places.waiting(), 0U);
    static_cast<void>(co_await group.join());
}

CO_TEST(a_place_comes_back_from_what_throws) {
    bulkhead places(bulkhead_options(1));
    const auto broken = []() -> weir::task<weir::result<int>> {
        throw std::logic_error("broken");
        co_return 1;
    };
    bool caught = false;
    try {
        static_cast<void>(co_await places.call(broken));
    } catch (const std::logic_error&) {
        caught = true;
    }
    CO_CHECK(caught);
    const auto work = [] { return slow(1s); };
    const auto done = co_await places.call(work);
    CO_CHECK(done.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
