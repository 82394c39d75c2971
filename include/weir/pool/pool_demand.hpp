// SPDX-License-Identifier: Apache-2.0
// pool_demand: how a pool grows, as a function of a few numbers and of nothing else.
// (The idea is `num_connections_to_create` of Boost.MySQL's connection_pool.)
#pragma once

#include <algorithm>
#include <cstddef>

namespace weir {

/// What a pool has and what is asked of it.
class pool_demand {
public:
    constexpr pool_demand() noexcept = default;

    std::size_t waiting = 0;      ///< callers
    std::size_t opening = 0;      ///< on the way
    std::size_t validating = 0;   ///< on the way back; part of `open`
    std::size_t open = 0;         ///< idle, lent or validated
    std::size_t closing = 0;      ///< still there
    std::size_t floor = 0;        ///< how many shall be open, whoever waits
    std::size_t capacity = 0;     ///< how many may exist
    std::size_t max_opening = 1;  ///< at a time

    /// How many more openings should begin now.
    [[nodiscard]] constexpr std::size_t openings_wanted() const noexcept {
        const std::size_t for_waiting = beyond(waiting, opening + validating);
        const std::size_t for_floor = beyond(floor, open + opening);
        const std::size_t room = beyond(capacity, open + opening + closing);
        return std::min({std::max(for_waiting, for_floor), room, beyond(max_opening, opening)});
    }

private:
    [[nodiscard]] static constexpr std::size_t beyond(std::size_t a, std::size_t b) noexcept {
        return a > b ? a - b : 0;
    }
};

}  // namespace weir
