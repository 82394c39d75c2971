// SPDX-License-Identifier: Apache-2.0
// pattern: an endless run of bytes in which each byte depends on its place, so that a lost,
// doubled, swapped or changed byte shows at once, whatever pieces the run is cut into.
#pragma once

#include <weir/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::test {

/// A position in the run. `seed` tells several runs apart.
class pattern {
public:
    explicit pattern(std::uint64_t seed = 0) noexcept : seed_(seed) {}

    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

    /// Writes the next bytes of the run.
    void fill(mutable_bytes out) noexcept {
        for (std::byte& each : out) each = next();
    }
    [[nodiscard]] std::vector<std::byte> take(std::size_t size) {
        std::vector<std::byte> out(size);
        fill(out);
        return out;
    }
    /// Whether `arrived` are the next bytes of the run; goes on behind them.
    [[nodiscard]] bool matches(bytes arrived) noexcept {
        bool same = true;
        for (const std::byte each : arrived) same &= each == next();
        return same;
    }

private:
    [[nodiscard]] std::byte next() noexcept {
        // The upper bits of a multiplication by an odd number: cheap, and without a short period.
        const std::uint64_t mixed = (position_++ + seed_ * 77'777) * 0x9E3779B97F4A7C15ULL;
        return static_cast<std::byte>(mixed >> 56);
    }

    std::uint64_t seed_;
    std::uint64_t position_ = 0;
};

/// A small generator of sizes and moments; the same seed gives the same run.
class dice {
public:
    explicit dice(std::uint64_t seed) noexcept : state_(seed * 2 + 1) {}
    /// 0 ... below - 1.
    [[nodiscard]] std::size_t roll(std::size_t below) noexcept {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<std::size_t>(state_ % below);
    }

private:
    std::uint64_t state_;
};

}  // namespace weir::test
