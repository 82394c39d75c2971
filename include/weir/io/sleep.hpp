// SPDX-License-Identifier: Apache-2.0
// sleep_for, sleep_until: wait for a moment.
#pragma once

#include <weir/coro/wait_point.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>

#include <chrono>
#include <coroutine>
#include <string>

namespace weir {

/// The awaiter of `sleep_for` and `sleep_until`.
class sleep_awaiter final : public wait_point, private timer {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit sleep_awaiter(std::chrono::nanoseconds duration) noexcept : duration_(duration) {}
    explicit sleep_awaiter(time_point deadline) noexcept : deadline_(deadline) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        return begin(self.promise());
    }
    result<void> await_resume() const noexcept {
        if (stopped_) return fail(std::errc::operation_canceled);
        return {};
    }

    void request_stop() noexcept override;
    void describe(std::string& out) const override { out += "timer"; }

private:
    [[nodiscard]] bool begin(detail::promise_base& promise) noexcept;
    void expired() noexcept override { wake(); }

    std::chrono::nanoseconds duration_{};
    time_point deadline_{};
    bool stopped_ = false;
};

/// Waits for `duration`; zero or negative waits for the next turn of the loop.
///
/// Errors:        operation_canceled.
/// Cancellation:  ends at once.
/// Allocates:     nothing, and makes no system call of its own.
/// Source:        timer_wheel; never early, late by at most 66 us plus one turn.
[[nodiscard]] inline sleep_awaiter sleep_for(std::chrono::nanoseconds duration) noexcept {
    return sleep_awaiter(duration);
}

/// Waits until `deadline`.
///
/// Errors:        operation_canceled.
/// Cancellation:  ends at once.
/// Allocates:     nothing, and makes no system call of its own.
[[nodiscard]] inline sleep_awaiter sleep_until(sleep_awaiter::time_point deadline) noexcept {
    return sleep_awaiter(deadline);
}

}  // namespace weir
