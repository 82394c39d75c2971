// SPDX-License-Identifier: Apache-2.0
// session: the WebSocket protocol of one connection after the handshake, for both roles. A pure
// state machine: it is given received bytes and gives events; it turns messages into frames. No
// socket, no clock, no coroutine. Sources: RFC 6455 5, 6, 7; the states are drawn in session.cpp.
//
// Zero copies for the usual case: a frame that lies whole in the received chunk is unmasked in
// place and handed out as a view into the chunk. Only what spans chunks is copied, once.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>
#include <weir/ws/deflate/deflate_agreement.hpp>
#include <weir/ws/deflate/deflate_parameters.hpp>
#include <weir/ws/protocol/close_code.hpp>
#include <weir/ws/protocol/error.hpp>
#include <weir/ws/protocol/frame.hpp>
#include <weir/ws/protocol/limits.hpp>
#include <weir/ws/protocol/mask_key_source.hpp>
#include <weir/ws/protocol/message_buffer.hpp>
#include <weir/ws/protocol/opcode.hpp>
#include <weir/ws/protocol/utf8.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

namespace weir::ws {

/// Which side of the connection a session is. Clients mask what they send, servers never do.
enum class role : std::uint8_t { server, client };

/// Where the close handshake stands.
enum class session_state : std::uint8_t {
    open,            ///< messages flow both ways
    closing,         ///< our close was encoded; the peer's messages still arrive
    close_received,  ///< the peer's close arrived; ours is due, input is ignored
    closed,          ///< one close each way: the server ends the TCP connection now
    failed,          ///< the peer broke a rule; our close is due, input is ignored
    failed_closed,   ///< ... and was encoded: end the TCP connection without waiting
};

/// What the shell has to do next.
enum class event_kind : std::uint8_t {
    need_data,       ///< the chunk is used up: receive more
    message,         ///< a whole message: deliver `payload()`
    pong_due,        ///< a ping: send encode_pong(payload())
    pong_received,   ///< a pong: `payload()` is what some ping of ours carried, or unsolicited
    close_received,  ///< the last event: answer with close(code()); `payload()` is the reason
    failed,          ///< the last event: send close(code(), reason()), then end the connection
};

/// One step that a session asks of its shell; a value of 24 bytes.
class event {
public:
    explicit event(event_kind kind) noexcept : kind_(kind) {}
    event(event_kind kind, mutable_bytes payload, bool is_in_chunk) noexcept
        : payload_(payload), kind_(kind), is_in_chunk_(is_in_chunk) {}
    event(message_kind type, mutable_bytes payload, bool is_in_chunk,
          std::uint8_t headroom = 0) noexcept
        : payload_(payload),
          kind_(event_kind::message),
          type_(type),
          is_in_chunk_(is_in_chunk),
          headroom_(headroom) {}
    event(close_code code, mutable_bytes reason, bool is_in_chunk) noexcept
        : payload_(reason),
          code_(code),
          kind_(event_kind::close_received),
          is_in_chunk_(is_in_chunk) {}
    explicit event(protocol_errc error) noexcept
        : code_(close_code_for(error)), kind_(event_kind::failed), error_(error) {}

    [[nodiscard]] event_kind kind() const noexcept { return kind_; }
    /// Text or binary; meaningful for `message`.
    [[nodiscard]] message_kind type() const noexcept { return type_; }
    /// The unmasked payload. Valid until the session's next `next` or, where `is_in_chunk`, as long
    /// as the chunk is. The receiver may change it.
    [[nodiscard]] mutable_bytes payload() const noexcept { return payload_; }
    /// Whether `payload` lies in the chunk that was given to `next`, not in the session's memory.
    [[nodiscard]] bool is_in_chunk() const noexcept { return is_in_chunk_; }
    /// How many bytes right before `payload` are free for a header.
    [[nodiscard]] std::uint8_t headroom() const noexcept { return headroom_; }
    /// The peer's code (`no_status` = its close frame was empty), or the code to fail with.
    [[nodiscard]] close_code code() const noexcept { return code_; }
    /// Which rule the peer broke; meaningful for `failed`.
    [[nodiscard]] protocol_errc error() const noexcept { return error_; }
    /// `failed`: what to tell the peer. `close_received`: what the peer told, valid UTF-8.
    [[nodiscard]] std::string_view reason() const noexcept {
        return kind_ == event_kind::failed ? describe(error_) : as_text(payload_);
    }

private:
    mutable_bytes payload_{};
    close_code code_ = close_code::no_status;
    event_kind kind_;
    message_kind type_ = message_kind::binary;
    protocol_errc error_{};
    bool is_in_chunk_ = false;
    std::uint8_t headroom_ = 0;
};

/// The header of a frame to send; the payload follows it, masked with `key()` if there is one.
class encoded_header {
public:
    encoded_header(opcode code, bool is_final, std::uint64_t length, std::optional<mask_key> key,
                   std::uint8_t reserved = 0) noexcept
        : key_(key) {
        size_ =
            static_cast<std::uint8_t>(encode_header(bytes_, code, is_final, length, key, reserved));
    }

