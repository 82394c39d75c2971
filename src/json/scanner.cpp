// SPDX-License-Identifier: Apache-2.0
// A value within others is passed in one loop instead of by recursion: which kind of brackets are
// open is one bit a level, so a text that nests costs no stack.
#include <weir/json/scanner.hpp>

#include <weir/base/assert.hpp>

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace weir::json {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
/// Whether a string cannot simply go on.
bool ends_run(char c) noexcept {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

/// The first character of a string that is a quote, an escape or a control character.
const char* end_of_run(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i escape = _mm_set1_epi8('\\');
    const __m128i last_control = _mm_set1_epi8(0x1F);
    for (; end - at >= 16; at += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i is_control = _mm_cmpeq_epi8(_mm_max_epu8(block, last_control), last_control);
        const __m128i is_mark =
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, escape));
        const int found = _mm_movemask_epi8(_mm_or_si128(is_control, is_mark));
        if (found != 0) return at + std::countr_zero(static_cast<unsigned>(found));
    }
#endif
    while (at != end && !ends_run(*at)) ++at;
    return at;
}

}  // namespace

[[gnu::always_inline]] inline char scanner::peek() noexcept {
    // Between machines there is hardly ever white space.
    if (at_ != end_ && static_cast<unsigned char>(*at_) > ' ') [[likely]]
        return *at_;
    while (at_ != end_ && is_space(*at_)) ++at_;
    return at_ == end_ ? '\0' : *at_;
}

bool scanner::fail(errc error) noexcept {
    if (error_ == 0) error_ = static_cast<std::uint8_t>(error);
    return false;
}

bool scanner::fail_here() noexcept {
    return fail(at_ == end_ ? errc::cut_off : errc::unexpected_character);
}

value_type scanner::next_type() noexcept {
    if (has_failed()) return value_type::none;
    const char first = peek();
    switch (first) {
        case '{':
            return value_type::object;
        case '[':
            return value_type::array;
        case '"':
            return value_type::string;
        case 't':
        case 'f':
        case 'n':
            return value_type::literal;
        default:
            return first == '-' || is_digit(first) ? value_type::number : value_type::none;
    }
}

bool scanner::enter(char opening, bool is_object) noexcept {
    if (has_failed()) return false;
    if (peek() != opening) {
        return next_type() == value_type::none ? fail_here() : fail(errc::other_type);
    }
    is_first_ = true;
    return open(is_object);
}

bool scanner::open(bool is_object) noexcept {
    if (depth_ == limits_.max_depth()) return fail(errc::too_deep);
    ++at_;
    ++depth_;
    objects_ = objects_ << 1U | static_cast<std::uint64_t>(is_object);
    return true;
}

void scanner::leave() noexcept {
    ++at_;
    --depth_;
    objects_ >>= 1U;
}

[[gnu::always_inline]] inline bool scanner::is_in_object() const noexcept {
    return (objects_ & 1U) != 0;
}

/// Goes to the next member or element; false = there is none, or an error.
bool scanner::separate(char closing) noexcept {
    if (has_failed()) return false;
    WEIR_ASSERT(depth_ != 0 && is_in_object() == (closing == '}'),
                "a scanner is asked for more of what it is not in");
    const bool is_first = is_first_;
    is_first_ = false;
    const char found = peek();
    if (found == closing) {
        leave();
        return false;
    }
    if (is_first) return true;
    if (found != ',') return fail_here();
    ++at_;
    return true;
}

std::optional<string_value> scanner::next_member() noexcept {
    if (!separate('}')) return std::nullopt;
    string_value key;
    if (++keys_ > limits_.max_keys()) {
        fail(errc::too_many_keys);
    } else if (peek() != '"') {
        fail_here();
    } else if (pass_string(key)) {
        if (peek() == ':') {
            ++at_;
            return key;
        }
        fail_here();
    }
    return std::nullopt;
}

bool scanner::next_element() noexcept { return separate(']'); }

std::optional<string_value> scanner::string() noexcept {
    if (has_failed()) return std::nullopt;
    string_value value;
    if (peek() == '"') {
        if (pass_string(value)) return value;
    } else if (next_type() == value_type::none) {
        fail_here();
    } else {
        fail(errc::other_type);
    }
    return std::nullopt;
}

std::string_view scanner::skip() noexcept {
    if (has_failed()) return {};
    static_cast<void>(peek());
    const char* begin = at_;
    if (!pass_value()) return {};
    return {begin, static_cast<std::size_t>(at_ - begin)};
}

bool scanner::finish() noexcept {
    WEIR_ASSERT(depth_ == 0 || has_failed(), "a scanner finishes outside of all values");
    if (has_failed()) return false;
    return peek() == '\0' && at_ == end_ ? true : fail(errc::unexpected_character);
}

