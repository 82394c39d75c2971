// SPDX-License-Identifier: Apache-2.0
// for_each_concurrent: each value of a stream, or of a range, goes to a task of its own, of which
// at most so many run at once. A slow one holds up nobody but its own place: the next value is
// asked for when a place is free, not when a whole batch is done.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/sync/stream.hpp>
#include <weir/sync/task_group.hpp>

#include <cstddef>
#include <functional>
#include <ranges>
#include <utility>

namespace weir {

/// What a range holds, one after the other. The range is moved or copied into the stream.
///
/// Errors:        none.
/// Cancellation:  as `stream::next`; the rest stays.
template <std::ranges::input_range R>
[[nodiscard]] stream<std::ranges::range_value_t<R>> stream_of(R range) {
    for (auto&& each : range) {
        std::ranges::range_value_t<R> value = std::move(each);
        co_yield std::move(value);
    }
}

/// Calls `handle(value)`, which gives a `task<>` or a `task<result<void>>`, for each value of
/// `source`; at most `max_in_flight` of these tasks run at once.
///
/// Completes when the source has ended and every task has.
/// @param max_in_flight  1 ... any.
/// Errors:        the first error of a task, which stops the others; or that of the source, which
///                stops them, too. An exception is rethrown after all have ended.
/// Cancellation:  a stop reaches the source and every task; this returns when all have ended.
///                A value that the source gave and for which no task was begun is dropped.
/// Allocates:     a pooled frame and a small pooled block for each task.
template <class T, class F>
    requires detail::is_group_task<std::invoke_result_t<F&, T&&>>
[[nodiscard]] task<result<void>> for_each_concurrent(stream<T> source, std::size_t max_in_flight,
                                                     F handle) {
    task_group running(co_await this_task(), max_in_flight);
    result<void> pulled;
    // The group keeps a reference; what it refers to stays here until all have ended.
    const auto call = [&handle](T value) { return std::invoke(handle, std::move(value)); };
    for (;;) {
        auto next = co_await source.next();
        if (!next) pulled = fail(next.error());
        if (!next || !*next) break;
        auto started = running.spawn(call, std::move(**next));
        pulled = co_await started;
        if (!pulled) break;
    }
    if (!pulled) running.request_stop();
    const result<void> joined = co_await running.join();
    // A child's error is why the group was stopped and took no more.
    co_return joined ? pulled : joined;
}

/// The same for a range, which is moved or copied.
///
/// Errors:        as above.
/// Cancellation:  as above.
template <std::ranges::input_range R, class F>
[[nodiscard]] task<result<void>> for_each_concurrent(R values, std::size_t max_in_flight,
                                                     F handle) {
    return for_each_concurrent(stream_of(std::move(values)), max_in_flight, std::move(handle));
}

}  // namespace weir
