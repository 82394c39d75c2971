// SPDX-License-Identifier: Apache-2.0
// context: the value of a type that the running task has inherited, and calls of its functions.
//
// A type with a default constructor always has a value: where no scope holds one, the default. So
// code that asks for its configuration runs in a test that sets up none. For the other types,
// `this_task()` gives `find<T>()`, which may be null.
#pragma once

#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>

#include <concepts>
#include <coroutine>
#include <functional>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class T>
class context_awaiter {
public:
    context_awaiter() noexcept = default;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        found_ = self.promise().ambient().template find<T>();
        return false;
    }
    [[nodiscard]] const T& await_resume() const { return found_ != nullptr ? *found_ : fallback(); }

private:
    [[nodiscard]] static const T& fallback() {
        static const T value{};
        return value;
    }

    const T* found_ = nullptr;
};

template <class Member, class T>
T class_of(Member T::*);
/// The class that `Function` is a member of.
template <auto Function>
using class_of_t = decltype(class_of(Function));

template <class R>
struct awaited_value {
    using type = R;
};
template <class T>
struct awaited_value<task<T>> {
    using type = T;
};

template <auto Function, class... Args>
using context_call_t =
    std::invoke_result_t<decltype(Function), const class_of_t<Function>&, Args...>;

}  // namespace detail

/// Gives the nearest context value of type `T`: `const config& here = co_await context<config>();`.
/// Never suspends, and costs the same at any depth.
///
/// @return        the value, good for as long as the work that it was given to; a default one,
///                the same for the whole process, where there is none. Shards share that one, so
///                the const functions of `T` must bear it.
/// Errors:        none.
/// Cancellation:  not a cancel point.
template <std::default_initializable T>
[[nodiscard]] detail::context_awaiter<T> context() noexcept {
    return {};
}

/// Calls `Function`, a const member function, of the nearest context value of its class:
/// `co_await context_call<&clock::now>()`.
///
/// @return        what it returns; of a task, what that gives. A reference is not kept: it gives a
///                copy.
/// Errors:        those of the function.
/// Cancellation:  as the function.
/// Allocates:     one pooled frame.
template <auto Function, class... Args>
    requires std::is_member_function_pointer_v<decltype(Function)>
[[nodiscard]] auto context_call(Args... args) -> task<
    typename detail::awaited_value<std::decay_t<detail::context_call_t<Function, Args...>>>::type> {
    const auto& object = co_await context<detail::class_of_t<Function>>();
    if constexpr (detail::is_task<std::decay_t<detail::context_call_t<Function, Args...>>>) {
        co_return co_await std::invoke(Function, object, std::move(args)...);
    } else {
        co_return std::invoke(Function, object, std::move(args)...);
    }
}

}  // namespace weir
