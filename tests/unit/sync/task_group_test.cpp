// SPDX-License-Identifier: Apache-2.0
// task_group: its limit, what an error does, and what its children may rely on.
#include <weir/sync/task_group.hpp>

#include "co_test.hpp"
#include "lifetime_probe.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/event.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(task_group_test)

namespace {

using namespace std::chrono_literals;
using probe = weir::test::lifetime_probe<struct group_tag>;

class gauge {
public:
    void enter() { most = std::max(most, ++now); }
    void leave() {
        --now;
        ++done;
    }
    int now = 0;
    int most = 0;
    int done = 0;
};

weir::task<> work(gauge& all, std::chrono::nanoseconds duration) {
    all.enter();
    static_cast<void>(co_await weir::sleep_for(duration));
    all.leave();
}
weir::task<> at_once(int& count) {
    ++count;
    co_return;
}
weir::task<weir::result<void>> fail_after(std::chrono::nanoseconds delay, std::errc error) {
    const auto slept = co_await weir::sleep_for(delay);
    if (!slept) co_return weir::fail(slept.error());
    co_return weir::fail(error);
}
weir::task<weir::result<void>> sleep_long(int& stopped) {
    const auto slept = co_await weir::sleep_for(1h);
    if (!slept) ++stopped;
    co_return slept;
}
weir::task<> throw_after(std::chrono::nanoseconds delay) {
    static_cast<void>(co_await weir::sleep_for(delay));
    throw std::runtime_error("a child's");
}
weir::task<> throw_at_once() {
    throw std::runtime_error("at once");
    co_return;
}
weir::task<> keep(const probe& by_reference, probe by_value, bool& intact) {
    static_cast<void>(co_await weir::sleep_for(1ms));
    intact = by_reference.value() == 1 && by_value.value() == 2;
}
weir::task<> spawn_into(weir::task_group& group, gauge& all, std::string& log, char name) {
    auto started = group.spawn(work, std::ref(all), 1ms);
    const auto outcome = co_await started;
    log += outcome ? name : '!';
}
weir::task<weir::result<void>> join(weir::task_group& group) { co_return co_await group.join(); }

class throws_on_copy {
public:
    throws_on_copy() = default;
    throws_on_copy(const throws_on_copy&) { throw std::runtime_error("copy"); }
    throws_on_copy(throws_on_copy&&) noexcept = default;
};
weir::task<> take(throws_on_copy) { co_return; }

}  // namespace

CO_TEST(join_waits_for_all_children) {
    gauge all;
    weir::task_group group(co_await weir::this_task(), 10);
    for (int i = 0; i < 5; ++i) {
        auto started = group.spawn(work, std::ref(all), std::chrono::milliseconds(i));
        static_cast<void>(co_await started);
    }
    const auto outcome = co_await group.join();
    CO_CHECK(outcome.has_value());
    CO_CHECK_EQUAL(all.done, 5);
    CO_CHECK_EQUAL(group.in_flight(), 0U);
}

CO_TEST(an_empty_group_joins_at_once) {
    weir::task_group group(co_await weir::this_task(), 1);
    const auto outcome = co_await group.join();
    CO_CHECK(outcome.has_value());
}

CO_TEST(no_more_than_the_limit_run_at_once) {
    gauge all;
    weir::task_group group(co_await weir::this_task(), 3);
    for (int i = 0; i < 20; ++i) {
        auto started = group.spawn(work, std::ref(all), 1ms);
        static_cast<void>(co_await started);
    }
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(all.most, 3);
    CO_CHECK_EQUAL(all.done, 20);
}

CO_TEST(spawners_wait_in_line_and_none_is_overtaken) {
    gauge all;
    std::string log;
    weir::task_group group(co_await weir::this_task(), 1);
    static_cast<void>(co_await weir::when_all(
        spawn_into(group, all, log, 'a'), spawn_into(group, all, log, 'b'),
        spawn_into(group, all, log, 'c'), spawn_into(group, all, log, 'd')));
    CO_CHECK_EQUAL(log, "abcd");
    CO_CHECK_EQUAL(all.most, 1);
    static_cast<void>(co_await group.join());
}

CO_TEST(a_spawner_that_is_stopped_gives_its_place_away) {
    gauge all;
    std::string log;
    weir::stop_source source;
    auto stop = [](weir::stop_source& to_stop) -> weir::task<> {
        to_stop.request_stop();
        co_return;
    };
    weir::task_group group(co_await weir::this_task(), 1);
    static_cast<void>(co_await weir::when_all(
        spawn_into(group, all, log, 'a'), weir::with_stop(source, spawn_into(group, all, log, 'b')),
        spawn_into(group, all, log, 'c'), stop(source)));
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(log, "a!c");
    CO_CHECK_EQUAL(all.done, 2);
}

