// SPDX-License-Identifier: Apache-2.0
// In a steady state, awaiting, spawning, locking, sending and timing allocate nothing.
#include "allocation_count.hpp"
#include "co_test.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/channel.hpp>
#include <weir/sync/mutex.hpp>
#include <weir/sync/semaphore.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(steady_state_test)

namespace {

using namespace std::chrono_literals;

weir::task<int> child() {
    static_cast<void>(co_await weir::yield());
    co_return 1;
}
weir::task<weir::result<int>> timed_child() {
    const auto slept = co_await weir::sleep_for(1ms);
    if (!slept) co_return weir::fail(slept.error());
    co_return 1;
}
weir::task<> grouped_child(weir::mutex& mutex, weir::semaphore& permits) {
    const auto guard = co_await mutex.lock();
    const auto permit = co_await permits.acquire();
    static_cast<void>(co_await weir::yield());
}

weir::task<> await_children() { static_cast<void>(co_await child()); }
weir::task<> run_a_group() {
    weir::mutex mutex;
    weir::semaphore permits(1);
    weir::task_group group(co_await weir::this_task(), 4);
    for (int i = 0; i < 10; ++i) {
        auto started = group.spawn(grouped_child, std::ref(mutex), std::ref(permits));
        static_cast<void>(co_await started);
    }
    static_cast<void>(co_await group.join());
}
weir::task<> take_turns() {
    static_cast<void>(co_await weir::when_all(child(), child()));
    static_cast<void>(co_await weir::when_any(timed_child(), weir::sleep_for(1h)));
    static_cast<void>(co_await weir::with_timeout(1s, timed_child()));
    static_cast<void>(co_await weir::with_timeout(1ms, weir::sleep_for(1h)));
    static_cast<void>(co_await weir::shield(weir::sleep_for(1ms), 1s));
}

/// How much `work` takes from the heap once it has been done a few times.
weir::task<std::uint64_t> allocations_of(weir::task<> (*work)()) {
    for (int i = 0; i < 5; ++i) co_await work();
    const weir::test::allocation_count count;
    for (int i = 0; i < 50; ++i) co_await work();
    co_return count.value();
}

}  // namespace

CO_TEST(awaiting_children_allocates_nothing) {
    const auto taken = co_await allocations_of(await_children);
    CO_CHECK_EQUAL(taken, 0U);
}

CO_TEST(groups_locks_and_permits_allocate_nothing) {
    const auto taken = co_await allocations_of(run_a_group);
    CO_CHECK_EQUAL(taken, 0U);
}

CO_TEST(races_timers_and_deadlines_allocate_nothing) {
    const auto taken = co_await allocations_of(take_turns);
    CO_CHECK_EQUAL(taken, 0U);
}

CO_TEST(a_channel_allocates_nothing_after_it_was_made) {
    weir::channel<int> numbers(2);
    auto send = [](weir::channel<int>& to) -> weir::task<> {
        for (int i = 0; i < 100; ++i) {
            const auto sent = co_await to.send(i);
            if (!sent) co_return;
        }
    };
    auto receive = [](weir::channel<int>& from) -> weir::task<> {
        for (int i = 0; i < 100; ++i) {
            const auto got = co_await from.receive();
            if (!got) co_return;
        }
    };
    static_cast<void>(co_await weir::when_all(send(numbers), receive(numbers)));
    const weir::test::allocation_count count;
    static_cast<void>(co_await weir::when_all(send(numbers), receive(numbers)));
    CO_CHECK_EQUAL(count.value(), 0U);
}

BOOST_AUTO_TEST_SUITE_END()
