// SPDX-License-Identifier: Apache-2.0
// stable_hash: a number for a text that is the same in every process and build, which std::hash is
// not: for what is stored or agreed upon between processes. Not for texts chosen by an enemy.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir {

/// FNV-1a (Fowler, Noll, Vo), 64 bits.
/// @param begun  the hash of what comes before `text`: so a text may be hashed in parts.
[[nodiscard]] constexpr std::uint64_t stable_hash(
    std::string_view text, std::uint64_t begun = 0xCBF29CE484222325U) noexcept {
    for (const char each : text) {
        begun = (begun ^ static_cast<unsigned char>(each)) * 0x100000001B3U;
    }
    return begun;
}

}  // namespace weir
