// SPDX-License-Identifier: Apache-2.0
// hash_ring: one key goes to one target, and when a target comes or goes only the keys that must
// move do. Each target stands at many places of a ring; a key belongs to the next one from where it
// hashes to. (Karger et al. 1997.)
//
// With a bound, a target that has more than its share under way is passed over, so that one hot key
// cannot drown it. (Mirrokni, Thorup, Zadimoghaddam: Consistent Hashing with Bounded Loads, 2018.)
#pragma once

#include <weir/balance/candidates.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace weir::balance {

/// How the ring is made.
class ring_options {
public:
    ring_options() {}

    std::size_t places = 100;  ///< of a target, for each unit of its weight; 1 or more
    /// How much more than its share a target may have under way: 1.25 = a quarter. 0 = no bound.
    double max_load = 1.25;
};

/// Chooses by key. 16 bytes a place; looking up is a binary search, and a step for each target when
/// load is bounded. A value.
class hash_ring {
public:
    explicit hash_ring(const target_set& targets, const ring_options& options = ring_options());

    /// @param key  see key_hash.
    [[nodiscard]] std::optional<std::size_t> choose(const candidates& from,
                                                    std::uint64_t key) const noexcept;

private:
    struct place {
        std::uint64_t at;
        std::size_t target;
    };

    /// What a unit of weight may have under way.
    [[nodiscard]] double bound(const candidates& from) const noexcept;

    std::vector<place> ring_;  // in order
    double max_load_;
};

}  // namespace weir::balance
