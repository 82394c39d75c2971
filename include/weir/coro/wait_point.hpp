// SPDX-License-Identifier: Apache-2.0
// wait_point: the one primitive through which every suspension passes. It knows who waits, since
// when and for what, and how to end the wait when a stop is requested. (trio's `Abort` is the idea:
// one trap for all blocking, so that cancellation and the task tree cost nothing extra.)
#pragma once

#include <weir/coro/detail/promise.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace weir {

/// Base of every awaiter at which a coroutine really stops. Lives in the awaiting frame, may be
/// handed on until somebody waits but neither copies nor moves then, and is touched by its own
/// thread only.
///
/// ```text
///  idle --suspend--> waiting --wake--> idle          request_stop() asks the derived class to end
///                       \--request_stop--^           the wait; it never resumes anybody itself
/// ```
class wait_point {
public:
    wait_point(const wait_point&) = delete;
    wait_point& operator=(const wait_point&) = delete;

    /// Ends the wait early if the derived class can: called when the waiter's scope is stopped.
    /// Must not resume the waiter directly, only `wake()` it or start what will wake it later.
    virtual void request_stop() noexcept = 0;

    /// Appends what is waited for, in a few words: `recv fd=7`, `mutex 0x...`.
    virtual void describe(std::string& out) const = 0;

    [[nodiscard]] bool is_waiting() const noexcept { return waiter_ != nullptr; }
    /// When the present wait began: loop time, so at most one loop turn coarse.
    [[nodiscard]] std::chrono::steady_clock::time_point since() const noexcept { return since_; }

protected:
    wait_point() noexcept = default;
    wait_point([[maybe_unused]] wait_point&& other) noexcept {
        WEIR_ASSERT(other.waiter_ == nullptr,
                    "a wait point was moved while a coroutine waits at it");
    }
    ~wait_point() {
        WEIR_ASSERT(waiter_ == nullptr, "a wait point was destroyed while a coroutine waits at it");
    }

    /// Notes that `waiter` is suspended here.
    void suspend(detail::promise_base& waiter) noexcept {
        waiter_ = &waiter;
        since_ = detail::run_queue::current().now();
        waiter.wait_at(*this);
    }
    /// Makes the waiter runnable; it resumes from the run queue, never inside this call.
    void wake() noexcept {
        detail::promise_base* waiter = std::exchange(waiter_, nullptr);
        detail::run_queue::current().push(*waiter);
    }

private:
    detail::promise_base* waiter_ = nullptr;
    std::chrono::steady_clock::time_point since_{};
};

}  // namespace weir
