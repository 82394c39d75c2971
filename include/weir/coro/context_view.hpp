// SPDX-License-Identifier: Apache-2.0
// context_view: chosen context values of a task, for work that does not run below it: on another
// shard, or on a thread of `offload`.
//
// Context does not go there by itself: a task on another shard runs in the root scope of that
// shard. What is taken along is named, and must be deeply_immutable, so that two threads may read
// it; so nothing is copied: whoever waits for the work keeps the values.
#pragma once

#include <weir/coro/detail/with_context.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/task.hpp>
#include <weir/state/deeply_immutable.hpp>

#include <array>
#include <coroutine>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// Where the values of the types `Ts` are; each may be missing. Good while the task that made it
/// is in the scope where it made it. May be used by any thread meanwhile.
///
/// ```cpp
/// const auto here = co_await weir::this_context<tenant, locale>();
/// auto call = other.run(weir::carrying(here, &render), page);       // render finds both there
/// auto job = weir::offload(&compress, here);                        // a plain argument
/// ```
template <deeply_immutable... Ts>
class context_view {
public:
    context_view() noexcept = default;
    explicit context_view(const scope& of) noexcept : values_(of.find<Ts>()...) {}

    /// The value of type `T`, one of `Ts`, or null.
    template <class T>
    [[nodiscard]] const T* find() const noexcept {
        return std::get<const T*>(values_);
    }
    /// Gives the values to `inner`, which must not outlive them.
    void set_in(scope& inner) const {
        const std::array<detail::context_entry, sizeof...(Ts)> entries{
            detail::context_entry(detail::context_index<Ts>(), find<Ts>())...};
        inner.set_all(entries);
    }

private:
    std::tuple<const Ts*...> values_;
};

namespace detail {

template <class... Ts>
class this_context_awaiter {
public:
    this_context_awaiter() noexcept = default;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        view_ = context_view<Ts...>(self.promise().ambient());
        return false;
    }
    [[nodiscard]] context_view<Ts...> await_resume() const noexcept { return view_; }

private:
    context_view<Ts...> view_;
};

/// A callable whose task has the values of a view in its context.
template <class View, class F>
class carrying_call {
public:
    explicit carrying_call(View view, F callable) : view_(view), callable_(std::move(callable)) {}

    template <class... Args>
        requires is_task<std::invoke_result_t<F&, Args...>>
    [[nodiscard]] auto operator()(Args... args) -> std::invoke_result_t<F&, Args...> {
        co_return co_await run_with_context(view_, std::invoke(callable_, std::move(args)...));
    }

private:
    View view_;
    F callable_;
};

}  // namespace detail

/// Gives a view of the context values of the types `Ts` of the running task. Never suspends.
///
/// @return        a context_view; values that are missing are null in it.
/// Errors:        none.
/// Cancellation:  not a cancel point.
template <deeply_immutable... Ts>
[[nodiscard]] detail::this_context_awaiter<Ts...> this_context() noexcept {
    return {};
}

/// Runs `awaited` with the values that `view` has.
///
/// @return        what `awaited` gives.
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
/// Allocates:     one small table for the new scope.
template <class... Ts, awaitable A>
[[nodiscard]] auto with_context(const context_view<Ts...>& view, A&& awaited) {
    return detail::run_with_context(view, std::forward<A>(awaited));
}

/// Makes of `callable`, which gives a task, one whose task has the values of `view`, for
/// `shard::run`. It must live until that task has ended; `run` sees to that.
template <class... Ts, class F>
[[nodiscard]] auto carrying(const context_view<Ts...>& view, F&& callable) {
    return detail::carrying_call<context_view<Ts...>, std::decay_t<F>>(view,
                                                                       std::forward<F>(callable));
}

}  // namespace weir
