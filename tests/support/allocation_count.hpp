// SPDX-License-Identifier: Apache-2.0
// Counts what this thread takes from operator new, to prove "a steady state allocates nothing" and
// to see leaked coroutine frames without a leak checker.
#pragma once

#include <cstdint>

namespace weir::test {

/// False under AddressSanitizer and ThreadSanitizer, which need operator new for themselves and
/// find leaks without us.
[[nodiscard]] bool allocations_are_counted() noexcept;

/// Calls of operator new on this thread so far.
[[nodiscard]] std::uint64_t allocations() noexcept;

/// What this thread holds at a moment. Frames in use are not counted anywhere, to keep them fast,
/// so a lost one shows as a free one that is missing.
class memory_state {
public:
    [[nodiscard]] static memory_state now() noexcept;

    /// Whether something was taken since `before` and neither freed nor given back to the pool.
    /// A cache that grew in between looks like a loss, too: ask about the same work twice, a leak
    /// repeats. A frame that was cut anew is not missed: `stock_frame_pool` before.
    [[nodiscard]] bool has_lost_since(const memory_state& before) const noexcept {
        return heap_blocks_ > before.heap_blocks_ || free_frames_ < before.free_frames_;
    }

private:
    std::int64_t heap_blocks_ = 0;
    std::int64_t free_frames_ = 0;
};

/// Sees to it that there are a few free frames of every size.
void stock_frame_pool();

/// Hides from `memory_state` what huge tests left in the pool; counting it takes too long.
void forget_long_free_lists() noexcept;

/// Allocations since it was made.
class allocation_count {
public:
    allocation_count() noexcept : start_(allocations()) {}
    [[nodiscard]] std::uint64_t value() const noexcept { return allocations() - start_; }

private:
    std::uint64_t start_;
};

}  // namespace weir::test
