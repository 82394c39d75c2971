// SPDX-License-Identifier: Apache-2.0
// source_affinity: who was sent to a target once is sent there again, as long as it works. New ones
// go where less is under way, so that load follows the sources and not their hashes.
//
// It remembers a bounded number of sources, in places of four; the one of the four that has not
// come for longest is forgotten, and chosen for anew when it does.
#pragma once

#include <weir/balance/candidates.hpp>
#include <weir/balance/least_loaded.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace weir::balance {

/// Chooses by source. O(1); 24 bytes for each source that it remembers, taken when it is made.
class source_affinity {
public:
    /// @param seed         as that of least_loaded.
    /// @param max_sources  remembered; rounded up to places of four.
    explicit source_affinity(std::uint64_t seed, std::size_t max_sources = 10'000);

    /// @param source  see key_hash.
    [[nodiscard]] std::optional<std::size_t> choose(const candidates& from,
                                                    std::uint64_t source) noexcept;

private:
    struct entry {
        std::uint64_t source = 0;
        std::size_t target = 0;
        std::uint64_t came_at = 0;  // as a count of choices; 0 = nobody yet
    };
    static constexpr std::size_t ways = 4;

    /// Where `source` is remembered, or is to be.
    [[nodiscard]] entry& place_of(std::uint64_t source) noexcept;

    least_loaded first_choice_;
    std::vector<entry> entries_;
    std::uint64_t choices_ = 0;
};

}  // namespace weir::balance
