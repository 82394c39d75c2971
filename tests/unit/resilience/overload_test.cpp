// SPDX-License-Identifier: Apache-2.0
// Three times what a service can do: with a load_shedder or an adaptive_limit it goes on doing what
// it can, and that as fast as ever. Without, it does nothing of use: that is tested, too.
//
// 20 calls at once, 10 ... 30 ms each, are 1000 a second. More wait inside of the service, as in
// the queues of any real one. A call counts when it ends within twice what is normal.
#include "co_test.hpp"

#include <weir/base/random.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/metrics/histogram.hpp>
#include <weir/resilience/adaptive_limit.hpp>
#include <weir/resilience/load_shedder.hpp>
#include <weir/sync/semaphore.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

BOOST_AUTO_TEST_SUITE(overload_test)

namespace {

using namespace std::chrono_literals;
using weir::resilience::adaptive_limit;
using weir::resilience::load_shedder;
using weir::resilience::shedder_options;

constexpr std::size_t places = 20;
constexpr double calls_a_second = 1000;
constexpr auto run_time = 8s;
constexpr auto warm_up = 2s;

class service {
public:
    weir::task<weir::result<int>> call() {
        const auto place = co_await places_.acquire();
        if (!place) co_return weir::fail(place.error());
        co_await weir::ok(weir::sleep_for(chance_.between(10ms, 30ms)));
        co_return 1;
    }
    auto caller() {
        return [this] { return call(); };
    }

private:
    weir::semaphore places_{places};
    weir::random chance_{7};
};

/// Nothing between the callers and the service.
class no_guard {
public:
    template <class F>
    auto call(F work) {
        return work();
    }
};

/// What came out of one load.
class outcome {
public:
    outcome() = default;
    [[nodiscard]] std::chrono::nanoseconds p99() const {
        return std::chrono::nanoseconds(static_cast<std::int64_t>(latency.quantile(0.99)));
    }
    /// Calls a second that ended within `limit`.
    [[nodiscard]] double goodput(std::chrono::nanoseconds limit) const {
        const auto seconds = std::chrono::duration<double>(run_time - warm_up).count();
        return static_cast<double>(latency.count_up_to(static_cast<std::uint64_t>(limit.count()))) /
               seconds;
    }
    weir::metrics::histogram latency;
};

template <class Guard>
weir::task<> call_once(Guard& guard, service& backend, weir::reactor::time_point counts_from,
                       outcome& seen) {
    const auto begin = weir::reactor::current().now();
    const auto done = co_await guard.call(backend.caller());
    if (done && begin >= counts_from) seen.latency.record(weir::reactor::current().now() - begin);
}

/// Calls at `load` times of what the service can do, whether those before have ended or not.
template <class Guard>
weir::task<outcome> offer(Guard& guard, double load) {
    service backend;
    outcome seen;
    weir::random chance(3);
    const auto mean =
        std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / calls_a_second / load));
    const auto begin = weir::reactor::current().now();
    weir::task_group group(co_await weir::this_task(), 100'000);
    auto next = begin;
    while (next < begin + run_time) {
        next += chance.between(0ns, 2 * mean);
        const auto slept = co_await weir::sleep_until(next);
        if (!slept) break;
        static_cast<void>(group.try_spawn(call_once<Guard>, std::ref(guard), std::ref(backend),
                                          begin + warm_up, std::ref(seen)));
    }
    static_cast<void>(co_await group.join());
    co_return seen;
}

/// A limit on what counts: twice the slowest percent under half the load.
weir::task<std::chrono::nanoseconds> twice_normal() {
    no_guard none;
    const outcome calm = co_await offer(none, 0.5);
    CO_CHECK(calm.p99() > 25ms && calm.p99() < 35ms);
    co_return 2 * calm.p99();
}

/// The most that `Guard` gets out of the service, and what is left of it at three times the load.
template <class Guard, class Make>
weir::task<> stays_of_use(Make make) {
    const auto limit = co_await twice_normal();
    double peak = 0;
    for (const double load : {0.8, 1.0, 1.2}) {
        auto guard = make();
        const outcome seen = co_await offer(*guard, load);
        peak = std::max(peak, seen.goodput(limit));
    }
    auto guard = make();
    const outcome flooded = co_await offer(*guard, 3);
    CO_CHECK(peak > 0.9 * calls_a_second);
    CO_CHECK(flooded.goodput(limit) >= 0.9 * peak);
    CO_CHECK(flooded.p99() <= limit);
    BOOST_TEST_MESSAGE("peak " << peak << ", at 3x " << flooded.goodput(limit) << ", p99 "
                               << flooded.p99().count() / 1000 << " us of "
                               << limit.count() / 1000);
}

}  // namespace

CO_TEST(without_a_guard_three_times_the_load_leaves_nothing_of_use) {
    const auto limit = co_await twice_normal();
    no_guard none;
    const outcome flooded = co_await offer(none, 3);
    CO_CHECK(flooded.goodput(limit) < 0.05 * calls_a_second);
    CO_CHECK(flooded.p99() > 5s);
}

CO_TEST(a_load_shedder_keeps_nine_tenths_of_the_peak_at_twice_the_normal_latency) {
    const auto make = [] { return std::make_unique<load_shedder>(shedder_options(places)); };
    co_await stays_of_use<load_shedder>(make);
}

CO_TEST(an_adaptive_limit_keeps_nine_tenths_of_the_peak_at_twice_the_normal_latency) {
    const auto make = [] { return std::make_unique<adaptive_limit>(); };
    co_await stays_of_use<adaptive_limit>(make);
}

BOOST_AUTO_TEST_SUITE_END()
