// SPDX-License-Identifier: Apache-2.0
// window_balance: how much of a cache should be w_tinylfu's window and how much its main part.
//
// Each part remembers what it let go last, as much as a sixteenth of the cache: a key that comes
// back and is remembered by one part would have been a hit had that part been larger. So each such
// key is a vote for its part, and the border moves a little with each vote, and farther the more
// they agree. (The idea is ARC's: Megiddo, Modha, "ARC: A Self-Tuning, Low Overhead Replacement
// Cache", FAST 2003. Climbing by trial, as Caffeine does, needs many accesses to tell a gain from
// chance.)
#pragma once

#include <weir/eviction/ghost_queue.hpp>

#include <cstddef>
#include <cstdint>

namespace weir {

/// A share that moves with votes. A value.
class window_balance {
public:
    window_balance() { resize(1); }
    /// Begins anew, for a cache of that many entries.
    void resize(std::size_t entries);

    void left_window(std::uint32_t hash) noexcept {
        if (is_sampled(hash)) window_ghosts_.remember(hash);
    }
    void left_main(std::uint32_t hash) noexcept {
        if (is_sampled(hash)) main_ghosts_.remember(hash);
    }
    /// A key is asked for that the cache does not hold.
    void missed(std::uint32_t hash) noexcept {
        if (is_sampled(hash)) count_votes(hash);
    }

    /// The part of the cache that the window should have now.
    [[nodiscard]] double window_share() const noexcept { return share_; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return window_ghosts_.memory_bytes() + main_ghosts_.memory_bytes();
    }

private:
    /// Large caches ask only a part of their keys, told by the hash.
    [[nodiscard]] bool is_sampled(std::uint32_t hash) const noexcept {
        return (hash & sample_mask_) == 0;
    }
    void count_votes(std::uint32_t hash) noexcept;
    /// @param direction  1 = a larger window, -1 = a smaller one.
    void move_border(double direction) noexcept;

    ghost_queue window_ghosts_;
    ghost_queue main_ghosts_;
    std::uint32_t sample_mask_ = 0;
    double share_ = 0;
    double trend_ = 0;  // the mean of the last votes
};

}  // namespace weir
