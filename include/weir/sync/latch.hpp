// SPDX-License-Identifier: Apache-2.0
// latch: waits until a known number of things has happened. Once down, it stays down.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/sync/event.hpp>

#include <cstddef>

namespace weir {

/// A counter that only goes down; tasks wait for zero. Belongs to one shard.
class latch {
public:
    /// @param count  how many `count_down` calls open it; 0 = open from the start.
    explicit latch(std::size_t count) noexcept : count_(count) {
        if (count_ == 0) open_.set();
    }

    /// Takes `amount`, at most the present count, off; wakes everyone at zero.
    void count_down(std::size_t amount = 1) noexcept {
        WEIR_ASSERT(amount <= count_, "a latch was counted down below zero");
        count_ -= amount;
        if (count_ == 0) open_.set();
    }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    /// Waits until the count is zero.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  the waiter leaves the line; the count is not touched.
    /// Allocates:     nothing.
    [[nodiscard]] event::wait_awaiter wait() noexcept { return open_.wait(); }

private:
    std::size_t count_;
    event open_;
};

}  // namespace weir
