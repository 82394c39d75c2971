// SPDX-License-Identifier: Apache-2.0
// The frame header of RFC 6455 5.2, read and written. Nothing here knows about sessions: a header
// that is well formed may still be out of place, which session.hpp decides.
//
//   byte 0        FIN RSV1 RSV2 RSV3 opcode(4)
//   byte 1        MASK length(7)           126: 16-bit length follows, 127: 64-bit length follows
//   then          2 or 8 bytes of length, big endian, in the shortest form
//   then          4 bytes of mask key when MASK is set
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/ws/mask.hpp>
#include <weir/ws/opcode.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir::ws {

/// The longest header: 2 + 8 bytes of length + 4 bytes of key.
inline constexpr std::size_t max_header_bytes = 14;
/// The longest payload of a control frame (RFC 6455 5.5).
inline constexpr std::size_t max_control_payload_bytes = 125;

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

/// Decodes the header at the front of `data` without consuming it.
[[nodiscard]] peek_status peek_header(bytes data, frame_header& header) noexcept;

/// Writes a header in its shortest form.
/// @param length    payload bytes, at most 2^63-1.
/// @param key       nullopt: not masked (server); else the key that the payload is masked with.
/// @param reserved  RSV bits: RSV1 = 4; only what was negotiated.
/// @return          how many bytes of `out` were written: 2 ... 14.
[[nodiscard]] std::size_t encode_header(std::span<std::byte, max_header_bytes> out, opcode code,
                                        bool is_final, std::uint64_t length,
                                        std::optional<mask_key> key = std::nullopt,
                                        std::uint8_t reserved = 0) noexcept;

}  // namespace weir::ws