CO_TEST(a_place_handed_to_a_stopped_spawner_is_used_or_passed_on) {
    // With the place in hand, a stop comes too late for the spawner: completed beats cancelled.
    gauge all;
    std::string log;
    weir::stop_source source;
    auto stop_when_free = [](weir::task_group& group, weir::stop_source& to_stop) -> weir::task<> {
        while (group.waiting_to_spawn() > 0) {
            const auto turn = co_await weir::yield();
            if (!turn) co_return;
            static_cast<void>(co_await weir::sleep_for(100us));
        }
        to_stop.request_stop();
    };
    weir::task_group group(co_await weir::this_task(), 1);
    static_cast<void>(co_await weir::when_all(
        spawn_into(group, all, log, 'a'), weir::with_stop(source, spawn_into(group, all, log, 'b')),
        stop_when_free(group, source)));
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(log, "ab");
}

CO_TEST(the_first_error_stops_the_rest_and_is_returned) {
    int stopped = 0;
    weir::task_group group(co_await weir::this_task(), 10);
    auto a = group.spawn(sleep_long, std::ref(stopped));
    static_cast<void>(co_await a);
    auto b = group.spawn(fail_after, 2ms, std::errc::bad_message);
    static_cast<void>(co_await b);
    auto c = group.spawn(fail_after, 1ms, std::errc::connection_reset);
    static_cast<void>(co_await c);
    const auto outcome = co_await group.join();
    CO_CHECK(!outcome && outcome.error() == std::errc::connection_reset);
    CO_CHECK_EQUAL(stopped, 1);
}

CO_TEST(after_the_first_error_no_child_is_started) {
    int stopped = 0;
    weir::task_group group(co_await weir::this_task(), 10);
    auto a = group.spawn(fail_after, 0ms, std::errc::bad_message);
    static_cast<void>(co_await a);
    static_cast<void>(co_await weir::sleep_for(1ms));
    auto b = group.spawn(sleep_long, std::ref(stopped));
    const auto started = co_await b;
    CO_CHECK(!started && started.error() == std::errc::operation_canceled);
    CO_CHECK(!group.try_spawn(sleep_long, std::ref(stopped)));
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(stopped, 0);
}

CO_TEST(an_error_wakes_the_spawner_that_waits_for_room) {
    int stopped = 0;
    weir::task_group group(co_await weir::this_task(), 2);
    auto a = group.spawn(fail_after, 1ms, std::errc::bad_message);
    static_cast<void>(co_await a);
    auto b = group.spawn(sleep_long, std::ref(stopped));
    static_cast<void>(co_await b);
    auto c = group.spawn(sleep_long, std::ref(stopped));
    const auto outcome = co_await c;
    CO_CHECK(!outcome.has_value());
    static_cast<void>(co_await group.join());
}

CO_TEST(collect_all_lists_every_error_and_stops_nobody) {
    gauge all;
    weir::task_group group(co_await weir::this_task(), 10, weir::on_error::collect_all);
    auto a = group.spawn(fail_after, 2ms, std::errc::bad_message);
    static_cast<void>(co_await a);
    auto b = group.spawn(fail_after, 1ms, std::errc::connection_reset);
    static_cast<void>(co_await b);
    auto c = group.spawn(work, std::ref(all), 5ms);
    static_cast<void>(co_await c);
    const auto outcome = co_await group.join();
    CO_CHECK(!outcome && outcome.error() == std::errc::connection_reset);
    CO_CHECK_EQUAL(all.done, 1);
    const bool both = group.errors().size() == 2;
    CO_CHECK(both);
    CO_CHECK(both && group.errors()[1] == std::errc::bad_message);
    CO_CHECK(!group.is_stopped());
}

CO_TEST(an_exception_stops_the_rest_and_comes_out_of_join) {
    int stopped = 0;
    std::string caught;
    weir::task_group group(co_await weir::this_task(), 10);
    auto a = group.spawn(sleep_long, std::ref(stopped));
    static_cast<void>(co_await a);
    auto b = group.spawn(throw_after, 1ms);
    static_cast<void>(co_await b);
    try {
        static_cast<void>(co_await group.join());
    } catch (const std::runtime_error& e) {
        caught = e.what();
    }
    CO_CHECK_EQUAL(caught, "a child's");
    CO_CHECK_EQUAL(stopped, 1);
}

CO_TEST(an_exception_before_the_first_suspension_is_the_same) {
    bool caught = false;
    weir::task_group group(co_await weir::this_task(), 1);
    auto a = group.spawn(throw_at_once);
    static_cast<void>(co_await a);
    try {
        static_cast<void>(co_await group.join());
    } catch (const std::runtime_error&) {
        caught = true;
    }
    CO_CHECK(caught);
    CO_CHECK_EQUAL(group.in_flight(), 0U);
}

CO_TEST(children_that_end_by_a_requested_stop_are_no_error) {
    int stopped = 0;
    weir::task_group group(co_await weir::this_task(), 2);
    auto a = group.spawn(sleep_long, std::ref(stopped));
    static_cast<void>(co_await a);
    group.request_stop();
    const auto outcome = co_await group.join();
    CO_CHECK(outcome.has_value());
    CO_CHECK_EQUAL(stopped, 1);
}

