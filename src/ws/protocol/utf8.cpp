// SPDX-License-Identifier: Apache-2.0
// Three gears: blocks of ASCII at 32 bytes a step, characters that lie whole in the piece by one
// branch each, and a byte-by-byte state machine for characters that a piece boundary cuts.
//
//   lead      first continuation   more       refused by the narrowed range
//   C2..DF    80..BF                          C0, C1: overlong
//   E0        A0..BF               1          overlong
//   E1..EC    80..BF               1
//   ED        80..9F               1          surrogates
//   EE..EF    80..BF               1
//   F0        90..BF               2          overlong
//   F1..F3    80..BF               2
//   F4        80..8F               2          above U+10FFFF
#include <weir/ws/protocol/utf8.hpp>

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir::ws {
namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080U;

/// What a lead byte demands of the bytes after it; `missing` = 0 means that it is no lead byte.
struct lead_rule {
    std::uint8_t missing = 0;
    std::uint8_t lowest = 0x80;
    std::uint8_t highest = 0xBF;
};

constexpr lead_rule rule_of(unsigned char lead) noexcept {
    lead_rule rule;
    if (lead < 0xC2 || lead > 0xF4) return rule;
    rule.missing = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    if (lead == 0xE0) rule.lowest = 0xA0;
    if (lead == 0xED) rule.highest = 0x9F;
    if (lead == 0xF0) rule.lowest = 0x90;
    if (lead == 0xF4) rule.highest = 0x8F;
    return rule;
}

bool is_ascii_word(const unsigned char* at) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return (word & high_bits) == 0;
}

std::size_t ascii_prefix_words(const unsigned char* at, std::size_t size) noexcept {
    std::size_t done = 0;
    while (done + 8 <= size && is_ascii_word(at + done)) done += 8;
    while (done < size && at[done] < 0x80) ++done;
    return done;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) std::size_t ascii_prefix_avx2(const unsigned char* at,
                                                              std::size_t size) noexcept {
    std::size_t done = 0;
    for (; done + 128 <= size; done += 128) {
        const auto* in = reinterpret_cast<const __m256i*>(at + done);
        const __m256i low = _mm256_or_si256(_mm256_loadu_si256(in), _mm256_loadu_si256(in + 1));
        const __m256i high =
            _mm256_or_si256(_mm256_loadu_si256(in + 2), _mm256_loadu_si256(in + 3));
        if (_mm256_movemask_epi8(_mm256_or_si256(low, high)) != 0) break;
    }
    for (; done + 32 <= size; done += 32) {
        const __m256i part = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + done));
        if (_mm256_movemask_epi8(part) != 0) break;
    }
    return done;
}

const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
#endif

/// How many bytes at the front are ASCII; at least 0 of a block that has others, never too many.
std::size_t ascii_prefix(const unsigned char* at, std::size_t size) noexcept {
#if defined(__x86_64__)
    if (size >= 128 && has_avx2 && is_ascii_word(at)) return ascii_prefix_avx2(at, size);
#endif
    return ascii_prefix_words(at, size);
}

constexpr bool is_continuation(unsigned char value) noexcept { return (value & 0xC0U) == 0x80; }

/// The size of the valid character of 2 to 4 bytes at `at`, where 4 bytes may be read; else 0.
std::size_t character_size(const unsigned char* at) noexcept {
    const lead_rule rule = rule_of(at[0]);
    if (rule.missing == 0 || at[1] < rule.lowest || at[1] > rule.highest) return 0;
    if (rule.missing >= 2 && !is_continuation(at[2])) return 0;
    if (rule.missing == 3 && !is_continuation(at[3])) return 0;
    return rule.missing + std::size_t{1};
}

}  // namespace

bool utf8_validator::feed_byte(unsigned char value) noexcept {
    if (missing_ == 0) {
        if (value < 0x80) return true;
        const lead_rule rule = rule_of(value);
        missing_ = rule.missing;
        lowest_ = rule.lowest;
        highest_ = rule.highest;
        failed_ = rule.missing == 0;
        return !failed_;
    }
    failed_ = value < lowest_ || value > highest_;
    --missing_;
    lowest_ = 0x80;
    highest_ = 0xBF;
    return !failed_;
}

bool utf8_validator::feed(bytes piece) noexcept {
    const auto* at = reinterpret_cast<const unsigned char*>(piece.data());
    std::size_t left = piece.size();
    while (left > 0 && !failed_) {
        std::size_t step = 0;
        if (missing_ == 0) {
            if (*at < 0x80) {
                step = ascii_prefix(at, left);
            } else if (left >= 4) {
                step = character_size(at);
            }
        }
        if (step == 0) {
            feed_byte(*at);
            step = 1;
        }
        at += step;
        left -= step;
    }
    return !failed_;
}

bool is_utf8(bytes text) noexcept {
    utf8_validator validator;
    return validator.feed(text) && validator.is_complete();
}

}  // namespace weir::ws
