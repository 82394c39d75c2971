// SPDX-License-Identifier: Apache-2.0
// pool_sizer: how large a pool should be, from how it is doing. A controller without a pool and
// without a clock: it is shown a pool's statistics from time to time and proposes sizes.
//
//            crowded                       calm for long
//   grow  <----------- as it is ------------------------> shrink       then a cool-down
//
//   crowded  callers wait for longer than is bearable, or give up, while most is lent
//   calm     nobody waits, and most is idle
//
// Waiting alone is no reason to grow: where few are lent and many wait, openings fail or are slow,
// and more of them would hurt whoever is asked. Between crowded and calm nothing happens, so that
// the size does not swing.
#pragma once

#include <weir/pool/pool_statistics.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir {

/// The bounds of a pool's size and when it changes.
class pool_sizing {
public:
    using duration = std::chrono::nanoseconds;

    /// @param smallest, largest  of the pool's `max`; 1 <= smallest <= largest.
    explicit pool_sizing(std::size_t smallest, std::size_t largest) noexcept
        : least(smallest), most(largest) {}

    std::size_t least;
    std::size_t most;
    /// Crowded from this part lent on, calm up to that one; 0 <= calm_at < crowded_at <= 1.
    double crowded_at = 0.8;
    double calm_at = 0.2;
    /// The mean wait that callers are to bear.
    duration bearable_wait = std::chrono::milliseconds(1);
    /// The part of the size by which it changes at a time; at least by one.
    double step = 0.1;
    /// How long it must be calm before it shrinks.
    duration calm_for = std::chrono::seconds(60);
    /// After a change it stays as it is for so long, to see what came of it.
    duration cooldown = std::chrono::seconds(10);
};

/// What the controller looks at; a value.
class pool_sample {
public:
    /// @param served    callers so far that got something, and what they waited in sum.
    explicit pool_sample(const pool_statistics& counted, std::uint64_t served_,
                         std::chrono::nanoseconds waited_) noexcept
        : lent(counted.lent),
          waiting(counted.waiting),
          gave_up(counted.timeouts + counted.refused),
          served(served_),
          waited(waited_) {}

    std::size_t lent;
    std::size_t waiting;
    std::uint64_t gave_up;
    std::uint64_t served;
    std::chrono::nanoseconds waited;
};

/// The controller of one pool. A value; belongs to one thread.
class pool_sizer {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// @param size  of the pool at the beginning; brought within the bounds.
    explicit pool_sizer(const pool_sizing& sizing, std::size_t size) noexcept;

    /// Looks at the pool as it is at `now`.
    /// @return  the size that it should have from now on, if it should change.
    [[nodiscard]] std::optional<std::size_t> observe(const pool_sample& seen,
                                                     time_point now) noexcept;
    /// The size that was proposed last.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    [[nodiscard]] bool is_painful(const pool_sample& seen) const noexcept;
    [[nodiscard]] std::size_t step() const noexcept;

    pool_sizing sizing_;
    std::size_t size_;
    std::optional<pool_sample> before_;
    std::optional<time_point> calm_since_;
    std::optional<time_point> changed_at_;
};

}  // namespace weir