CO_TEST(a_stop_of_the_owner_stops_the_children_and_join_says_so) {
    int stopped = 0;
    weir::task_group group(co_await weir::this_task(), 2);
    auto a = group.spawn(sleep_long, std::ref(stopped));
    static_cast<void>(co_await a);
    (co_await weir::this_task()).ambient().request_stop();
    const auto outcome = co_await group.join();
    CO_CHECK(!outcome && outcome.error() == std::errc::operation_canceled);
    CO_CHECK_EQUAL(stopped, 1);
}

CO_TEST(a_deadline_around_join_stops_the_children) {
    int stopped = 0;
    weir::task_group group(co_await weir::this_task(), 2);
    auto a = group.spawn(sleep_long, std::ref(stopped));
    static_cast<void>(co_await a);
    const auto start = weir::reactor::current().now();
    const auto outcome = co_await weir::with_timeout(1s, group.join());
    CO_CHECK(!outcome && outcome.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(stopped, 1);
    CO_CHECK(weir::reactor::current().now() - start < 2s);
}

CO_TEST(a_deadline_that_passed_before_join_stops_the_children_too) {
    int stopped = 0;
    weir::stop_source source;
    source.request_stop();
    weir::task_group group(co_await weir::this_task(), 2);
    auto a = group.spawn(sleep_long, std::ref(stopped));
    static_cast<void>(co_await a);
    const auto outcome = co_await weir::with_stop(source, join(group));
    CO_CHECK(!outcome && outcome.error() == std::errc::operation_canceled);
    CO_CHECK_EQUAL(stopped, 1);
}

CO_TEST(arguments_live_until_the_child_has_ended) {
    probe::reset();
    bool intact = false;
    {
        weir::task_group group(co_await weir::this_task(), 1);
        auto started = group.spawn(keep, probe(1), probe(2), std::ref(intact));
        static_cast<void>(co_await started);
        static_cast<void>(co_await group.join());
    }
    CO_CHECK(intact);
    CO_CHECK_EQUAL(probe::live(), 0);
    CO_CHECK_EQUAL(probe::copies(), 0);
}

CO_TEST(a_capturing_lambda_lives_until_the_child_has_ended) {
    std::string log;
    weir::task_group group(co_await weir::this_task(), 2);
    {
        const auto text = std::make_shared<std::string>("kept");
        auto started = group.spawn([text, &log]() -> weir::task<> {
            static_cast<void>(co_await weir::sleep_for(1ms));
            log += *text;
        });
        static_cast<void>(co_await started);
    }
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(log, "kept");
}

CO_TEST(a_group_is_used_again_after_join) {
    int count = 0;
    weir::task_group group(co_await weir::this_task(), 1);
    for (int round = 0; round < 3; ++round) {
        auto started = group.spawn(at_once, std::ref(count));
        static_cast<void>(co_await started);
        const auto outcome = co_await group.join();
        CO_CHECK(outcome.has_value());
    }
    CO_CHECK_EQUAL(count, 3);
}

CO_TEST(try_spawn_starts_only_when_there_is_room) {
    gauge all;
    weir::task_group group(co_await weir::this_task(), 1);
    CO_CHECK(group.try_spawn(work, std::ref(all), 1ms));
    CO_CHECK(!group.try_spawn(work, std::ref(all), 1ms));
    static_cast<void>(co_await group.join());
    CO_CHECK(group.try_spawn(work, std::ref(all), 1ms));
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(all.done, 2);
}

CO_TEST(a_spawn_whose_arguments_throw_takes_no_place) {
    const throws_on_copy thrower;
    int caught = 0;
    weir::task_group group(co_await weir::this_task(), 1);
    try {
        static_cast<void>(group.try_spawn(take, thrower));
    } catch (const std::runtime_error&) {
        ++caught;
    }
    CO_CHECK_EQUAL(caught, 1);
    CO_CHECK_EQUAL(group.in_flight(), 0U);
    const auto outcome = co_await group.join();
    CO_CHECK(outcome.has_value());
}

CO_TEST(many_children_come_and_go) {
    int count = 0;
    weir::task_group group(co_await weir::this_task(), 100);
    for (int i = 0; i < 10000; ++i) {
        auto started = group.spawn(at_once, std::ref(count));
        const auto outcome = co_await started;
        if (!outcome) break;
    }
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(count, 10000);
}

CO_TEST(ten_thousand_children_wait_at_once) {
    gauge all;
    weir::task_group group(co_await weir::this_task(), 10000);
    for (int i = 0; i < 10000; ++i) static_cast<void>(group.try_spawn(work, std::ref(all), 1s));
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(all.most, 10000);
    CO_CHECK_EQUAL(all.done, 10000);
}

CO_TEST(a_child_may_spawn_into_its_own_group) {
    gauge all;
    std::string log;
    weir::task_group group(co_await weir::this_task(), 2);
    auto started = group.spawn(spawn_into, std::ref(group), std::ref(all), std::ref(log), 'x');
    static_cast<void>(co_await started);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(log, "x");
    CO_CHECK_EQUAL(all.done, 1);
}

BOOST_AUTO_TEST_SUITE_END()
