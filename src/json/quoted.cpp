// SPDX-License-Identifier: Apache-2.0
#include <weir/json/quoted.hpp>

#include <cstddef>

namespace weir::json {

namespace {

/// The bytes of the character that `text`, which is not empty, begins with; 0 = it is no UTF-8
/// (RFC 3629, 4: no surrogates, nothing longer than needed, nothing above U+10FFFF).
std::size_t character_bytes(std::string_view text) noexcept {
    const auto at = [text](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto continues = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4 || !continues(1)) return 0;
    if (first < 0xE0) return 2;
    if (!continues(2)) return 0;
    if (first == 0xE0 && at(1) < 0xA0) return 0;
    if (first == 0xED && at(1) >= 0xA0) return 0;
    if (first < 0xF0) return 3;
    if (!continues(3)) return 0;
    if (first == 0xF0 && at(1) < 0x90) return 0;
    if (first == 0xF4 && at(1) >= 0x90) return 0;
    return 4;
}

void append_ascii(std::string& to, char character) {
    if (character == '"' || character == '\\') {
        to += '\\';
        to += character;
    } else if (static_cast<unsigned char>(character) < 0x20) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto code = static_cast<unsigned char>(character);
        to.append("\\u00") += digits[code >> 4U];
        to += digits[code & 0xFU];
    } else {
        to += character;
    }
}

}  // namespace

void append_quoted(std::string& to, std::string_view text) {
    to += '"';
    while (!text.empty()) {
        const std::size_t size = character_bytes(text);
        if (size == 1) {
            append_ascii(to, text.front());
        } else {
            to += size == 0 ? std::string_view("\\ufffd") : text.substr(0, size);
        }
        text.remove_prefix(size == 0 ? 1 : size);
    }
    to += '"';
}

std::string quoted(std::string_view text) {
    std::string made;
    made.reserve(text.size() + 2);
    append_quoted(made, text);
    return made;
}

}  // namespace weir::json
