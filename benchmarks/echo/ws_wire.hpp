// SPDX-License-Identifier: Apache-2.0
// The bytes of RFC 6455 that an echo needs: frame headers, masking, the upgrade's answer.
#pragma once

#include <immintrin.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <strings.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace echo {

enum opcode : std::uint8_t {
    op_continuation = 0,
    op_text = 1,
    op_binary = 2,
    op_close = 8,
    op_ping = 9,
    op_pong = 10,
};

struct frame_header {
    bool fin = false;
    bool masked = false;
    std::uint8_t rsv = 0;
    std::uint8_t op = 0;
    std::uint32_t key = 0;  // as it lies in memory
    std::uint64_t length = 0;

    [[nodiscard]] bool is_control() const { return (op & 8) != 0; }
};

/// Bytes of a whole header of which `n` >= 2 bytes are at `p`.
inline std::size_t client_header_bytes(const char* p) {
    const unsigned length = static_cast<unsigned char>(p[1]) & 0x7fu;
    const std::size_t mask = (static_cast<unsigned char>(p[1]) & 0x80u) != 0 ? 4 : 0;
    return (length < 126 ? 2u : length == 126 ? 4u : 10u) + mask;
}

/// Returns the header's size, or 0 if it isn't all there yet.
inline std::size_t read_header(const char* p, std::size_t n, frame_header& header) {
    if (n < 2) return 0;
    const std::size_t bytes = client_header_bytes(p);
    if (n < bytes) return 0;
    const auto first = static_cast<unsigned char>(p[0]);
    const auto second = static_cast<unsigned char>(p[1]);
    header.fin = (first & 0x80u) != 0;
    header.rsv = first & 0x70u;
    header.op = first & 0x0fu;
    header.masked = (second & 0x80u) != 0;
    header.length = second & 0x7fu;
    if (header.length == 126) {
        std::uint16_t wire;
        std::memcpy(&wire, p + 2, 2);
        header.length = __builtin_bswap16(wire);
    } else if (header.length == 127) {
        std::uint64_t wire;
        std::memcpy(&wire, p + 2, 8);
        header.length = __builtin_bswap64(wire);
    }
    header.key = 0;
    if (header.masked) std::memcpy(&header.key, p + bytes - 4, 4);
    return bytes;
}

inline std::size_t server_header_bytes(std::uint64_t length) {
    return length < 126 ? 2 : length < 65536 ? 4 : 10;
}

inline void write_server_header(char* p, std::uint8_t op, std::uint64_t length) {
    p[0] = static_cast<char>(0x80u | op);
    if (length < 126) {
        p[1] = static_cast<char>(length);
    } else if (length < 65536) {
        p[1] = 126;
        const std::uint16_t wire = __builtin_bswap16(static_cast<std::uint16_t>(length));
        std::memcpy(p + 2, &wire, 2);
    } else {
        p[1] = 127;
        const std::uint64_t wire = __builtin_bswap64(length);
        std::memcpy(p + 2, &wire, 8);
    }
}

/// The key as it applies from the `offset`-th byte of the payload on.
inline std::uint32_t rotated_key(std::uint32_t key, std::uint64_t offset) {
    return std::rotr(key, static_cast<int>(8 * (offset & 3)));
}

__attribute__((target("avx2"))) inline std::size_t unmask_avx2(char* to, const char* from,
                                                               std::size_t n, std::uint32_t key) {
    const __m256i wide = _mm256_set1_epi32(static_cast<int>(key));
    std::size_t i = 0;
    for (; i + 128 <= n; i += 128) {
        // All loads come before all stores: `to` may lie up to 128 bytes before `from`.
        const auto* in = reinterpret_cast<const __m256i*>(from + i);
        auto* out = reinterpret_cast<__m256i*>(to + i);
        const __m256i a = _mm256_xor_si256(_mm256_loadu_si256(in), wide);
        const __m256i b = _mm256_xor_si256(_mm256_loadu_si256(in + 1), wide);
        const __m256i c = _mm256_xor_si256(_mm256_loadu_si256(in + 2), wide);
        const __m256i d = _mm256_xor_si256(_mm256_loadu_si256(in + 3), wide);
        _mm256_storeu_si256(out, a);
        _mm256_storeu_si256(out + 1, b);
        _mm256_storeu_si256(out + 2, c);
        _mm256_storeu_si256(out + 3, d);
    }
    return i;
}

/// XORs `n` bytes with the key; `to` may equal `from` or lie before it, overlapping.
inline void unmask(char* to, const char* from, std::size_t n, std::uint32_t key) {
    static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
    std::size_t i = n >= 128 && has_avx2 ? unmask_avx2(to, from, n, key) : 0;
    const std::uint64_t wide = key | static_cast<std::uint64_t>(key) << 32;
    for (; i + 8 <= n; i += 8) {
        std::uint64_t word;
        std::memcpy(&word, from + i, 8);
        word ^= wide;
        std::memcpy(to + i, &word, 8);
    }
    for (; i < n; ++i) to[i] = static_cast<char>(from[i] ^ static_cast<char>(key >> (8 * (i & 3))));
}

/// The value of a header field in an upgrade request, or empty.
inline std::string_view header_value(std::string_view request, std::string_view name) {
    for (auto at = request.find("\r\n"); at != std::string_view::npos;
         at = request.find("\r\n", at + 2)) {
        std::string_view line = request.substr(at + 2, request.find("\r\n", at + 2) - at - 2);
        if (line.size() <= name.size() || line[name.size()] != ':') continue;
        if (strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
        line.remove_prefix(name.size() + 1);
        while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
        while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
        return line;
    }
    return {};
}

/// The server's whole answer to an upgrade request (RFC 6455 4.2.2).
inline std::string upgrade_response(std::string_view key) {
    const std::string salted = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(salted.data()), salted.size(), digest);
    unsigned char accept[32];
    EVP_EncodeBlock(accept, digest, SHA_DIGEST_LENGTH);
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           std::string(reinterpret_cast<const char*>(accept)) + "\r\n\r\n";
}

}  // namespace echo