    /// The bytes to send before the payload: 2 ... 14.
    [[nodiscard]] bytes view() const noexcept WEIR_LIFETIMEBOUND { return {bytes_.data(), size_}; }
    /// The key that the payload must be masked with (offset 0); nullopt for a server.
    [[nodiscard]] const std::optional<mask_key>& key() const noexcept { return key_; }

private:
    std::array<std::byte, max_header_bytes> bytes_{};
    std::uint8_t size_ = 0;
    std::optional<mask_key> key_;
};

/// A whole control frame, ready to send: header and payload, masked if the role demands it.
class control_frame {
public:
    control_frame(opcode code, bytes payload, std::optional<mask_key> key) noexcept;

    /// The bytes to send: 2 ... 131.
    [[nodiscard]] bytes view() const noexcept WEIR_LIFETIMEBOUND { return {bytes_.data(), size_}; }

private:
    std::array<std::byte, 2 + 4 + max_control_payload_bytes> bytes_{};
    std::uint8_t size_ = 0;
};

/// The protocol state of one connection. An idle one owns no heap memory, unless it keeps the
/// context of compression (and has not been told to `hibernate`); moves, does not copy. Belongs to
/// one thread at a time. May be destroyed in any state.
///
/// ```cpp
/// weir::ws::session session(weir::ws::role::server, limits);
/// for (auto event = session.next(chunk); event.kind() != event_kind::need_data;
///      event = session.next(chunk)) {
///     if (event.kind() == event_kind::message) echo(event.type(), event.payload());
/// }
/// ```
class session {
public:
    /// @param limits  borrowed for the session's life; usually one object for all connections.
    /// @param keys    a client's mask keys, borrowed for the session's life; unused by a server.
    session(role side, const limits& limits WEIR_LIFETIMEBOUND,
            mask_key_source& keys WEIR_LIFETIMEBOUND = mask_key_source::of_this_thread()) noexcept;
    session(session&&) noexcept;
    session& operator=(session&&) noexcept;
    ~session();

    /// Says what the handshake agreed on about compression; before the first frame either way.
    /// From then on compressed messages are inflated as they arrive, within the limits.
    void use_deflate(deflate_agreement agreed);

    // ---- receiving

    /// Takes bytes from the front of `chunk` until there is something to do. Call it until it
    /// gives `need_data`; the chunk is empty then and its memory may be reused, unless a payload
    /// that `is_in_chunk` is still in use.
    ///
    /// A server unmasks a payload to where it stands in its answer: directly behind room for the
    /// answer's header, which is shorter than the one that came, and directly behind the message
    /// before it if the caller says where that ended. So a run of messages is answered with one run
    /// of bytes and without a copy.
    ///
    /// @param chunk  received bytes, which the session changes; advanced past what it took. May be
    ///               empty: after `direct_filled` and `pongs_flushed`.
    /// @param gap    how many bytes right before the chunk are free, because they belonged to
    ///               messages that were taken from it.
    /// Errors:       a broken rule is the event `failed`; the events before it stand. After
    ///               `failed` and `close_received` every byte is ignored.
    /// Allocates:    nothing for data frames that lie whole in `chunk`; may throw std::bad_alloc
    ///               for others, after which the session may only be destroyed.
    /// Source:       RFC 6455 5.4, 5.5, 6.2.
    [[nodiscard]] event next(mutable_bytes& chunk, std::size_t gap = 0);
    /// The first half of `next`, inlined: takes a whole message of one frame, if one lies in front.
    /// @return  whether `found` is what `next` would give; else nothing was done: call `next`.
    [[nodiscard]] bool next_whole(mutable_bytes& chunk, std::size_t gap, event& found);

    /// Moves the assembled message of the last `message` event out, so that it outlives the next
    /// `next`. Only when that event's payload was not in the chunk; else the result is empty.
    [[nodiscard]] message_buffer take_message() noexcept;

    /// Memory that the rest of a large data frame may be received into without passing a chunk.
    /// Empty unless at least `min_direct_bytes` of the current frame are missing and its memory is
    /// the session's. Borrowed until `direct_filled`; no `next` in between.
    [[nodiscard]] mutable_bytes direct_space();

