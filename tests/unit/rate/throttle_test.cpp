// SPDX-License-Identifier: Apache-2.0
// throttle: no period has more than the limit, in the order in which they came.
#include <weir/rate/throttle.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(throttle_test)

namespace {

using namespace std::chrono_literals;
using weir::rate::quota;
using weir::rate::throttle;
using weir::test::is_about;

using calls = std::vector<std::pair<int, std::chrono::nanoseconds>>;

weir::task<> call(throttle& limit, int number, weir::reactor::time_point begin, calls& made) {
    const auto allowed = co_await limit.acquire();
    if (allowed) made.emplace_back(number, weir::reactor::current().now() - begin);
}

}  // namespace

CO_TEST(after_a_rest_no_more_begin_within_a_period_than_ever) {
    throttle limit(quota(2, 10s));
    const auto begin = weir::reactor::current().now();
    calls made;
    weir::task_group group(co_await weir::this_task(), 10);
    CO_CHECK(group.try_spawn(call, std::ref(limit), 0, begin, std::ref(made)));
    static_cast<void>(co_await weir::sleep_for(9s));
    for (int i = 1; i < 5; ++i) {
        CO_CHECK(group.try_spawn(call, std::ref(limit), i, begin, std::ref(made)));
    }
    static_cast<void>(co_await group.join());
    CO_REQUIRE(made.size() == 5);
    for (int i = 0; i < 5; ++i) CO_CHECK_EQUAL(made[static_cast<std::size_t>(i)].first, i);
    CO_CHECK(made[0].second == 0s);
    CO_CHECK(is_about(made[1].second, 9s));
    CO_CHECK(is_about(made[2].second, 10s));
    // A token bucket would let this one pass a period after the one before the last.
    CO_CHECK(is_about(made[3].second, 19s));
    CO_CHECK(is_about(made[4].second, 20s));
}

CO_TEST(waiting_allocates_nothing) {
    throttle limit(quota(1, 1s));
    for (int i = 0; i < 5; ++i) static_cast<void>(co_await limit.acquire());
    const weir::test::allocation_count allocated;
    for (int i = 0; i < 10; ++i) static_cast<void>(co_await limit.acquire());
    CO_CHECK_EQUAL(allocated.value(), 0U);
}

BOOST_AUTO_TEST_SUITE_END()
