// SPDX-License-Identifier: Apache-2.0
// mutex: exclusive access across suspensions. Within one shard nothing runs in parallel, so it is
// needed only where a task awaits something in the middle of a critical section.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/coro/wait_queue.hpp>

#include <coroutine>
#include <string>
#include <utility>

namespace weir {

/// A lock for tasks, first come, first served; not recursive. Belongs to one shard. Ownership
/// passes directly to the first waiter. Must not be destroyed while it is locked.
class mutex {
public:
    class lock_awaiter;
    class guard;

    mutex() noexcept = default;
    ~mutex() { WEIR_ASSERT(!locked_, "a mutex was destroyed while it is locked"); }

    /// Waits for the lock.
    ///
    /// @return        a guard that unlocks when destroyed.
    /// Errors:        operation_canceled.
    /// Cancellation:  the waiter leaves the line; a lock already handed over is returned to the
    ///                caller.
    /// Allocates:     nothing.
    [[nodiscard]] lock_awaiter lock() noexcept;

    /// Locks if nobody holds it. Pair with `unlock`.
    [[nodiscard]] bool try_lock() noexcept { return !std::exchange(locked_, true); }
    /// Hands the lock to the first waiter, or opens it.
    void unlock() noexcept {
        WEIR_ASSERT(locked_, "a mutex was unlocked that is not locked");
        locked_ = waiters_.wake_one();
    }
    [[nodiscard]] bool is_locked() const noexcept { return locked_; }

private:
    wait_queue waiters_;
    bool locked_ = false;
};

/// Holds the lock; unlocks when destroyed. Moves, does not copy.
class mutex::guard {
public:
    explicit guard(mutex& owner) noexcept : owner_(&owner) {}
    guard(guard&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    guard& operator=(guard&& other) noexcept {
        if (this != &other) {
            unlock();
            owner_ = std::exchange(other.owner_, nullptr);
        }
        return *this;
    }
    ~guard() { unlock(); }

    /// Unlocks early.
    void unlock() noexcept {
        if (mutex* owner = std::exchange(owner_, nullptr)) owner->unlock();
    }

private:
    mutex* owner_;
};

class mutex::lock_awaiter final : public wait_queue::waiter {
public:
    explicit lock_awaiter(mutex& owner) noexcept : owner_(owner) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        if (note_stop(self.promise()) || owner_.try_lock()) return false;
        return join(owner_.waiters_, self.promise());
    }
    [[nodiscard]] result<guard> await_resume() noexcept {
        if (was_stopped()) return fail(std::errc::operation_canceled);
        return guard(owner_);
    }
    void describe(std::string& out) const override { out += "mutex"; }

private:
    mutex& owner_;
};

inline mutex::lock_awaiter mutex::lock() noexcept { return lock_awaiter(*this); }

}  // namespace weir