    /// Says that the first `count` bytes of `direct_space` were received; then call `next`.
    /// @param count  0 ... the size that direct_space gave.
    void direct_filled(std::size_t count);

    /// Says that all pongs handed out have left the send queue.
    /// @return  whether a ping was held back: call `next` (an empty chunk will do) to answer it.
    bool pongs_flushed() noexcept;

    // ---- sending

    /// The header of an unfragmented message of `length` payload bytes. A contract violation once
    /// our close was encoded (`may_send` says).
    [[nodiscard]] encoded_header encode_message(message_kind kind, std::uint64_t length) noexcept;

    /// How many bytes a message of `length` payload bytes takes as one frame.
    [[nodiscard]] std::size_t frame_size(std::size_t length) const noexcept {
        return header_size(length, role_ == role::client) + length;
    }
    /// Writes an unfragmented message: its header and its payload, masked if the role demands it.
    /// @param frame     frame_size(payload.size()) bytes.
    /// @param reserved  `compressed_bit` for a payload that `compress` made; else 0.
    void encode_message(message_kind kind, bytes payload, mutable_bytes frame,
                        std::uint8_t reserved = 0) noexcept;
    /// Compresses the payload of the next message; requires `deflate().may_compress()`. What it
    /// gives has to be sent, and before anything else that is compressed.
    /// @param level  1 (fastest) ... 9 (smallest).
    /// @return       what to send instead, with `compressed_bit`; empty = it would not shrink.
    /// Source:       RFC 7692 7.2.1.
    [[nodiscard]] message_buffer compress(bytes payload, int level);
    /// Says that a compressed message was sent that `compress` did not make: what it makes next
    /// does not refer to anything before, because the peer's window is another one by then.
    void forget_sent() noexcept;
    /// Writes the header alone of an unfragmented message, at the front of `frame`. For servers: a
    /// client's payload is masked with the key in its header.
    /// @param frame  header_size(length, false) bytes or more.
    [[gnu::always_inline]] void write_header(message_kind kind, std::size_t length,
                                             mutable_bytes frame) noexcept {
        WEIR_ASSERT(may_send() && role_ == role::server, "a server that is open writes headers");
        encode_header(frame, opcode_of(kind), true, length);
    }

    /// The header of one frame of a fragmented message: the first has the message's opcode, the
    /// others `continuation`, the last is final. The caller keeps the order; no other message may
    /// start in between (RFC 6455 5.4).
    [[nodiscard]] encoded_header encode_fragment(opcode code, bool is_final,
                                                 std::uint64_t length) noexcept;

    /// @param payload  0 ... 125 bytes.
    [[nodiscard]] control_frame encode_ping(bytes payload) noexcept;
    /// @param payload  0 ... 125 bytes: that of the ping.
    [[nodiscard]] control_frame encode_pong(bytes payload) noexcept;

    /// Our close frame; from then on nothing but its bytes may be sent.
    /// @param code    valid on the wire, or `no_status` for an empty frame.
    /// @param reason  UTF-8; cut at a character boundary to at most 123 bytes.
    /// Errors:        already_closing (a close was encoded before), close_code_not_allowed,
    ///                close_reason_not_utf8; the state does not change then.
    /// Source:        RFC 6455 5.5.1, 7.1.2.
    [[nodiscard]] result<control_frame> close(close_code code,
                                              std::string_view reason = {}) noexcept;

    // ---- memory

    /// False = `held_bytes` is 0; quicker.
    [[nodiscard]] bool may_hold_memory() const noexcept { return rare_ != nullptr; }
    /// What a connection that waits holds besides its objects: coders of its own, and the memory of
    /// an unfinished message.
    [[nodiscard]] std::size_t held_bytes() const noexcept;
    /// Gives back what can be had again: `hibernation` says what that is.
    /// @return  how many bytes.
    std::size_t hibernate();

    // ---- observers

    [[nodiscard]] role side() const noexcept { return role_; }
    /// What was agreed on about compression.
    [[nodiscard]] deflate_parameters deflate() const noexcept { return deflate_; }
    [[nodiscard]] session_state state() const noexcept { return state_; }
    /// Whether messages, pings and pongs may still be sent: no close of ours was encoded.
    [[nodiscard]] bool may_send() const noexcept {
        return state_ == session_state::open || state_ == session_state::close_received;
    }
    /// Whether received bytes are still looked at.
    [[nodiscard]] bool may_receive() const noexcept { return state_ <= session_state::closing; }
    /// Whether the peer has begun a frame or message that is not yet whole.
    [[nodiscard]] bool is_mid_message() const noexcept;
    /// Whether the peer has sent the first byte of a message that is not yet whole; no control
    /// frame is one.
    [[nodiscard]] bool has_begun_message() const noexcept;

