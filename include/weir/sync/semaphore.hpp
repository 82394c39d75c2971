// SPDX-License-Identifier: Apache-2.0
// semaphore: a number of permits, handed out first come, first served.
//
// A released permit goes straight to the first waiter instead of into the count, so that nobody who
// comes later can overtake. A waiter that was handed its permit keeps it even if a stop comes
// before it runs: completed beats cancelled, and no permit is lost.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/coro/wait_queue.hpp>

#include <coroutine>
#include <cstddef>
#include <string>
#include <utility>

namespace weir {

/// Counts permits. Belongs to one shard. Must not be destroyed while somebody waits.
class semaphore {
public:
    class acquire_awaiter;
    class permit;

    /// @param permits  free permits at the start, 0 ... any.
    explicit semaphore(std::size_t permits) noexcept : free_(permits) {}

    /// Waits for a permit.
    ///
    /// @return        the permit, which goes back when it is destroyed.
    /// Errors:        operation_canceled.
    /// Cancellation:  the waiter leaves the line; a permit already handed over is returned to the
    ///                caller, not lost.
    /// Concurrency:   any number of waiters, served first come, first served.
    /// Allocates:     nothing.
    [[nodiscard]] acquire_awaiter acquire() noexcept;

    /// Takes a permit if one is free and nobody waits.
    [[nodiscard]] bool try_acquire() noexcept {
        if (free_ == 0) return false;
        --free_;
        return true;
    }
    /// Gives `count` permits back (or adds new ones).
    void release(std::size_t count = 1) noexcept {
        for (; count > 0 && waiters_.wake_one(); --count) {
        }
        free_ += count;
    }

    [[nodiscard]] std::size_t available() const noexcept { return free_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiters_.size(); }

private:
    std::size_t free_;
    wait_queue waiters_;
};

/// One permit; given back when destroyed. Moves, does not copy. Must not outlive its semaphore.
class semaphore::permit {
public:
    explicit permit(semaphore& owner) noexcept : owner_(&owner) {}
    permit(permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    permit& operator=(permit&& other) noexcept {
        if (this != &other) {
            release();
            owner_ = std::exchange(other.owner_, nullptr);
        }
        return *this;
    }
    ~permit() { release(); }

    /// Gives the permit back early.
    void release() noexcept {
        if (semaphore* owner = std::exchange(owner_, nullptr)) owner->release();
    }

private:
    semaphore* owner_;
};

class semaphore::acquire_awaiter final : public wait_queue::waiter {
public:
    explicit acquire_awaiter(semaphore& owner) noexcept : owner_(owner) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        if (note_stop(self.promise()) || owner_.try_acquire()) return false;
        return join(owner_.waiters_, self.promise());
    }
    [[nodiscard]] result<permit> await_resume() noexcept {
        if (was_stopped()) return fail(std::errc::operation_canceled);
        return permit(owner_);
    }
    void describe(std::string& out) const override { out += "semaphore"; }

private:
    semaphore& owner_;
};

inline semaphore::acquire_awaiter semaphore::acquire() noexcept { return acquire_awaiter(*this); }

}  // namespace weir
