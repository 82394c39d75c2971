// SPDX-License-Identifier: Apache-2.0
// random: chance that can be repeated: in simulations, and wherever many must not do the same at
// once. The same seed gives the same numbers under every compiler and library, so nothing of
// <random>'s distributions is used. No secret may depend on it.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir {

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
    /// low ... high, the latter excluded. Draws nothing where there is nothing to choose.
    [[nodiscard]] double between(double low, double high) noexcept {
        return high <= low ? low : low + share() * (high - low);
    }
    /// True in `probability` of all calls, 0 ... 1. Draws nothing where it is 0 or 1.
    [[nodiscard]] bool chance(double probability) noexcept {
        if (probability <= 0) return false;
        return probability >= 1 || share() < probability;
    }
    /// A generator for a part of the simulation, so that one part's draws do not shift another's.
    [[nodiscard]] random fork() noexcept { return random(next()); }

private:
    /// 0 ... 1, the latter excluded: as many steps as a double holds exactly.
    [[nodiscard]] double share() noexcept {
        return static_cast<double>(next() >> 11U) / 9007199254740992.0;  // 2^53
    }

    std::uint64_t state_;
};

}  // namespace weir
