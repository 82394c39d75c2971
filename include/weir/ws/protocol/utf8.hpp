// SPDX-License-Identifier: Apache-2.0
// utf8_validator: is this UTF-8, told as the bytes arrive? It fails at the first byte that can no
// longer become valid, not at the end of the sequence, so that a bad text message ends at once.
// Sources: RFC 3629 4 (the ranges), Unicode 15 table 3-7.
#pragma once

#include <weir/base/bytes.hpp>

#include <cstdint>

namespace weir::ws {

/// Validates UTF-8 in pieces of any size. Refuses overlong forms, surrogates and numbers above
/// U+10FFFF. Four bytes of state, copyable; ASCII passes at memory speed.
class utf8_validator {
public:
    /// Takes the next piece. Once it has said false it says false for ever.
    /// @return  whether everything so far can be the start of valid UTF-8.
    [[nodiscard]] bool feed(bytes piece) noexcept;

    /// Whether everything so far is valid UTF-8 that ends between two characters.
    [[nodiscard]] bool is_complete() const noexcept { return !failed_ && missing_ == 0; }

    [[nodiscard]] bool has_failed() const noexcept { return failed_; }

private:
    bool feed_byte(unsigned char value) noexcept;

    std::uint8_t missing_ = 0;    // continuation bytes that the current character still lacks
    std::uint8_t lowest_ = 0x80;  // the range that the next continuation byte must lie in
    std::uint8_t highest_ = 0xBF;
    bool failed_ = false;
};

/// Whether `text` is valid UTF-8 as a whole.
[[nodiscard]] bool is_utf8(bytes text) noexcept;

}  // namespace weir::ws
