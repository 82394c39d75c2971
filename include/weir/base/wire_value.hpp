// SPDX-License-Identifier: Apache-2.0
// wire_value: numbers as binary protocols carry them: a fixed size, the most or the least
// significant byte first, floating point as IEEE 754.
#pragma once

#include <weir/base/bytes.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace weir {

/// Integers, std::byte, float and double; no bool, of which not every byte is a value.
template <class T>
concept wire_value =
    (std::integral<T> && !std::same_as<T, bool>) || std::same_as<T, std::byte> ||
    ((std::same_as<T, float> || std::same_as<T, double>) && std::numeric_limits<T>::is_iec559);

/// So many bytes are these values, one behind the other without a gap.
template <wire_value... T>
inline constexpr std::size_t wire_bytes = (sizeof(T) + ... + 0);

namespace detail {

template <std::size_t Size>
using wire_word = std::conditional_t<
    Size == 1, std::uint8_t,
    std::conditional_t<Size == 2, std::uint16_t,
                       std::conditional_t<Size == 4, std::uint32_t, std::uint64_t>>>;

/// The other order of bytes; compilers know the loop.
template <class Word>
[[nodiscard]] constexpr Word reversed(Word value) noexcept {
    Word turned = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
        turned = static_cast<Word>((static_cast<std::uint64_t>(turned) << 8U) | (value & 0xFFU));
        value = static_cast<Word>(static_cast<std::uint64_t>(value) >> 8U);
    }
    return turned;
}

/// @param from  sizeof(T) bytes.
template <std::endian Order, wire_value T>
[[nodiscard]] inline T load(const std::byte* from) noexcept {
    wire_word<sizeof(T)> word = 0;
    std::memcpy(&word, from, sizeof word);
    if constexpr (Order != std::endian::native) word = reversed(word);
    return std::bit_cast<T>(word);
}
/// @param to  sizeof(T) bytes.
template <std::endian Order, wire_value T>
inline void store(std::byte* to, T value) noexcept {
    auto word = std::bit_cast<wire_word<sizeof(T)>>(value);
    if constexpr (Order != std::endian::native) word = reversed(word);
    std::memcpy(to, &word, sizeof word);
}

}  // namespace detail

}  // namespace weir
