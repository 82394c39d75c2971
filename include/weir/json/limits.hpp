// SPDX-License-Identifier: Apache-2.0
// What a JSON text of a stranger may cost its reader.
#pragma once

#include <algorithm>
#include <cstdint>

namespace weir::json {

/// Limits on a text; a value.
class limits {
public:
    constexpr limits() noexcept {}

    /// How many objects and arrays may stand within each other: default 64, 1 ... 64.
    constexpr limits& max_depth(unsigned value) noexcept {
        max_depth_ = static_cast<std::uint8_t>(std::clamp(value, 1U, most_depth));
        return *this;
    }
    /// Members of all objects together: default 10,000, at least 1.
    constexpr limits& max_keys(std::uint32_t value) noexcept {
        max_keys_ = std::max<std::uint32_t>(value, 1);
        return *this;
    }

    [[nodiscard]] constexpr unsigned max_depth() const noexcept { return max_depth_; }
    [[nodiscard]] constexpr std::uint32_t max_keys() const noexcept { return max_keys_; }
    /// A reader keeps one bit a level, in one word.
    static constexpr unsigned most_depth = 64;

private:
    std::uint8_t max_depth_ = most_depth;
    std::uint32_t max_keys_ = 10'000;
};

}  // namespace weir::json
