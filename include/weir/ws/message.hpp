// SPDX-License-Identifier: Apache-2.0
// message: one received WebSocket message, and prepared_message: one to be sent to many.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/bytes.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/ws/protocol/opcode.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace weir::ws {

/// A whole received message. Owns a lease on its bytes, which usually lie where they were received:
/// drop it soon. Text is valid UTF-8. Moves, does not copy; shard-local.
class message {
public:
    message() noexcept = default;
    /// @param headroom  how many bytes right before the payload belong to this message too.
    explicit message(message_kind kind, buffer_lease payload, std::uint8_t headroom = 0) noexcept
        : payload_(std::move(payload)), kind_(kind), headroom_(headroom) {}

    [[nodiscard]] message_kind kind() const noexcept { return kind_; }
    [[nodiscard]] bool is_text() const noexcept { return kind_ == message_kind::text; }
    [[nodiscard]] std::size_t size() const noexcept { return payload_.size(); }
    /// The payload; it may be changed in place.
    [[nodiscard]] mutable_bytes data() const noexcept { return payload_.data(); }
    [[nodiscard]] std::string_view text() const noexcept { return as_text(payload_.data()); }
    [[nodiscard]] buffer_lease take_payload() noexcept { return std::move(payload_); }
    /// Bytes before the payload in which a header can be written, to send both without a copy.
    [[nodiscard]] std::size_t headroom() const noexcept {
        return payload_.data().data() == nullptr ? 0 : headroom_;  // it went with the payload
    }
    /// Takes the payload with `size` bytes of the headroom before it.
    [[nodiscard, gnu::always_inline]] buffer_lease take_with_headroom(std::size_t size) noexcept {
        WEIR_ASSERT(size <= headroom(), "a message was asked for more headroom than it has");
        payload_.extend_front(size);
        return std::move(payload_);
    }

private:
    buffer_lease payload_;
    message_kind kind_ = message_kind::binary;
    std::uint8_t headroom_ = 0;
};

namespace detail {
class compressed_frames;
}

/// A message encoded once as a server's frame, to be sent to any number of connections on any
/// shard. A value: copies share the bytes. (A client masks each message anew and copies it.)
///
/// It is compressed when the first connection that agreed on that gets it, and once for each window
/// size. A connection that keeps context gets the same frame, and begins its context anew.
///
/// ```cpp
/// const weir::ws::prepared_message news(weir::ws::message_kind::text, weir::as_bytes("hello"));
/// for (auto& member : room) member.try_send(news);
/// ```
class prepared_message {
public:
    explicit prepared_message(message_kind kind, bytes payload);

    [[nodiscard]] message_kind kind() const noexcept { return kind_; }
    [[nodiscard]] const send_buffer& frame() const noexcept { return frame_; }
    /// The frame's size: what it costs a receiver.
    [[nodiscard]] std::size_t size() const noexcept { return frame_.size(); }
    [[nodiscard]] bytes payload() const noexcept { return frame_.view().subspan(header_bytes_); }
    /// The frame for receivers that agreed on that window; empty = it does not shrink, or has less
    /// than `min_compressed_bytes`.
    /// @param level  of compression; counts when it is made, for the first who asks.
    [[nodiscard]] send_buffer compressed_frame(int window_bits, int level) const;

    static constexpr std::size_t min_compressed_bytes = 128;

private:
    send_buffer frame_;
    std::shared_ptr<detail::compressed_frames> compressed_;
    std::size_t header_bytes_ = 0;
    message_kind kind_;
};

}  // namespace weir::ws
