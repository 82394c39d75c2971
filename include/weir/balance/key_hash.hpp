// SPDX-License-Identifier: Apache-2.0
// key_hash: a number for a name that is the same in every process and build, which std::hash is
// not: all that share a ring must see the same one. Not for keys chosen by an enemy.
#pragma once

#include <weir/base/stable_hash.hpp>

#include <cstdint>
#include <string_view>

namespace weir::balance {

/// Spreads a number over all 64 bits (the finish of splitmix64).
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) noexcept {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

/// The number of `name`.
[[nodiscard]] constexpr std::uint64_t key_hash(std::string_view name) noexcept {
    return mixed(stable_hash(name));
}

}  // namespace weir::balance
