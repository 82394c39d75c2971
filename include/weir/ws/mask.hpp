// SPDX-License-Identifier: Apache-2.0
// Masking of WebSocket payloads (RFC 6455 5.3): byte i of the payload is XORed with byte i % 4 of
// the key. Every byte that a client sends passes here twice, so it runs at memory speed: AVX2 where
// the processor has it (asked at run time), else 8 bytes at a time.
#pragma once

#include <weir/base/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::ws {

/// The four key bytes, in the order in which they stand on the wire.
using mask_key = std::array<std::byte, 4>;

namespace detail {
void apply_mask_wide(mutable_bytes data, mask_key key) noexcept;

[[nodiscard]] inline mask_key rotated(mask_key key, std::uint64_t offset) noexcept {
    const std::size_t shift = offset & 3U;
    return {key[shift], key[(shift + 1) & 3U], key[(shift + 2) & 3U], key[(shift + 3) & 3U]};
}
}  // namespace detail

/// Masks or unmasks `data` in place; twice is the identity.
/// @param data    any length and alignment.
/// @param offset  how many payload bytes of this frame came before `data`.
inline void apply_mask(mutable_bytes data, mask_key key, std::uint64_t offset = 0) noexcept {
    const mask_key turned = detail::rotated(key, offset);
    if (data.size() >= 64) return detail::apply_mask_wide(data, turned);
    std::uint32_t half = 0;
    std::memcpy(&half, turned.data(), sizeof half);
    const std::uint64_t whole = half | (static_cast<std::uint64_t>(half) << 32U);
    std::byte* at = data.data();
    std::size_t left = data.size();
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        word ^= whole;
        std::memcpy(at, &word, 8);
    }
    if (left >= 4) {
        std::uint32_t word = 0;
        std::memcpy(&word, at, 4);
        word ^= half;
        std::memcpy(at, &word, 4);
        left -= 4;
        at += 4;
    }
    for (std::size_t i = 0; i < left; ++i) at[i] ^= turned[i];
}

/// Masks or unmasks `from` into `to` in one pass, so that assembly costs no second one.
/// @param to      at least from.size() bytes that do not overlap `from`.
/// @param offset  how many payload bytes of this frame came before `from`.
void copy_masked(std::byte* to, bytes from, mask_key key, std::uint64_t offset = 0) noexcept;

}  // namespace weir::ws
