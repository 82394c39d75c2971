// SPDX-License-Identifier: Apache-2.0
// crc32c: the checksum of Castagnoli's polynomial, against damage, not against enemies. Source:
// RFC 3720 12.1 and its examples in appendix B.4.
#pragma once

#include <weir/base/bytes.hpp>

#include <array>
#include <cstdint>

namespace weir {

namespace detail {

constexpr std::array<std::uint32_t, 256> crc32c_table = [] {
    constexpr std::uint32_t polynomial = 0x82F63B78;  // its bits in reverse
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit) value = value >> 1U ^ (value & 1U) * polynomial;
        table[byte] = value;
    }
    return table;
}();

}  // namespace detail

/// @param begun  the checksum of what comes before `data`: so it may be computed in parts.
[[nodiscard]] constexpr std::uint32_t crc32c(bytes data, std::uint32_t begun = 0) noexcept {
    std::uint32_t value = ~begun;
    for (const std::byte each : data) {
        value = value >> 8U ^
                detail::crc32c_table[(value ^ std::to_integer<std::uint32_t>(each)) & 0xFFU];
    }
    return ~value;
}

}  // namespace weir
