// SPDX-License-Identifier: Apache-2.0
// with_value, with_values: run work with more typed values in its context, which all its children
// inherit.
#pragma once

#include <weir/coro/detail/with_context.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// Whether each of the types stands there once.
template <class... Ts>
inline constexpr bool are_distinct = true;
template <class T, class... Rest>
inline constexpr bool are_distinct<T, Rest...> =
    (!std::is_same_v<T, Rest> && ...) && are_distinct<Rest...>;

template <class... Ts>
class context_values {
public:
    explicit context_values(Ts... values) : values_(std::move(values)...) {}
    void set_in(scope& inner) const {
        std::apply([&](const Ts&... each) { inner.set(each...); }, values_);
    }

private:
    std::tuple<Ts...> values_;
};

}  // namespace detail

/// Runs `awaited` with `value` as the context value of type `T`: `co_await context<T>()` gives it
/// there and in every descendant, until a descendant overrides it.
///
/// @return        what `awaited` gives.
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
/// Allocates:     one small table for the new scope.
template <class T, awaitable A>
[[nodiscard]] auto with_value(T value, A&& awaited) {
    return detail::run_with_context(detail::context_values<T>(std::move(value)),
                                    std::forward<A>(awaited));
}

/// The same with several values of different types in one scope, at the price of one.
///
/// ```cpp
/// auto answered = co_await weir::with_values(answer(request), request_id(7), locale("de"));
/// ```
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
/// Allocates:     one small table for the new scope.
template <awaitable A, class... Ts>
[[nodiscard]] auto with_values(A&& awaited, Ts... values) {
    static_assert(detail::are_distinct<Ts...>, "a context holds one value of a type");
    return detail::run_with_context(detail::context_values<Ts...>(std::move(values)...),
                                    std::forward<A>(awaited));
}

}  // namespace weir
