// SPDX-License-Identifier: Apache-2.0
// ok(): hands an error upward out of a `task<result<T>>`, the way Rust's `?` does.
//
// C++20 has no way to end a coroutine from inside an await other than by an exception, so the
// error path throws one that the promise turns back into a result: about a microsecond a level,
// on errors only. The success path is a branch.
#pragma once

#include <weir/coro/concepts.hpp>

#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class R>
decltype(auto) value_or_leave(R&& outcome) {
    using error_type = typename std::remove_cvref_t<R>::error_type;
    if (!outcome) throw early_error<error_type>{std::forward<R>(outcome).error()};
    return *std::forward<R>(outcome);
}

/// Whether a coroutine with promise `P` can end with an error of type `E`.
template <class P, class E>
inline constexpr bool can_leave_with = false;
template <class T, class E>
inline constexpr bool can_leave_with<task_promise<result<T, E>>, E> = true;

template <class A>
class ok_awaiter {
public:
    explicit ok_awaiter(A&& awaited) : awaiter_(awaiter_of(std::forward<A>(awaited))) {}

    [[nodiscard]] bool await_ready() { return awaiter_.await_ready(); }
    template <weir_promise P>
    auto await_suspend(std::coroutine_handle<P> self) {
        static_assert(can_leave_with<P, typename await_result_t<A>::error_type>,
                      "ok() needs a task of a result with the same error type around it");
        return awaiter_.await_suspend(self);
    }
    auto await_resume() -> typename await_result_t<A>::value_type {
        return value_or_leave(awaiter_.await_resume());
    }

private:
    awaiter_t<A> awaiter_;
};

}  // namespace detail

/// Awaits `awaited`, which yields a `result<T, E>`, and gives the `T`; on an error, leaves the
/// surrounding `task<result<U, E>>` with that error. Locals are destroyed as by a return.
///
/// ```cpp
/// weir::task<weir::result<int>> f() { int n = co_await weir::ok(g()); co_return n + 1; }
/// ```
/// Errors:        whatever `awaited` gives, as the result of the surrounding task.
/// Cancellation:  as `awaited`.
template <awaitable A>
    requires detail::is_result<std::remove_cvref_t<await_result_t<A>>>
[[nodiscard]] detail::ok_awaiter<A> ok(A&& awaited) {
    return detail::ok_awaiter<A>(std::forward<A>(awaited));
}

/// The same for a result that is already there.
template <class T, class E>
T ok(result<T, E> outcome) {
    return static_cast<T>(detail::value_or_leave(std::move(outcome)));
}

}  // namespace weir
