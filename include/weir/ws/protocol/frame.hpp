// SPDX-License-Identifier: Apache-2.0
// The frame header of RFC 6455 5.2, read and written. Nothing here knows about sessions: a header
// that is well formed may still be out of place, which session.hpp decides.
//
//   byte 0        FIN RSV1 RSV2 RSV3 opcode(4)
//   byte 1        MASK length(7)           126: 16-bit length follows, 127: 64-bit length follows
//   then          2 or 8 bytes of length, big endian, in the shortest form
//   then          4 bytes of mask key when MASK is set
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/bytes.hpp>
#include <weir/ws/protocol/mask.hpp>
#include <weir/ws/protocol/opcode.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace weir::ws {

/// The longest header: 2 + 8 bytes of length + 4 bytes of key.
inline constexpr std::size_t max_header_bytes = 14;
/// The longest payload of a control frame (RFC 6455 5.5).
inline constexpr std::size_t max_control_payload_bytes = 125;

/// RSV1 among the reserved bits: the message that this frame begins is compressed (RFC 7692 6).
inline constexpr std::uint8_t compressed_bit = 4;

/// A decoded frame header.
class frame_header {
public:
    frame_header() noexcept = default;

    std::uint64_t length = 0;   ///< payload bytes, 0 ... 2^63-1
    mask_key key{};             ///< meaningful when `is_masked`
    opcode code{};              ///< may be a number that RFC 6455 reserves
    std::uint8_t reserved = 0;  ///< RSV1 = 4, RSV2 = 2, RSV3 = 1
    std::uint8_t size = 0;      ///< bytes of the header itself, 2 ... 14
    bool is_final = false;
    bool is_masked = false;
};

/// What `peek_header` saw.
enum class peek_status : std::uint8_t {
    need_data,            ///< the header goes on past the given bytes
    complete,             ///< `header` is filled in
    length_not_minimal,   ///< a longer length form than needed (RFC 6455 5.2)
    length_out_of_range,  ///< the most significant bit of a 64-bit length is set
};

/// How many bytes the header of a frame takes in its shortest form: 2 ... 14.
[[nodiscard]] inline std::size_t header_size(std::uint64_t length, bool is_masked) noexcept {
    return (length < 126 ? 2U : length < 0x10000 ? 4U : 10U) + (is_masked ? 4U : 0U);
}

namespace detail {

template <std::size_t Size>
[[nodiscard]] inline std::uint64_t read_big_endian(const std::byte* at) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < Size; ++i) {
        value = (value << 8U) | std::to_integer<std::uint64_t>(at[i]);
    }
    return value;
}

template <std::size_t Size>
inline void write_big_endian(std::byte* at, std::uint64_t value) noexcept {
    for (std::size_t i = 0; i < Size; ++i) {
        at[i] = static_cast<std::byte>((value >> (8 * (Size - 1 - i))) & 0xFFU);
    }
}

inline constexpr std::uint64_t max_frame_length = (std::uint64_t{1} << 63U) - 1;

}  // namespace detail

/// Decodes the header at the front of `data` without consuming it. Inlined, because it runs for
/// every message and costs more as a call than by what it does.
[[nodiscard, gnu::always_inline]] inline peek_status peek_header(bytes data,
                                                                 frame_header& header) noexcept {
    if (data.size() < 2) return peek_status::need_data;
    const auto first = std::to_integer<std::uint8_t>(data[0]);
    const auto second = std::to_integer<std::uint8_t>(data[1]);
    const std::uint8_t short_length = second & 0x7FU;
    const std::size_t length_size = short_length < 126 ? 0 : short_length == 126 ? 2 : 8;
    const bool is_masked = (second & 0x80U) != 0;
    const std::size_t size = 2 + length_size + (is_masked ? 4 : 0);
    if (data.size() < size) return peek_status::need_data;

    header.length = short_length;
    if (length_size == 2) {
        header.length = detail::read_big_endian<2>(data.data() + 2);
        if (header.length < 126) return peek_status::length_not_minimal;
    } else if (length_size == 8) {
        header.length = detail::read_big_endian<8>(data.data() + 2);
        if (header.length > detail::max_frame_length) return peek_status::length_out_of_range;
        if (header.length < 0x10000) return peek_status::length_not_minimal;
    }
    if (is_masked) std::memcpy(header.key.data(), data.data() + 2 + length_size, 4);
    header.code = static_cast<opcode>(first & 0x0FU);
    header.reserved = static_cast<std::uint8_t>((first >> 4U) & 0x7U);
    header.size = static_cast<std::uint8_t>(size);
    header.is_final = (first & 0x80U) != 0;
    header.is_masked = is_masked;
    return peek_status::complete;
}

/// Writes a header in its shortest form.
/// @param out       at least header_size(length, key.has_value()) bytes.
/// @param length    payload bytes, at most 2^63-1.
/// @param key       nullopt: not masked (server); else the key that the payload is masked with.
/// @param reserved  RSV bits: RSV1 = 4; only what was negotiated.
/// @return          how many bytes of `out` were written: 2 ... 14.
[[gnu::always_inline]] inline std::size_t encode_header(mutable_bytes out, opcode code,
                                                        bool is_final, std::uint64_t length,
                                                        std::optional<mask_key> key = std::nullopt,
                                                        std::uint8_t reserved = 0) noexcept {
    WEIR_ASSERT(length <= detail::max_frame_length, "a frame's length must be below 2^63");
    WEIR_ASSERT(out.size() >= header_size(length, key.has_value()),
                "a frame header was given too little room");
    std::byte* at = out.data();
    at[0] = static_cast<std::byte>((is_final ? 0x80U : 0U) | ((reserved & 0x7U) << 4U) |
                                   (static_cast<unsigned>(code) & 0x0FU));
    const std::uint8_t mask_bit = key ? 0x80 : 0;
    std::size_t size = 2;
    if (length < 126) {
        at[1] = static_cast<std::byte>(mask_bit | length);
    } else if (length < 0x10000) {
        at[1] = static_cast<std::byte>(mask_bit | 126U);
        detail::write_big_endian<2>(at + 2, length);
        size = 4;
    } else {
        at[1] = static_cast<std::byte>(mask_bit | 127U);
        detail::write_big_endian<8>(at + 2, length);
        size = 10;
    }
    if (!key) return size;
    std::memcpy(at + size, key->data(), 4);
    return size + 4;
}

}  // namespace weir::ws
