// SPDX-License-Identifier: Apache-2.0
// cut: bounds a text without leaving half a character at its end.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir::trace {

/// The first bytes of `text`, as many as whole characters of UTF-8 are in `max_bytes`.
[[nodiscard]] inline std::string_view cut(std::string_view text, std::size_t max_bytes) noexcept {
    if (text.size() <= max_bytes) return text;
    std::size_t size = max_bytes;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
    return text.substr(0, size);
}

}  // namespace weir::trace
