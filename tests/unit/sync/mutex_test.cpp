// SPDX-License-Identifier: Apache-2.0
// mutex: one at a time, in the order of asking, and never lost to a waiter that gave up.
#include <weir/sync/mutex.hpp>

#include "co_test.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(mutex_test)

namespace {

using namespace std::chrono_literals;

class guarded {
public:
    weir::mutex mutex;
    int inside = 0;
    int most_inside = 0;
    std::string log;
};

weir::task<weir::result<void>> enter(guarded& room, char name, int turns) {
    const auto guard = co_await room.mutex.lock();
    if (!guard) co_return weir::fail(guard.error());
    room.most_inside = std::max(room.most_inside, ++room.inside);
    room.log += name;
    for (int i = 0; i < turns; ++i) static_cast<void>(co_await weir::yield());
    --room.inside;
    co_return weir::result<void>();
}
weir::task<> hold(guarded& room, weir::stop_source& stop_next, bool unlock_first) {
    auto guard = co_await room.mutex.lock();
    static_cast<void>(co_await weir::yield());
    if (guard && unlock_first) guard->unlock();
    stop_next.request_stop();
}

}  // namespace

CO_TEST(only_one_is_inside_and_all_come_in_the_order_of_asking) {
    guarded room;
    static_cast<void>(co_await weir::when_all(enter(room, 'a', 3), enter(room, 'b', 0),
                                              enter(room, 'c', 2), enter(room, 'd', 1)));
    CO_CHECK_EQUAL(room.most_inside, 1);
    CO_CHECK_EQUAL(room.log, "abcd");
    CO_CHECK(!room.mutex.is_locked());
}

CO_TEST(a_free_lock_is_taken_without_suspension) {
    guarded room;
    for (int i = 0; i < 3; ++i) {
        const auto guard = co_await room.mutex.lock();
        CO_CHECK(guard.has_value());
    }
}

CO_TEST(a_waiter_that_is_stopped_leaves_the_line) {
    guarded room;
    weir::stop_source source;
    const auto [held, stopped, next] =
        co_await weir::when_all(hold(room, source, false),
                                weir::with_stop(source, enter(room, 'x', 0)), enter(room, 'c', 0));
    CO_CHECK(!stopped && stopped.error() == std::errc::operation_canceled);
    CO_CHECK(next.has_value());
    CO_CHECK_EQUAL(room.log, "c");
    CO_CHECK(!room.mutex.is_locked());
}

CO_TEST(a_waiter_that_was_handed_the_lock_and_then_stopped_has_it) {
    guarded room;
    weir::stop_source source;
    const auto [held, handed, next] =
        co_await weir::when_all(hold(room, source, true),
                                weir::with_stop(source, enter(room, 'x', 0)), enter(room, 'c', 0));
    CO_CHECK(handed.has_value());
    CO_CHECK(next.has_value());
    CO_CHECK_EQUAL(room.log, "xc");
    CO_CHECK(!room.mutex.is_locked());
}

CO_TEST(waiting_for_a_lock_can_time_out) {
    guarded room;
    const auto outer = co_await room.mutex.lock();
    const auto start = weir::reactor::current().now();
    const auto second = co_await weir::with_timeout(1s, enter(room, 'b', 0));
    CO_CHECK(!second && second.error() == std::errc::timed_out);
    CO_CHECK(weir::reactor::current().now() - start >= 1s);
    CO_CHECK_EQUAL(room.log, "");
}

CO_TEST(a_guard_moves_and_unlocks_once) {
    guarded room;
    {
        auto first = co_await room.mutex.lock();
        CO_REQUIRE(first.has_value());
        weir::mutex::guard moved(std::move(*first));
        CO_CHECK(room.mutex.is_locked());
    }
    CO_CHECK(!room.mutex.is_locked());
}

BOOST_AUTO_TEST_CASE(try_lock_takes_only_a_free_lock) {
    weir::mutex mutex;
    BOOST_TEST(mutex.try_lock());
    BOOST_TEST(!mutex.try_lock());
    mutex.unlock();
    BOOST_TEST(mutex.try_lock());
    mutex.unlock();
}

BOOST_AUTO_TEST_SUITE_END()
