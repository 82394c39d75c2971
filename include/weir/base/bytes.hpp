// SPDX-License-Identifier: Apache-2.0
// The two byte views that every room speaks: `bytes` to read from, `mutable_bytes` to write into.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace weir {

/// A borrowed view of bytes that are only read.
using bytes = std::span<const std::byte>;

/// A borrowed view of bytes that may be written.
using mutable_bytes = std::span<std::byte>;

/// Views the characters of `text` as bytes; valid as long as the characters are.
[[nodiscard]] inline bytes as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// Views `data` as characters, whatever they encode; valid as long as the bytes are.
[[nodiscard]] inline std::string_view as_text(bytes data) noexcept {
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

}  // namespace weir
