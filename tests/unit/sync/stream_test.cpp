// SPDX-License-Identifier: Apache-2.0
// stream: values on demand, their end, and what a stop and an error do.
#include <weir/sync/stream.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"
#include "is_about.hpp"
#include "lifetime_probe.hpp"

#include <weir/coro/task_tree.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(stream_test)

namespace {

using namespace std::chrono_literals;
using weir::test::is_about;
using probe = weir::test::lifetime_probe<struct stream_tag>;

weir::stream<int> count_to(int last, int* made = nullptr) {
    for (int i = 1; i <= last; ++i) {
        if (made != nullptr) *made = i;
        co_yield i;
    }
}
weir::stream<int> count_slowly(int last, std::chrono::nanoseconds pause) {
    for (int i = 1; i <= last; ++i) {
        co_await weir::ok(weir::sleep_for(pause));
        co_yield i;
    }
}
weir::stream<std::string> words() {
    std::string kept = "kept";
    co_yield kept;
    co_yield kept + " too";
    co_yield std::move(kept);
}
weir::stream<std::unique_ptr<int>> boxes() { co_yield std::make_unique<int>(7); }
weir::stream<int> fail_after_one(std::errc error) {
    co_yield 1;
    weir::ok(weir::result<void>(weir::fail(error)));
    co_yield 2;
}
weir::stream<int> throw_after_one() {
    co_yield 1;
    throw std::runtime_error("no more");
}
weir::stream<int> hold_a_probe() {
    const probe held;
    co_yield 1;
    co_yield 2;
}
weir::stream<int> doubled(weir::stream<int> source) {
    while (auto next = co_await weir::ok(source.next())) co_yield *next * 2;
}

}  // namespace

CO_TEST(values_come_in_order_and_then_the_end_for_good) {
    auto numbers = count_to(3);
    int sum = 0;
    for (int expected = 1; expected <= 3; ++expected) {
        auto next = co_await numbers.next();
        CO_REQUIRE(next.has_value());
        CO_REQUIRE(next->has_value());
        CO_CHECK(**next == expected);
        sum += **next;
    }
    CO_CHECK(sum == 6);
    for (int i = 0; i < 2; ++i) {
        auto end = co_await numbers.next();
        CO_REQUIRE(end.has_value());
        CO_CHECK(!end->has_value());
    }
}

CO_TEST(nothing_is_made_before_it_is_asked_for) {
    int made = 0;
    auto numbers = count_to(10, &made);
    CO_CHECK(made == 0);
    static_cast<void>(co_await numbers.next());
    CO_CHECK(made == 1);
    static_cast<void>(co_await weir::yield());
    CO_CHECK(made == 1);
}

CO_TEST(a_stream_may_wait_between_values) {
    auto numbers = count_slowly(3, 1h);
    const auto begin = weir::reactor::current().now();
    for (int expected = 1; expected <= 3; ++expected) {
        auto next = co_await numbers.next();
        CO_REQUIRE(next.has_value());
        CO_CHECK(*next == expected);
    }
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 3h));
}

CO_TEST(a_named_value_is_copied_and_a_temporary_is_not) {
    auto all = words();
    for (const char* expected : {"kept", "kept too", "kept"}) {
        auto next = co_await all.next();
        CO_REQUIRE(next.has_value());
        CO_CHECK(*next == expected);
    }
    auto one = boxes();
    auto box = co_await one.next();
    CO_REQUIRE(box.has_value());
    CO_CHECK(***box == 7);
}

CO_TEST(an_error_ends_the_stream_and_is_told_once) {
    auto numbers = fail_after_one(std::errc::no_link);
    auto first = co_await numbers.next();
    CO_CHECK(first.has_value());
    auto second = co_await numbers.next();
    CO_REQUIRE(!second.has_value());
    CO_CHECK(second.error() == std::errc::no_link);
    auto third = co_await numbers.next();
    CO_REQUIRE(third.has_value());
    CO_CHECK(!third->has_value());
}

CO_TEST(an_exception_ends_the_stream_and_reaches_who_asks) {
    auto numbers = throw_after_one();
    static_cast<void>(co_await numbers.next());
    bool caught = false;
    try {
        static_cast<void>(co_await numbers.next());
    } catch (const std::runtime_error&) {
        caught = true;
    }
    CO_CHECK(caught);
    auto after = co_await numbers.next();
    CO_REQUIRE(after.has_value());
    CO_CHECK(!after->has_value());
}

CO_TEST(a_stream_may_be_dropped_at_any_value) {
    probe::reset();
    {
        auto never_asked = hold_a_probe();
        auto asked = hold_a_probe();
        static_cast<void>(co_await asked.next());
        CO_CHECK(probe::live() == 1);
        auto moved = std::move(asked);
        CO_CHECK(probe::live() == 1);
    }
    CO_CHECK(probe::live() == 0);
}

CO_TEST(a_timeout_of_next_ends_what_the_stream_waits_for) {
    auto numbers = count_slowly(3, 1h);
    auto late = co_await weir::with_timeout(1s, numbers.next());
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == std::errc::timed_out);
    auto after = co_await numbers.next();
    CO_REQUIRE(after.has_value());
    CO_CHECK(!after->has_value());
}

CO_TEST(a_next_in_time_leaves_the_stream_as_it_is) {
    auto numbers = count_slowly(3, 1s);
    for (int expected = 1; expected <= 3; ++expected) {
        auto next = co_await weir::with_timeout(1h, numbers.next());
        CO_REQUIRE(next.has_value());
        CO_CHECK(*next == expected);
    }
}

CO_TEST(streams_stand_on_streams) {
    auto numbers = doubled(doubled(count_slowly(3, 1s)));
    int sum = 0;
    for (;;) {
        auto next = co_await numbers.next();
        CO_REQUIRE(next.has_value());
        if (!*next) break;
        sum += **next;
    }
    CO_CHECK(sum == 24);
}

CO_TEST(many_values_take_no_stack_and_no_memory) {
    auto numbers = doubled(count_to(100'000));
    static_cast<void>(co_await numbers.next());
    const weir::test::allocation_count taken;
    int count = 1;
    for (;;) {
        auto next = co_await numbers.next();
        if (!next || !*next) break;
        ++count;
    }
    CO_CHECK(count == 100'000);
    if (weir::test::allocations_are_counted()) CO_CHECK(taken.value() == 0);
}

CO_TEST(a_stream_that_waits_stands_below_who_asks_in_a_dump) {
    auto numbers = count_slowly(1, 1h);
    std::string dump;
    const auto look = [&]() -> weir::task<> {
        const auto& loop = weir::reactor::current();
        dump = weir::task_tree::capture(weir::reactor::current().root(), loop.now()).to_text();
        co_return;
    };
    const auto ask = [&]() -> weir::task<> { static_cast<void>(co_await numbers.next()); };
    static_cast<void>(co_await weir::when_all(ask(), look()));
    CO_CHECK(dump.find("count_slowly") != std::string::npos);
    CO_CHECK(dump.find("timer") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
