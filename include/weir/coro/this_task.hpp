// SPDX-License-Identifier: Apache-2.0
// What a running task can learn about itself and do with its ambient scope: its scope, whether it
// is asked to stop, yielding its turn.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/wait_point.hpp>

#include <coroutine>
#include <string>

namespace weir {

/// A view of the running task: `task_view self = co_await this_task();`. Valid while the task runs.
class task_view {
public:
    explicit task_view(detail::promise_base& promise) noexcept : promise_(&promise) {}

    [[nodiscard]] scope& ambient() const noexcept { return promise_->ambient(); }
    [[nodiscard]] bool stop_requested() const noexcept { return ambient().is_stopped(); }
    /// `time_point::max()` = none.
    [[nodiscard]] scope::time_point deadline() const noexcept { return ambient().deadline(); }
    /// The nearest context value of type `T`, or null. O(1) at any depth.
    template <class T>
    [[nodiscard]] const T* find() const noexcept {
        return ambient().find<T>();
    }
    template <class T>
    [[nodiscard]] bool contains() const noexcept {
        return ambient().contains<T>();
    }
    [[nodiscard]] detail::promise_base& promise() const noexcept { return *promise_; }

private:
    detail::promise_base* promise_;
};

namespace detail {

class this_task_awaiter {
public:
    this_task_awaiter() noexcept = default;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        promise_ = &self.promise();
        return false;
    }
    [[nodiscard]] task_view await_resume() const noexcept { return task_view(*promise_); }

private:
    promise_base* promise_ = nullptr;
};

class check_stopped_awaiter {
public:
    check_stopped_awaiter() noexcept = default;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        stopped_ = self.promise().ambient().is_stopped();
        return false;
    }
    [[nodiscard]] result<void> await_resume() const noexcept {
        if (stopped_) return fail(std::errc::operation_canceled);
        return {};
    }

private:
    bool stopped_ = false;
};

class yield_awaiter final : public wait_point {
public:
    yield_awaiter() noexcept = default;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        stopped_ = self.promise().ambient().is_stopped();
        if (stopped_) return false;
        suspend(self.promise());
        wake();
        return true;
    }
    result<void> await_resume() const noexcept {
        if (stopped_) return fail(std::errc::operation_canceled);
        return {};
    }
    void request_stop() noexcept override {}
    void describe(std::string& out) const override { out += "its turn"; }

private:
    bool stopped_ = false;
};

}  // namespace detail

/// Gives a view of the running task. Never suspends.
///
/// @return        the task's scope, stop state, deadline and context values.
/// Errors:        none.
/// Cancellation:  not a cancel point.
[[nodiscard]] inline detail::this_task_awaiter this_task() noexcept { return {}; }

/// Asks whether the running task should stop. Never suspends.
///
/// @return        success, or operation_canceled once a stop was requested.
/// Errors:        operation_canceled.
/// Cancellation:  this is the bare cancel point, for loops that await nothing else.
[[nodiscard]] inline detail::check_stopped_awaiter check_stopped() noexcept { return {}; }

/// Lets the other ready tasks of this shard run, then goes on.
///
/// Errors:        operation_canceled.
/// Cancellation:  a stop seen at the start ends it at once, without giving up the turn.
/// Allocates:     nothing.
[[nodiscard]] inline detail::yield_awaiter yield() noexcept { return {}; }

}  // namespace weir
