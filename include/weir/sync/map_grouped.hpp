// SPDX-License-Identifier: Apache-2.0
// map_grouped: values of different kinds that came together are handled kind by kind, each kind by
// a task of its own, and what came out is put together again in the order of the values.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/sync/map_concurrently.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

/// What a function gives for a group: a vector.
template <class F, class T>
using grouped_results = typename mapped_result<F, std::vector<T>>::value_type;

/// The values of one kind, and which of all values they were.
template <class Key, class T>
class value_group {
public:
    explicit value_group(Key of) : key(std::move(of)) {}
    Key key;
    std::vector<T> values;
    std::vector<std::size_t> places;
};

/// In the order in which the kinds came first. Kinds are few: looking for them one by one is best.
template <class T, class KeyOf>
[[nodiscard]] auto group_by(std::vector<T> values, KeyOf key_of) {
    using key = std::decay_t<std::invoke_result_t<KeyOf&, const T&>>;
    std::vector<value_group<key, T>> groups;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const key kind = std::invoke(key_of, std::as_const(values[i]));
        auto at = std::find_if(groups.begin(), groups.end(),
                               [&kind](const auto& each) { return each.key == kind; });
        if (at == groups.end()) at = groups.emplace(at, kind);
        at->values.push_back(std::move(values[i]));
        at->places.push_back(i);
    }
    return groups;
}

/// Puts what came of one group to where its values were.
template <class F, class Group, class R>
task<result<void>> map_group(F& function, Group group, std::vector<std::optional<R>>& places) {
    std::vector<R> found = co_await ok(std::invoke(function, std::move(group.values)));
    WEIR_ASSERT(found.size() == group.places.size(),
                "a group has one result for each of its values");
    for (std::size_t i = 0; i < found.size(); ++i) {
        places[group.places[i]].emplace(std::move(found[i]));
    }
    co_return result<void>();
}

}  // namespace detail

/// Calls `function(std::vector<T>)`, which gives a `task<result<std::vector<R>>>` with a result for
/// each value in their order, once for each group of values with the same `key_of(value)`; at most
/// `max_in_flight` of these tasks run at once. Under `with_timeout` groups that are not done in
/// time are stopped and waited for.
///
/// ```cpp
/// auto outcomes = co_await weir::with_timeout(5s, weir::map_grouped(messages, kind_of, 16,
/// handle));
/// ```
/// @param max_in_flight  1 ... any.
/// @return        all results, in the order of the values.
/// Errors:        the first error of a group, which stops the others.
/// Cancellation:  a stop reaches every group; operation_canceled when all have ended.
/// Allocates:     the groups and the results; pooled frames for each group.
template <class T, class KeyOf, class F>
[[nodiscard]] auto map_grouped(std::vector<T> values, KeyOf key_of, std::size_t max_in_flight,
                               F function) -> task<result<detail::grouped_results<F, T>>> {
    using mapped = typename detail::grouped_results<F, T>::value_type;
    std::vector<std::optional<mapped>> places(values.size());
    auto groups = detail::group_by(std::move(values), std::move(key_of));
    using group = typename decltype(groups)::value_type;
    auto call = [&](group each) { return detail::map_group(function, std::move(each), places); };
    co_await ok(for_each_concurrent(std::move(groups), max_in_flight, std::ref(call)));
    std::vector<mapped> results;
    results.reserve(places.size());
    for (auto& each : places) {
        // A call that ends because of a stop is no error of its group.
        if (!each) co_return fail(std::errc::operation_canceled);
        results.push_back(std::move(*each));
    }
    co_return results;
}

}  // namespace weir
