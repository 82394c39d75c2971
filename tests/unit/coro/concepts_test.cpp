// SPDX-License-Identifier: Apache-2.0
// awaitable: what counts as one, and that anything awaitable can be made a task.
#include <weir/coro/concepts.hpp>

#include "co_test.hpp"

#include <weir/io/sleep.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/mutex.hpp>

#include <chrono>
#include <type_traits>

BOOST_AUTO_TEST_SUITE(concepts_test)

namespace {

using namespace std::chrono_literals;

static_assert(weir::awaitable<weir::task<int>>);
static_assert(weir::awaitable<weir::sleep_awaiter>);
static_assert(weir::awaitable<weir::mutex::lock_awaiter>);
static_assert(!weir::awaitable<int>);
static_assert(!weir::awaitable<weir::event>);
static_assert(std::is_same_v<weir::await_result_t<weir::task<int>>, int>);
static_assert(std::is_same_v<weir::await_result_t<weir::sleep_awaiter>, weir::result<void>>);

}  // namespace

CO_TEST(an_awaitable_that_cannot_move_becomes_a_task) {
    weir::event event;
    event.set();
    auto wait = event.wait();
    const auto waited = co_await weir::detail::as_task(wait);
    CO_CHECK(waited.has_value());
}

CO_TEST(a_task_stays_the_task_it_is) {
    auto give = []() -> weir::task<int> { co_return 3; };
    auto task = give();
    const auto* promise = &task.promise();
    auto same = weir::detail::as_task(std::move(task));
    CO_CHECK(&same.promise() == promise);
    const int value = co_await std::move(same);
    CO_CHECK_EQUAL(value, 3);
}

BOOST_AUTO_TEST_SUITE_END()
