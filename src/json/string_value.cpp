// SPDX-License-Identifier: Apache-2.0
#include <weir/json/string_value.hpp>

#include <charconv>
#include <cstdint>

namespace weir::json {
namespace {

std::uint32_t hexadecimal(std::string_view digits) noexcept {
    std::uint32_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return value;
}

/// Takes `XXXX`, or `XXXX\uXXXX` for a pair of surrogates, off the front.
std::uint32_t take_code_point(std::string_view& from) noexcept {
    const std::uint32_t unit = hexadecimal(from.substr(0, 4));
    from.remove_prefix(4);
    if (unit < 0xD800 || unit > 0xDBFF) return unit;
    const std::uint32_t low = hexadecimal(from.substr(2, 4));
    from.remove_prefix(6);
    return 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00);
}

void append_utf8(std::string& to, std::uint32_t code) {
    const auto put = [&to](std::uint32_t byte) { to += static_cast<char>(byte); };
    const auto put_more = [&](unsigned shift) { put(0x80U | (code >> shift & 0x3FU)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | code >> 6U);
        put_more(0);
    } else if (code < 0x10000) {
        put(0xE0U | code >> 12U);
        put_more(6);
        put_more(0);
    } else {
        put(0xF0U | code >> 18U);
        put_more(12);
        put_more(6);
        put_more(0);
    }
}

char meaning_of(char letter) noexcept {
    switch (letter) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return letter;
    }
}

}  // namespace

std::string string_value::text() const {
    std::string out;
    out.reserve(raw_.size());
    std::string_view rest = raw_;
    while (!rest.empty()) {
        const auto escape = rest.find('\\');
        out += rest.substr(0, escape);
        if (escape == std::string_view::npos) break;
        const char letter = rest[escape + 1];
        rest.remove_prefix(escape + 2);
        if (letter == 'u') {
            append_utf8(out, take_code_point(rest));
        } else {
            out += meaning_of(letter);
        }
    }
    return out;
}

}  // namespace weir::json
