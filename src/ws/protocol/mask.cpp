// SPDX-License-Identifier: Apache-2.0
// Each routine serves in place (`to` == `from`), moving towards the front and copying alike: a
// step loads before it stores, and goes upwards. The processor is asked once; before that answer
// exists (static initialisation) the portable routine runs, which is always right.
#include <weir/ws/protocol/mask.hpp>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir::ws {
namespace {

std::uint64_t repeated(mask_key key) noexcept {
    std::uint32_t half = 0;
    std::memcpy(&half, key.data(), sizeof half);
    return half | (static_cast<std::uint64_t>(half) << 32U);
}

void mask_words(std::byte* to, const std::byte* from, std::size_t size, mask_key key) noexcept {
    const std::uint64_t whole = repeated(key);
    std::size_t at = 0;
    for (; at + 8 <= size; at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, from + at, 8);
        word ^= whole;
        std::memcpy(to + at, &word, 8);
    }
    for (; at < size; ++at) to[at] = from[at] ^ key[at & 3U];
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void mask_avx2(std::byte* to, const std::byte* from,
                                               std::size_t size, mask_key key) noexcept {
    const __m256i wide = _mm256_set1_epi64x(static_cast<long long>(repeated(key)));
    std::size_t at = 0;
    for (; at + 128 <= size; at += 128) {
        const auto* in = reinterpret_cast<const __m256i*>(from + at);
        auto* out = reinterpret_cast<__m256i*>(to + at);
        const __m256i a = _mm256_xor_si256(_mm256_loadu_si256(in), wide);
        const __m256i b = _mm256_xor_si256(_mm256_loadu_si256(in + 1), wide);
        const __m256i c = _mm256_xor_si256(_mm256_loadu_si256(in + 2), wide);
        const __m256i d = _mm256_xor_si256(_mm256_loadu_si256(in + 3), wide);
        _mm256_storeu_si256(out, a);
        _mm256_storeu_si256(out + 1, b);
        _mm256_storeu_si256(out + 2, c);
        _mm256_storeu_si256(out + 3, d);
    }
    for (; at + 32 <= size; at += 32) {
        const __m256i part = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + at));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + at), _mm256_xor_si256(part, wide));
    }
    move_masked(to + at, {from + at, size - at}, key);
}

const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
#endif

void mask_into(std::byte* to, const std::byte* from, std::size_t size, mask_key key) noexcept {
#if defined(__x86_64__)
    if (has_avx2) return mask_avx2(to, from, size, key);
#endif
    mask_words(to, from, size, key);
}

}  // namespace

void detail::move_masked_wide(std::byte* to, bytes from, mask_key key) noexcept {
    mask_into(to, from.data(), from.size(), key);
}

}  // namespace weir::ws
