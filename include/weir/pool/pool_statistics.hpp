// SPDX-License-Identifier: Apache-2.0
// pool_statistics: what a pool has at a moment and what it has seen since its beginning.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir {

/// A value; how long callers waited is in `pool::wait_times`.
class pool_statistics {
public:
    constexpr pool_statistics() noexcept = default;

    // ---- at this moment
    std::size_t idle = 0;
    std::size_t lent = 0;
    std::size_t overdue = 0;  ///< of those lent, those that should be back
    std::size_t opening = 0;
    std::size_t validating = 0;
    std::size_t closing = 0;
    std::size_t waiting = 0;  ///< callers

    // ---- since the beginning
    std::uint64_t acquired = 0;       ///< leases given
    std::uint64_t timeouts = 0;       ///< callers that left the line at their deadline
    std::uint64_t refused = 0;        ///< callers that found the line full
    std::uint64_t opened = 0;         ///< resources
    std::uint64_t open_failures = 0;  ///< openings that gave none
    std::uint64_t closed = 0;         ///< resources, for one of the following reasons
    std::uint64_t poisoned = 0;       ///< given back in the middle of a conversation
    std::uint64_t kept_too_long = 0;  ///< given back later than `max_lease` allows
    std::uint64_t invalid = 0;        ///< found broken by validation
    std::uint64_t expired = 0;        ///< at the end of their lifetime
    std::uint64_t surplus = 0;        ///< idle for too long, or more than fit after a resize
    std::uint64_t drained = 0;        ///< by `drain`
};

}  // namespace weir
