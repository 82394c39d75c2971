// SPDX-License-Identifier: Apache-2.0
// What can be awaited in a weir coroutine, and what comes out of it.
#pragma once

#include <weir/coro/task.hpp>

#include <concepts>
#include <coroutine>
#include <utility>

namespace weir {

namespace detail {

template <class A>
decltype(auto) awaiter_of(A&& awaitable) {
    if constexpr (requires { std::forward<A>(awaitable).operator co_await(); }) {
        return std::forward<A>(awaitable).operator co_await();
    } else if constexpr (requires { operator co_await(std::forward<A>(awaitable)); }) {
        return operator co_await(std::forward<A>(awaitable));
    } else {
        return std::forward<A>(awaitable);
    }
}

template <class A>
using awaiter_t = decltype(awaiter_of(std::declval<A>()));

}  // namespace detail

/// An expression that `co_await` accepts.
template <class A>
concept awaitable = requires(A&& a) {
    { std::declval<detail::awaiter_t<A>>().await_ready() } -> std::convertible_to<bool>;
    std::declval<detail::awaiter_t<A>>().await_resume();
};

/// The type that `co_await` of an `A` gives.
template <awaitable A>
using await_result_t = decltype(std::declval<detail::awaiter_t<A>>().await_resume());

namespace detail {

template <awaitable A>
task<await_result_t<A>> await_in_task(A awaited) {
    co_return co_await static_cast<A&&>(awaited);
}

/// Makes a task of any awaitable. A temporary is moved into it; what has a name is referred to and
/// must live until the task ends.
template <awaitable A>
auto as_task(A&& awaited) {
    if constexpr (is_task<std::remove_cvref_t<A>>) {
        return std::remove_cvref_t<A>(std::forward<A>(awaited));
    } else {
        static_assert(std::move_constructible<A>,
                      "give an awaitable that cannot move a name first");
        return await_in_task<A>(std::forward<A>(awaited));
    }
}

template <awaitable A>
using task_of = decltype(as_task(std::declval<A>()));

}  // namespace detail

}  // namespace weir
