// SPDX-License-Identifier: Apache-2.0
// The frame types of RFC 6455 5.2 and the two kinds of message that they carry.
#pragma once

#include <cstdint>

namespace weir::ws {

/// The type of one WebSocket frame. Values: RFC 6455 11.8.
enum class opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

/// Whether `code` marks a control frame: never fragmented, at most 125 bytes (RFC 6455 5.5).
[[nodiscard]] constexpr bool is_control(opcode code) noexcept {
    return (static_cast<std::uint8_t>(code) & 0x8) != 0;
}

/// What a message holds: UTF-8 text, or bytes that mean whatever the application says.
enum class message_kind : std::uint8_t { text = 0x1, binary = 0x2 };

/// The opcode of the first frame of a message of this kind.
[[nodiscard]] constexpr opcode opcode_of(message_kind kind) noexcept {
    return static_cast<opcode>(kind);
}

}  // namespace weir::ws
