// SPDX-License-Identifier: Apache-2.0
// session::rare: what only a connection has that is in the midst of a frame or message, or that
// keeps the context of compression.
#pragma once

#include "ws/deflate/message_inflater.hpp"
#include "ws/deflate/own_coders.hpp"
#include "wslay_judge.hpp"

#include <weir/coro/detail/frame_pool.hpp>
#include <weir/ws/protocol/session.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace weir::ws {

/// Exists from the first byte of a frame that does not end in its chunk until that frame, or the
/// fragmented message that it belongs to, has been delivered; for good where context is kept.
/// Pooled, because chunks end inside of frames all the time: once for each receive buffer that is
/// used up.
struct session::rare : weir::detail::pooled {
    message_buffer assembly;
    wslay_judge::handle judge;                  // while a fragmented message is under way
    std::optional<message_inflater> inflating;  // while a compressed message is under way
    std::unique_ptr<own_coders> own;            // where context is kept
    frame_header header;                        // of the frame that is being received
    std::uint64_t received = 0;                 // payload bytes of it that are here
    std::uint32_t fragments = 0;
    utf8_validator text;  // of a message that is not fragmented or compressed; else wslay has one
    message_kind kind = message_kind::binary;
    std::array<std::byte, max_header_bytes> partial{};  // a header that a chunk ended in
    std::uint8_t partial_size = 0;
    bool is_in_frame = false;
    bool is_delivered = false;  // `assembly` was handed out by the last event
    std::optional<protocol_errc> direct_error;
    std::optional<std::uint8_t> held_pong_size;
    std::array<std::byte, max_control_payload_bytes> control{};
    std::array<std::byte, max_control_payload_bytes> held_pong{};

    [[nodiscard]] std::uint64_t missing() const noexcept { return header.length - received; }
    [[nodiscard]] bool is_idle() const noexcept {
        return !is_in_frame && partial_size == 0 && judge == nullptr && !held_pong_size &&
               own == nullptr;
    }

    void begin_frame(const frame_header& next) noexcept {
        header = next;
        received = 0;
        is_in_frame = true;
    }

    /// Takes what fits off the front of `chunk`; returns how much.
    std::size_t add_to_header(bytes chunk) noexcept {
        const std::size_t copied = std::min(chunk.size(), partial.size() - partial_size);
        std::copy_n(chunk.data(), copied, partial.data() + partial_size);
        partial_size = static_cast<std::uint8_t>(partial_size + copied);
        return copied;
    }

    /// Counts `count` unmasked bytes, written behind the assembly, in; says whether they are fine.
    [[nodiscard]] std::optional<protocol_errc> accept(std::size_t count);
    /// Inflates unmasked bytes to behind the assembly; says whether they are fine.
    [[nodiscard]] std::optional<protocol_errc> accept_compressed(bytes arrived,
                                                                 const limits& limits);
    /// Inflates what is still to come of a message whose last byte is here.
    [[nodiscard]] std::optional<protocol_errc> finish_inflating(const limits& limits);
    /// Says whether what was inflated since the assembly had `before` bytes is fine.
    [[nodiscard]] std::optional<protocol_errc> check_inflated(std::size_t before);
};

}  // namespace weir::ws
