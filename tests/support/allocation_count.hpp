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

/// Blocks that this thread took and has not freed, without those that the frame pool only keeps
/// for reuse.
[[nodiscard]] std::int64_t live_blocks() noexcept;

/// Allocations since it was made.
class allocation_count {
public:
    allocation_count() noexcept : start_(allocations()) {}
    [[nodiscard]] std::uint64_t value() const noexcept { return allocations() - start_; }

private:
    std::uint64_t start_;
};

}  // namespace weir::test
