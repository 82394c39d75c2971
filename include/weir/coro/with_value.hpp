// SPDX-License-Identifier: Apache-2.0
// with_value: runs work with one more typed value in its context, which all its children inherit.
#pragma once

#include <weir/coro/detail/scoped_run.hpp>

#include <utility>

namespace weir {

namespace detail {

template <class T, class Task>
class with_value_awaiter final : public scoped_run<Task> {
public:
    explicit with_value_awaiter(T value, Task&& task)
        : scoped_run<Task>(std::move(task)), value_(std::move(value)) {}

    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        this->enter(self.promise()).set(value_);
        return this->run();
    }
    decltype(auto) await_resume() { return this->take(); }

private:
    T value_;
};

}  // namespace detail

/// Runs `awaited` with `value` as the context value of type `T`: `this_task().find<T>()` gives it
/// there and in every descendant, until a descendant overrides it.
///
/// @return        what `awaited` gives.
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
/// Allocates:     one small table for the new scope.
template <class T, awaitable A>
[[nodiscard]] auto with_value(T value, A&& awaited) {
    return detail::with_value_awaiter<T, detail::task_of<A>>(
        std::move(value), detail::as_task(std::forward<A>(awaited)));
}

}  // namespace weir
