// SPDX-License-Identifier: Apache-2.0
// Numbers in hexadecimal digits, as the trace specifications want them: in small letters only.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::trace {

/// The number in 1 ... 16 digits of `0-9a-f`, or none.
[[nodiscard]] inline std::optional<std::uint64_t> parse_hex(std::string_view digits) noexcept {
    std::uint64_t number = 0;
    for (const char digit : digits) {
        const bool is_letter = 'a' <= digit && digit <= 'f';
        if (!is_letter && (digit < '0' || '9' < digit)) return std::nullopt;
        number = number << 4U | static_cast<unsigned>(is_letter ? digit - 'a' + 10 : digit - '0');
    }
    return number;
}

}  // namespace weir::trace