    /// From how many missing bytes on receiving directly is worth a receive of its own.
    static constexpr std::size_t min_direct_bytes = std::size_t{64} << 10U;

private:
    struct rare;  // what only a connection with an unfinished frame or message needs

    enum class header_step : std::uint8_t { need_data, complete, broken };

    event next_slow(mutable_bytes& chunk);
    header_step collect_header(mutable_bytes& chunk, frame_header& header, protocol_errc& error);
    std::optional<event> begin_frame(const frame_header& header, mutable_bytes& chunk);
    std::optional<event> begin_fragment(const frame_header& header);
    std::optional<event> continue_frame(mutable_bytes& chunk);
    std::optional<event> continue_control(mutable_bytes& chunk);
    std::optional<event> finish_data_frame();
    std::optional<event> finish_control(const frame_header& header, mutable_bytes payload,
                                        bool is_in_chunk);
    std::optional<event> take_ping(mutable_bytes payload, bool is_in_chunk);
    event take_close(mutable_bytes payload, bool is_in_chunk);
    event whole_message(opcode code, mutable_bytes payload, std::size_t headroom) noexcept;
    /// Whether `header` begins a message that is one frame, within every rule but that of UTF-8,
    /// while no other frame is under way.
    [[nodiscard]] bool is_plain(const frame_header& header) const noexcept;
    /// Whether `header`, outside of a message, begins a compressed one.
    [[nodiscard]] bool starts_compressed(const frame_header& header) const noexcept;
    void begin_inflating(rare& state);
    event fail(protocol_errc error) noexcept;
    [[nodiscard]] std::optional<protocol_errc> broken_rule(const frame_header& header) const;
    [[nodiscard]] static bool is_whole_message(const frame_header& header) noexcept;
    [[nodiscard]] std::optional<mask_key> next_key() noexcept;
    rare& rare_state();
    void drop_delivered() noexcept;

    const limits* limits_;
    mask_key_source* keys_;
    std::unique_ptr<rare> rare_;
    std::uint16_t pending_pongs_ = 0;
    role role_;
    session_state state_ = session_state::open;
    deflate_parameters deflate_;
};

// Nearly all traffic is whole data frames. Their way is short; as calls it takes twice as long,
// because each result passes through memory.

inline bool session::is_whole_message(const frame_header& header) noexcept {
    const bool is_data = header.code == opcode::text || header.code == opcode::binary;
    return header.is_final && is_data && header.reserved == 0;
}

inline bool session::starts_compressed(const frame_header& header) const noexcept {
    const bool is_data = header.code == opcode::text || header.code == opcode::binary;
    return is_data && header.reserved == compressed_bit && deflate_.is_agreed();
}

inline bool session::is_plain(const frame_header& header) const noexcept {
    return is_whole_message(header) && header.is_masked == (role_ == role::server) &&
           header.length <= limits_->max_frame_bytes();
}

[[gnu::always_inline]] inline event session::whole_message(opcode code, mutable_bytes payload,
                                                           std::size_t headroom) noexcept {
    const bool is_text = code == opcode::text;
    if (is_text && !is_utf8(payload)) return fail(protocol_errc::text_not_utf8);
    return event(is_text ? message_kind::text : message_kind::binary, payload, true,
                 static_cast<std::uint8_t>(headroom));
}

[[gnu::always_inline]] inline bool session::next_whole(mutable_bytes& chunk, std::size_t gap,
                                                       event& found) {
    frame_header header;
    if (rare_ != nullptr || !may_receive()) return false;
    if (peek_header(chunk, header) != peek_status::complete || !is_plain(header)) return false;
    if (chunk.size() - header.size < header.length) return false;
    // Not by subspan, which would look at the size again.
    const auto length = static_cast<std::size_t>(header.length);
    std::byte* place = chunk.data() + header.size;
    chunk = {place + length, chunk.size() - header.size - length};
    std::size_t headroom = header.size;
    if (header.is_masked) {
        const std::byte* from = place;
        headroom = header_size(length, false);
        place -= gap + header.size - headroom;
        move_masked(place, {from, length}, header.key);
    }
    found = whole_message(header.code, {place, length}, headroom);
    return true;
}

inline event session::next(mutable_bytes& chunk, std::size_t gap) {
    event found(event_kind::need_data);
    if (next_whole(chunk, gap, found)) return found;
    return next_slow(chunk);
}

static_assert(sizeof(session) <= 32, "an idle connection must stay small");
static_assert(sizeof(event) <= 24 && !std::is_aggregate_v<event>);
static_assert(!std::is_aggregate_v<encoded_header> && !std::is_aggregate_v<control_frame>);

}  // namespace weir::ws
