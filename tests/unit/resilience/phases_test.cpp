// SPDX-License-Identifier: Apache-2.0
// What waits by itself is a phase of the budget above it: pool, rate limit, bulkhead, load shedder,
// retry, cache, name and connection.
#include "co_test.hpp"

#include <weir/cache/cache.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/within.hpp>
#include <weir/pool/pool.hpp>
#include <weir/rate/rate_limiter.hpp>
#include <weir/resilience/bulkhead.hpp>
#include <weir/resilience/load_shedder.hpp>
#include <weir/resilience/retry.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(phases_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::resilience;
using weir::result;
using weir::task;
using weir::within;

task<result<int>> slow() {
    co_await weir::ok(weir::sleep_for(1h));
    co_return 1;
}
task<result<int>> refuse() { co_return weir::fail(std::errc::connection_refused); }

/// The phase that spent most of the 250 ms that `work()` is given.
template <class F>
task<std::string> phase_of(F work) {
    const auto got = co_await within(250ms, work());
    co_return got ? "none" : got.error().phase();
}
task<> occupy(bulkhead& places) { static_cast<void>(co_await places.call(slow)); }
task<> occupy_shedder(load_shedder& places) { static_cast<void>(co_await places.call(slow)); }

}  // namespace

CO_TEST(waiting_for_a_pool_is_a_phase) {
    weir::pool<int> things(co_await weir::this_task(), [] { return slow(); });
    const auto phase = co_await phase_of([&] { return things.acquire(); });
    CO_CHECK_EQUAL(phase, "pool");
    static_cast<void>(co_await things.drain());
}

CO_TEST(waiting_for_a_rate_limit_is_a_phase) {
    // It could be served in time, but for those before it.
    weir::rate::rate_limiter<> limit(weir::rate::quota(1, 200ms));
    CO_CHECK(limit.try_acquire());
    const auto first = [&]() -> task<> { static_cast<void>(co_await limit.acquire()); };
    weir::task_group others(co_await weir::this_task(), 2);
    CO_CHECK(others.try_spawn(first));
    CO_CHECK(others.try_spawn(first));
    const auto phase = co_await phase_of([&] { return limit.acquire(); });
    CO_CHECK_EQUAL(phase, "rate limit");
    others.request_stop();
    static_cast<void>(co_await others.join());
}

CO_TEST(waiting_for_a_place_is_a_phase) {
    bulkhead_options one(1);
    one.max_waiting = 5;
    bulkhead places(one);
    load_shedder shedder(shedder_options(1));
    weir::task_group others(co_await weir::this_task(), 2);
    CO_CHECK(others.try_spawn(occupy, std::ref(places)));
    CO_CHECK(others.try_spawn(occupy_shedder, std::ref(shedder)));
    const auto in_bulkhead = co_await phase_of([&] { return places.call(slow); });
    CO_CHECK_EQUAL(in_bulkhead, "bulkhead");
    const auto in_shedder = co_await phase_of([&] { return shedder.call(slow); });
    CO_CHECK_EQUAL(in_shedder, "load shedder");
    others.request_stop();
    static_cast<void>(co_await others.join());
}

CO_TEST(the_pauses_of_a_retry_are_a_phase) {
    const retry_options patient(backoff_policy::constant(60ms));
    const auto phase = co_await phase_of([&] { return retry(patient, refuse); });
    CO_CHECK_EQUAL(phase, "retry pause");
}

CO_TEST(waiting_for_the_load_of_a_cache_is_a_phase) {
    weir::cache<int, int> kept(co_await weir::this_task(), weir::cache_options(10),
                               [](const int&) { return slow(); });
    const auto phase = co_await phase_of([&] { return kept.get(7); });
    CO_CHECK_EQUAL(phase, "load");
}

BOOST_AUTO_TEST_SUITE_END()
