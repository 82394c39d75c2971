// SPDX-License-Identifier: Apache-2.0
// keep_sized: lets a pool_sizer look after a pool.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/pool/pool.hpp>
#include <weir/pool/pool_sizer.hpp>
#include <weir/trace/metric.hpp>
#include <weir/trace/recording.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace weir {

/// Looks at `sized` once per `interval` and resizes it as a pool_sizer says, beginning with
/// `sizing.least`. Each change is recorded as the gauge `pool.size` where a recorder is bound.
///
/// ```cpp
/// auto started = group.spawn(weir::keep_sized<connection>, std::ref(pool), 5, sizing, 1s);
/// ```
/// @param sized   outlives this.
/// @param min     kept open, as in pool_options; no more than the size.
/// @param interval  more than 0.
/// @return        only when it is stopped.
/// Errors:        operation_canceled.
/// Cancellation:  ends the pause; the pool keeps the size that it has.
/// Allocates:     what resizing does.
template <std::move_constructible T>
[[nodiscard]] task<result<void>> keep_sized(pool<T>& sized, std::size_t min, pool_sizing sizing,
                                            std::chrono::nanoseconds interval) {
    WEIR_ASSERT(interval > std::chrono::nanoseconds(0), "a pool is looked at from time to time");
    pool_sizer sizer(sizing, sizing.least);
    sized.resize(std::min(min, sizer.size()), sizer.size());
    for (;;) {
        const auto slept = co_await sleep_for(interval);
        if (!slept) co_return fail(slept.error());
        const metrics::histogram& waits = sized.wait_times();
        const pool_sample seen(sized.statistics(), waits.count(),
                               std::chrono::nanoseconds(waits.sum()));
        const auto wanted = sizer.observe(seen, reactor::current().now());
        if (!wanted) continue;
        sized.resize(std::min(min, *wanted), *wanted);
        const auto size = trace::metric::gauge("pool.size", static_cast<double>(*wanted));
        co_await trace::record_metric(size);
    }
}

}  // namespace weir