bool scanner::pass_value() noexcept {
    const unsigned outside = depth_;
    for (;;) {
        bool is_whole = false;
        if (!begin_value(is_whole)) return false;
        if (!is_whole) continue;
        bool is_over = false;
        if (!end_value(outside, is_over)) return false;
        if (is_over) return true;
    }
}

/// Passes a simple value, or into one that others are within, as far as the first of these.
[[gnu::always_inline]] inline bool scanner::begin_value(bool& is_whole) noexcept {
    string_value ignored;
    is_whole = true;
    const char first = peek();
    switch (first) {
        case '"':
            return pass_string(ignored);
        case '{':
            if (!open(true)) return false;
            if (peek() != '}') {
                is_whole = false;
                return pass_key();
            }
            leave();
            return true;
        case '[':
            if (!open(false)) return false;
            if (peek() != ']') {
                is_whole = false;
                return true;
            }
            leave();
            return true;
        case 't':
            return pass_word("true");
        case 'f':
            return pass_word("false");
        case 'n':
            return pass_word("null");
        default:
            return first == '-' || is_digit(first) ? pass_number() : fail_here();
    }
}

/// Goes on behind a value: to the next one, or out of all that are over with it.
[[gnu::always_inline]] inline bool scanner::end_value(unsigned outside, bool& is_over) noexcept {
    while (depth_ != outside) {
        const char found = peek();
        if (found == ',') {
            ++at_;
            return !is_in_object() || pass_key();
        }
        if (found != (is_in_object() ? '}' : ']')) return fail_here();
        leave();
    }
    is_over = true;
    return true;
}

[[gnu::always_inline]] inline bool scanner::pass_key() noexcept {
    string_value ignored;
    if (++keys_ > limits_.max_keys()) return fail(errc::too_many_keys);
    if (peek() != '"') return fail_here();
    if (!pass_string(ignored)) return false;
    if (peek() != ':') return fail_here();
    ++at_;
    return true;
}

[[gnu::always_inline]] inline bool scanner::pass_string(string_value& out) noexcept {
    const char* begin = ++at_;
    bool has_escapes = false;
    for (;;) {
        at_ = end_of_run(at_, end_);
        if (at_ == end_) return fail(errc::cut_off);
        if (*at_ == '"') break;
        if (*at_ != '\\') return fail(errc::bad_string);
        has_escapes = true;
        if (!pass_escape()) return false;
    }
    out = string_value({begin, static_cast<std::size_t>(at_ - begin)}, has_escapes);
    ++at_;
    return true;
}

bool scanner::pass_escape() noexcept {
    ++at_;
    if (at_ == end_) return fail(errc::cut_off);
    if (*at_ != 'u') {
        if (std::strchr("\"\\/bfnrt", *at_) == nullptr || *at_ == '\0') {
            return fail(errc::bad_escape);
        }
        ++at_;
        return true;
    }
    std::uint32_t unit = 0;
    if (!pass_hexadecimal(unit)) return false;
    if (unit < 0xD800 || unit > 0xDFFF) return true;
    // RFC 8259 8.2: a lone surrogate is no character; nobody could write it on.
    if (unit > 0xDBFF) return fail(errc::bad_escape);
    if (at_ == end_) return fail(errc::cut_off);
    if (*at_ != '\\') return fail(errc::bad_escape);
    ++at_;
    if (at_ == end_) return fail(errc::cut_off);
    if (*at_ != 'u') return fail(errc::bad_escape);
    if (!pass_hexadecimal(unit)) return false;
    return unit >= 0xDC00 && unit <= 0xDFFF ? true : fail(errc::bad_escape);
}

/// Passes `uXXXX`.
bool scanner::pass_hexadecimal(std::uint32_t& value) noexcept {
    ++at_;
    value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
        if (at_ == end_) return fail(errc::cut_off);
        const auto lower = static_cast<unsigned char>(*at_ | 0x20);
        if (is_digit(*at_)) {
            value = value << 4U | static_cast<std::uint32_t>(*at_ - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            value = value << 4U | static_cast<std::uint32_t>(lower - 'a' + 10);
        } else {
            return fail(errc::bad_escape);
        }
    }
    return true;
}

bool scanner::pass_number() noexcept {
    if (*at_ == '-') ++at_;
    const bool leads_with_zero = at_ != end_ && *at_ == '0';
    const char* begin = at_;
    if (!pass_digits()) return false;
    if (leads_with_zero && at_ - begin > 1) return fail(errc::bad_number);
    if (at_ != end_ && *at_ == '.') {
        ++at_;
        if (!pass_digits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
        ++at_;
        if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
        if (!pass_digits()) return false;
    }
    return true;
}

bool scanner::pass_digits() noexcept {
    if (at_ == end_) return fail(errc::cut_off);
    if (!is_digit(*at_)) return fail(errc::bad_number);
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return true;
}

bool scanner::pass_word(std::string_view word) noexcept {
    for (const char each : word) {
        if (at_ == end_ || *at_ != each) return fail_here();
        ++at_;
    }
    return true;
}

}  // namespace weir::json
