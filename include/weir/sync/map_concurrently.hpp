// SPDX-License-Identifier: Apache-2.0
// map_concurrently: what a function that waits gives for each value of a stream or range, in the
// order of the values, with at most so many calls in flight.
#pragma once

#include <weir/sync/for_each_concurrent.hpp>

#include <deque>
#include <optional>
#include <type_traits>
#include <vector>

namespace weir {

namespace detail {

template <class F, class T>
using mapped_result = typename std::invoke_result_t<F&, T&&>::value_type;

/// Puts what a call gives into its place.
template <class F, class T, class R>
task<result<void>> map_one(F& function, T value, std::optional<R>& place) {
    place.emplace(co_await ok(std::invoke(function, std::move(value))));
    co_return result<void>();
}

}  // namespace detail

/// Calls `function(value)`, which gives a `task<result<R>>`, for each value of `source`; at most
/// `max_in_flight` of these tasks run at once.
///
/// @param max_in_flight  1 ... any.
/// @return        the results, in the order of the values.
/// Errors:        the first error of a task, which stops the others; or that of the source, which
///                stops them, too. Then the results that were there are dropped.
/// Cancellation:  a stop reaches the source and every task; operation_canceled when all have ended.
/// Allocates:     the results; two pooled frames and a small pooled block for each task.
template <class T, class F>
    requires detail::is_result<detail::mapped_result<F, T>>
[[nodiscard]] auto map_concurrently(stream<T> source, std::size_t max_in_flight, F function)
    -> task<result<std::vector<typename detail::mapped_result<F, T>::value_type>>> {
    using mapped = typename detail::mapped_result<F, T>::value_type;
    std::deque<std::optional<mapped>> places;  // those in use do not move when more are added
    auto call = [&](T value) {
        return detail::map_one(function, std::move(value), places.emplace_back());
    };
    co_await ok(for_each_concurrent(std::move(source), max_in_flight, std::ref(call)));
    std::vector<mapped> results;
    results.reserve(places.size());
    for (auto& each : places) {
        // A call that ends because of a stop is no error of its group.
        if (!each) co_return fail(std::errc::operation_canceled);
        results.push_back(std::move(*each));
    }
    co_return results;
}

/// The same for a range, which is moved or copied.
template <std::ranges::input_range R, class F>
[[nodiscard]] auto map_concurrently(R values, std::size_t max_in_flight, F function) {
    return map_concurrently(stream_of(std::move(values)), max_in_flight, std::move(function));
}

}  // namespace weir
