// SPDX-License-Identifier: Apache-2.0
// Masking of WebSocket payloads (RFC 6455 5.3): byte i of the payload is XORed with byte i % 4 of
// the key. Every byte that a client sends passes here twice, so it runs at memory speed: AVX2 where
// the processor has it (asked at run time), else 8 bytes at a time. Short payloads, of which there
// are most, are masked 16 bytes at a time, without a call.
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
void move_masked_wide(std::byte* to, bytes from, mask_key key) noexcept;

[[nodiscard]] inline mask_key rotated(mask_key key, std::uint64_t offset) noexcept {
    const std::size_t shift = offset & 3U;
    return {key[shift], key[(shift + 1) & 3U], key[(shift + 2) & 3U], key[(shift + 3) & 3U]};
}

/// From here on a wider step repays the call.
inline constexpr std::size_t wide_payload_bytes = 256;

/// Two words in one register, which every 64-bit processor has.
using word_pair [[gnu::vector_size(16)]] = std::uint64_t;

template <class Word>
inline void move_masked_word(std::byte* to, const std::byte* from, Word key) noexcept {
    Word word{};
    std::memcpy(&word, from, sizeof word);
    word ^= key;
    std::memcpy(to, &word, sizeof word);
}
}  // namespace detail

/// Masks or unmasks `from` into `to`, which is `from` itself, or begins before it, or lies apart.
/// @param from  any length and alignment; its first byte meets the first of the key.
/// @param to    room for from.size() bytes.
[[gnu::always_inline]] inline void move_masked(std::byte* to, bytes from, mask_key key) noexcept {
    if (from.size() >= detail::wide_payload_bytes) return detail::move_masked_wide(to, from, key);
    std::uint32_t half = 0;
    std::memcpy(&half, key.data(), sizeof half);
    const std::uint64_t whole = half | (static_cast<std::uint64_t>(half) << 32U);
    const detail::word_pair pair = {whole, whole};
    const std::byte* const source = from.data();
    const std::size_t size = from.size();
    std::size_t at = 0;
    for (; size - at >= 16; at += 16) detail::move_masked_word(to + at, source + at, pair);
    if (size - at >= 8) {
        detail::move_masked_word(to + at, source + at, whole);
        at += 8;
    }
    if (size - at >= 4) {
        detail::move_masked_word(to + at, source + at, half);
        at += 4;
    }
    for (std::size_t i = 0; at < size; ++i, ++at) to[at] = source[at] ^ key[i];
}

/// Masks or unmasks `data` in place; twice is the identity.
/// @param data    any length and alignment.
/// @param offset  how many payload bytes of this frame came before `data`.
inline void apply_mask(mutable_bytes data, mask_key key, std::uint64_t offset = 0) noexcept {
    move_masked(data.data(), data, detail::rotated(key, offset));
}

/// Masks or unmasks `from` into `to` in one pass, so that assembly costs no second one.
/// @param to      at least from.size() bytes that do not overlap `from`.
/// @param offset  how many payload bytes of this frame came before `from`.
inline void copy_masked(std::byte* to, bytes from, mask_key key,
                        std::uint64_t offset = 0) noexcept {
    move_masked(to, from, detail::rotated(key, offset));
}

}  // namespace weir::ws
