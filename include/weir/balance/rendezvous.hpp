// SPDX-License-Identifier: Apache-2.0
// rendezvous: one key goes to one target, the one with the highest score for it; when that goes,
// its keys spread over all others evenly. Needs no ring and no memory, but asks all targets.
// (Thaler and Ravishankar 1998; the weights: Schindelhauer and Schomaker 2005.)
#pragma once

#include <weir/balance/candidates.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir::balance {

/// Chooses by key and weight. A logarithm for each target. A value without state.
class rendezvous {
public:
    /// @param key  see key_hash.
    [[nodiscard]] std::optional<std::size_t> choose(const candidates& from,
                                                    std::uint64_t key) const noexcept;
};

}  // namespace weir::balance
