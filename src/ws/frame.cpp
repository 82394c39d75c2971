// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/frame.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>

namespace weir::ws {
namespace {

std::uint64_t read_big_endian(const std::byte* at, std::size_t size) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        value = (value << 8U) | std::to_integer<std::uint64_t>(at[i]);
    }
    return value;
}

void write_big_endian(std::byte* at, std::uint64_t value, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
        at[i] = static_cast<std::byte>((value >> (8 * (size - 1 - i))) & 0xFFU);
    }
}

constexpr std::uint64_t max_length = (std::uint64_t{1} << 63U) - 1;

}  // namespace

peek_status peek_header(bytes data, frame_header& header) noexcept {
    if (data.size() < 2) return peek_status::need_data;
    const auto first = std::to_integer<std::uint8_t>(data[0]);
    const auto second = std::to_integer<std::uint8_t>(data[1]);
    const std::uint8_t short_length = second & 0x7FU;
    const std::size_t length_size = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
    const bool is_masked = (second & 0x80U) != 0;
    const std::size_t size = 2 + length_size + (is_masked ? 4 : 0);
    if (data.size() < size) return peek_status::need_data;

    header.length = short_length;
    if (length_size != 0) {
        header.length = read_big_endian(data.data() + 2, length_size);
        if (header.length > max_length) return peek_status::length_out_of_range;
        const std::uint64_t least = length_size == 2 ? 126 : 0x10000;
        if (header.length < least) return peek_status::length_not_minimal;
    }
    if (is_masked) std::copy_n(data.data() + 2 + length_size, 4, header.key.data());
    header.code = static_cast<opcode>(first & 0x0FU);
    header.reserved = static_cast<std::uint8_t>((first >> 4U) & 0x7U);
    header.size = static_cast<std::uint8_t>(size);
    header.is_final = (first & 0x80U) != 0;
    header.is_masked = is_masked;
    return peek_status::complete;
}

std::size_t encode_header(std::span<std::byte, max_header_bytes> out, opcode code, bool is_final,
                          std::uint64_t length, std::optional<mask_key> key,
                          std::uint8_t reserved) noexcept {
    WEIR_ASSERT(length <= max_length, "a frame's length must be below 2^63");
    out[0] = static_cast<std::byte>((is_final ? 0x80U : 0U) | ((reserved & 0x7U) << 4U) |
                                    (static_cast<unsigned>(code) & 0x0FU));
    const std::uint8_t mask_bit = key ? 0x80 : 0;
    std::size_t size = 2;
    if (length < 126) {
        out[1] = static_cast<std::byte>(mask_bit | length);
    } else if (length < 0x10000) {
        out[1] = static_cast<std::byte>(mask_bit | 126U);
        write_big_endian(out.data() + 2, length, 2);
        size = 4;
    } else {
        out[1] = static_cast<std::byte>(mask_bit | 127U);
        write_big_endian(out.data() + 2, length, 8);
        size = 10;
    }
    if (!key) return size;
    std::copy_n(key->data(), 4, out.data() + size);
    return size + 4;
}

}  // namespace weir::ws
