// SPDX-License-Identifier: Apache-2.0
// random: the one source of chance in a simulation. The same seed gives the same run under every
// compiler and library, so nothing of <random>'s distributions is used.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir::sim {

/// A generator of 64-bit numbers (splitmix64). A value; copying it copies its future.
class random {
public:
    explicit random(std::uint64_t seed) noexcept : state_(seed) {}

    [[nodiscard]] std::uint64_t next() noexcept {
        std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
        return mixed ^ (mixed >> 31U);
    }
    /// 0 ... bound - 1; `bound` must not be 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
    /// low ... high, both included.
    [[nodiscard]] std::chrono::nanoseconds between(std::chrono::nanoseconds low,
                                                   std::chrono::nanoseconds high) noexcept {
        if (high <= low) return low;
        const auto span = static_cast<std::uint64_t>((high - low).count()) + 1;
        return low + std::chrono::nanoseconds(static_cast<std::int64_t>(below(span)));
    }
    /// True in `probability` of all calls, 0 ... 1. Draws nothing where it is 0 or 1.
    [[nodiscard]] bool chance(double probability) noexcept {
        if (probability <= 0) return false;
        if (probability >= 1) return true;
        constexpr double steps = 9007199254740992.0;  // 2^53: what a double holds exactly
        return static_cast<double>(next() >> 11U) < probability * steps;
    }
    /// A generator for a part of the simulation, so that one part's draws do not shift another's.
    [[nodiscard]] random fork() noexcept { return random(next()); }

private:
    std::uint64_t state_;
};

}  // namespace weir::sim
