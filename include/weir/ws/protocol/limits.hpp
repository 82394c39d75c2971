// SPDX-License-Identifier: Apache-2.0
// What one WebSocket peer may cost. Passing a limit ends the connection with a close frame that
// names the limit, except pings, of which only the newest is then answered.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace weir::ws {

/// Limits on what a peer sends; a value, shared by all connections that are configured alike.
///
/// ```cpp
/// const auto limits = weir::ws::limits().max_message_bytes(16 << 20).max_fragments(65'536);
/// ```
class limits {
public:
    limits() noexcept {}

    /// A whole message, assembled and inflated: default 1 MiB, at least 1. Passing it: close 1009.
    limits& max_message_bytes(std::size_t value) noexcept {
        max_message_bytes_ = std::max<std::size_t>(value, 1);
        return *this;
    }
    /// One frame: default and at most max_message_bytes. Passing it: close 1009.
    limits& max_frame_bytes(std::size_t value) noexcept {
        max_frame_bytes_ = std::max<std::size_t>(value, 1);
        return *this;
    }
    /// Frames of one message: default 16,384, at least 1. Passing it: close 1009.
    limits& max_fragments(std::uint32_t value) noexcept {
        max_fragments_ = std::max<std::uint32_t>(value, 1);
        return *this;
    }
    /// Pongs that wait to be sent: default 60, at least 1. Beyond it only the newest ping is
    /// answered, once the waiting pongs have left (RFC 6455 5.5.3 allows that).
    limits& max_pending_pongs(std::uint16_t value) noexcept {
        max_pending_pongs_ = std::max<std::uint16_t>(value, 1);
        return *this;
    }
    /// How many times as large as its compressed form a message may be, from 64 KiB on: default
    /// 100, at least 1; deflate cannot pass 1032. Passing it: close 1009.
    limits& max_inflate_ratio(std::uint32_t value) noexcept {
        max_inflate_ratio_ = std::max<std::uint32_t>(value, 1);
        return *this;
    }

    [[nodiscard]] std::size_t max_message_bytes() const noexcept { return max_message_bytes_; }
    [[nodiscard]] std::size_t max_frame_bytes() const noexcept {
        return std::min(max_frame_bytes_, max_message_bytes_);
    }
    [[nodiscard]] std::uint32_t max_fragments() const noexcept { return max_fragments_; }
    [[nodiscard]] std::uint16_t max_pending_pongs() const noexcept { return max_pending_pongs_; }
    [[nodiscard]] std::uint32_t max_inflate_ratio() const noexcept { return max_inflate_ratio_; }
    /// Up to here a message may have any ratio.
    static constexpr std::size_t min_ratio_bytes = std::size_t{64} << 10U;

private:
    std::size_t max_message_bytes_ = std::size_t{1} << 20U;
    std::size_t max_frame_bytes_ = SIZE_MAX;
    std::uint32_t max_fragments_ = 16'384;
    std::uint16_t max_pending_pongs_ = 60;
    std::uint32_t max_inflate_ratio_ = 100;
};

}  // namespace weir::ws
