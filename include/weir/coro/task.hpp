// SPDX-License-Identifier: Apache-2.0
// task<T>: a lazy coroutine that is started once, by whoever awaits it or by a group. There is no
// way to detach one: every task has a parent that outlives it.
#pragma once

#include <weir/coro/detail/promise.hpp>

#include <coroutine>
#include <utility>

namespace weir {

template <class T>
class task;

namespace detail {

template <class T>
class task_promise final : public promise<T> {
public:
    [[nodiscard]] task<T> get_return_object() noexcept;
};

}  // namespace detail

/// A piece of asynchronous work that yields a `T`. Owns its coroutine frame.
///
/// It does nothing until it is awaited (once, as an rvalue) or spawned. It may be destroyed before
/// it was started or after it has finished; in between is a contract violation, because an
/// operation of the kernel may still refer to its frame.
/// An exception that leaves the coroutine is rethrown to whoever awaits it.
///
/// ```cpp
/// weir::task<int> answer() { co_return 42; }
/// weir::task<> ask() { int value = co_await answer(); ... }
/// ```
template <class T = void>
class [[nodiscard]] task {
public:
    using promise_type = detail::task_promise<T>;
    using value_type = T;

    task(task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    task& operator=(task&& other) noexcept {
        if (this != &other) {
            destroy();
            frame_ = std::exchange(other.frame_, {});
        }
        return *this;
    }
    ~task() { destroy(); }

    class awaiter {
    public:
        explicit awaiter(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <detail::weir_promise P>
        [[nodiscard]] bool await_suspend(std::coroutine_handle<P> parent) const noexcept {
            return frame_.promise().start_under(parent.promise());
        }
        T await_resume() const { return frame_.promise().take(); }

    private:
        std::coroutine_handle<promise_type> frame_;
    };

    /// Starts the task and waits for its result; once only.
    [[nodiscard]] awaiter operator co_await() && noexcept {
        static_cast<void>(promise());
        return awaiter(frame_);
    }

    /// The coroutine, for those that drive tasks (groups, when_all, tests).
    [[nodiscard]] promise_type& promise() const noexcept {
        WEIR_ASSERT(frame_, "a task was awaited that is empty or was moved away");
        return frame_.promise();
    }

private:
    friend promise_type;

    explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

    void destroy() noexcept {
        if (!frame_) return;
        WEIR_ASSERT(!frame_.promise().is_suspended(),
                    "a task was destroyed while it waits: join it before its owner ends");
        frame_.destroy();
    }

    std::coroutine_handle<promise_type> frame_;
};

static_assert(!std::is_aggregate_v<task<int>> && !std::is_aggregate_v<task<int>::awaiter>);

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
    static_assert(alignof(task_promise) <= 2 * sizeof(void*),
                  "a task's result may not be aligned beyond 16 bytes: return it by pointer");
    return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}

template <class A>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;

}  // namespace detail

}  // namespace weir
