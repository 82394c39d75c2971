// SPDX-License-Identifier: Apache-2.0
// wait_queue: the first-come-first-served line under every primitive of `sync`. A waiter leaves it
// by being woken or by a stop, never by both, so no wake-up is lost to a waiter that gave up.
// (corral's ParkingLot and trio's parking lot are the models.)
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/wait_point.hpp>

#include <coroutine>
#include <string>

namespace weir {

/// A line of suspended coroutines. Belongs to one shard; destroying it while somebody waits is a
/// contract violation.
class wait_queue {
public:
    /// Base of the awaiters that can stand in a line.
    class waiter : public wait_point, public list_node {
    public:
        void request_stop() noexcept final {
            unlink();
            stopped_ = true;
            left_line();
            wake();
        }
        [[nodiscard]] bool was_stopped() const noexcept { return stopped_; }

    protected:
        waiter() noexcept = default;
        waiter(waiter&&) noexcept = default;
        ~waiter() = default;

        /// Joins the line, unless the waiter's scope is stopped already. Returns whether it waits.
        [[nodiscard]] bool join(wait_queue& queue, detail::promise_base& promise) noexcept {
            if (note_stop(promise)) return false;
            queue.waiters_.push_back(*this);
            suspend(promise);
            return true;
        }
        /// Notes whether `promise` is asked to stop: the cancel point of calls that need not wait.
        [[nodiscard]] bool note_stop(detail::promise_base& promise) noexcept {
            stopped_ = promise.ambient().is_stopped();
            return stopped_;
        }
        [[nodiscard]] result<void> outcome() const noexcept {
            if (stopped_) return fail(std::errc::operation_canceled);
            return {};
        }
        /// A stop took this waiter out of the line; for primitives that must pass something on.
        virtual void left_line() noexcept {}

    private:
        friend class wait_queue;
        bool stopped_ = false;
    };

    wait_queue() noexcept = default;

    [[nodiscard]] bool empty() const noexcept { return waiters_.empty(); }
    /// Walks the line: for tests and statistics.
    [[nodiscard]] std::size_t size() const noexcept { return waiters_.size(); }
    [[nodiscard]] waiter& front() noexcept { return waiters_.front(); }

    /// Wakes the one who has waited longest; returns false when nobody waits.
    bool wake_one() noexcept {
        if (waiters_.empty()) return false;
        waiters_.pop_front().wake();
        return true;
    }
    void wake_all() noexcept {
        while (wake_one()) {
        }
    }

private:
    intrusive_list<waiter> waiters_;
};

}  // namespace weir
