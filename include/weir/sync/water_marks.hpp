// SPDX-License-Identifier: Apache-2.0
// water_marks: a level that counts as high from one mark on and until it has fallen to another, so
// that who pauses because of it does not pause and go on with every value.
//
//   low --level >= high mark--> high --level <= low mark--> low
#pragma once

#include <weir/base/assert.hpp>
#include <weir/sync/event.hpp>

#include <cstddef>

namespace weir {

/// The marks of a queue, told its level by those who fill and empty it. Belongs to one shard. Must
/// not be destroyed while somebody waits.
///
/// ```cpp
/// weir::water_marks marks(2'000, 8'000);                       // of a channel of 10'000
/// if (marks.note(queue.size())) co_await marks.fallen();       // after a send: who can pause
/// static_cast<void>(marks.note(queue.size()));                 // after a receive
/// ```
class water_marks {
public:
    /// @param low, high  0 <= low < high.
    explicit water_marks(std::size_t low, std::size_t high) noexcept : low_(low), high_(high) {
        WEIR_ASSERT(low < high, "the low-water mark lies below the high-water mark");
        fallen_.set();
    }

    /// Notes the level; returns whether it counts as high now.
    [[nodiscard]] bool note(std::size_t level) noexcept {
        if (level >= high_) fallen_.reset();
        if (level <= low_) fallen_.set();
        return is_high();
    }
    [[nodiscard]] bool is_high() const noexcept { return !fallen_.is_set(); }

    /// Waits while it counts as high.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  the waiter leaves; nothing is lost.
    /// Allocates:     nothing.
    [[nodiscard]] event::wait_awaiter fallen() noexcept { return fallen_.wait(); }

private:
    std::size_t low_;
    std::size_t high_;
    event fallen_;
};

}  // namespace weir
