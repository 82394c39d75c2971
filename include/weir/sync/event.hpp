// SPDX-License-Identifier: Apache-2.0
// event: a flag that tasks can wait for.
#pragma once

#include <weir/coro/wait_queue.hpp>

#include <coroutine>
#include <string>

namespace weir {

/// A flag, clear at first. Belongs to one shard. Must not be destroyed while somebody waits.
///
/// ```cpp
/// weir::event ready;
/// co_await ready.wait();   // in one task
/// ready.set();             // in another
/// ```
class event {
public:
    class wait_awaiter;

    event() noexcept = default;

    /// Raises the flag and wakes everyone who waits.
    void set() noexcept {
        set_ = true;
        waiters_.wake_all();
    }
    /// Lowers the flag. Those already woken are not affected.
    void reset() noexcept { set_ = false; }
    [[nodiscard]] bool is_set() const noexcept { return set_; }

    /// Waits until the flag is raised; returns at once when it is.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  the waiter leaves the line; nothing is lost.
    /// Allocates:     nothing.
    [[nodiscard]] wait_awaiter wait() noexcept;

private:
    wait_queue waiters_;
    bool set_ = false;
};

class event::wait_awaiter final : public wait_queue::waiter {
public:
    explicit wait_awaiter(event& event) noexcept : event_(event) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        if (note_stop(self.promise()) || event_.set_) return false;
        return join(event_.waiters_, self.promise());
    }
    result<void> await_resume() const noexcept { return outcome(); }
    void describe(std::string& out) const override { out += "event"; }

private:
    event& event_;
};

inline event::wait_awaiter event::wait() noexcept { return wait_awaiter(*this); }

}  // namespace weir
