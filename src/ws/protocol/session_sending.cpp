// SPDX-License-Identifier: Apache-2.0
// The half of a session that makes frames; session.cpp has the other, and draws the states.
#include <weir/ws/protocol/session.hpp>

#include <weir/base/assert.hpp>
#include <weir/ws/protocol/utf8.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

#include "session_rare.hpp"

namespace weir::ws {

std::optional<mask_key> session::next_key() noexcept {
    if (role_ == role::server) return std::nullopt;
    return keys_->next();
}

encoded_header session::encode_message(message_kind kind, std::uint64_t length) noexcept {
    return encode_fragment(opcode_of(kind), true, length);
}

message_buffer session::compress(bytes payload, int level) {
    WEIR_ASSERT(deflate_.may_compress(), "compressed messages were not agreed on");
    if (payload.empty()) return {};
    const int bits = deflate_.send_window_bits();
    if (deflate_.keeps_send_context() && rare_ != nullptr && rare_->own != nullptr) {
        deflater* own = rare_->own->sending(bits, level);
        if (own != nullptr) return own->compress(payload, level);
    }
    deflater& shared = coder_pool::of_this_thread().shared_deflater(bits, level);
    shared.forget();
    return shared.compress(payload, level);
}

void session::forget_sent() noexcept {
    if (rare_ != nullptr && rare_->own != nullptr) rare_->own->forget_sent();
}

void session::encode_message(message_kind kind, bytes payload, mutable_bytes frame,
                             std::uint8_t reserved) noexcept {
    WEIR_ASSERT(may_send(), "nothing may be sent after the close frame");
    const std::optional<mask_key> key = next_key();
    const std::size_t head =
        encode_header(frame, opcode_of(kind), true, payload.size(), key, reserved);
    if (payload.empty()) return;
    if (key) {
        copy_masked(frame.data() + head, payload, *key);
    } else {
        std::memcpy(frame.data() + head, payload.data(), payload.size());
    }
}

encoded_header session::encode_fragment(opcode code, bool is_final, std::uint64_t length) noexcept {
    WEIR_ASSERT(may_send(), "nothing may be sent after the close frame");
    WEIR_ASSERT(!is_control(code), "control frames have functions of their own");
    return encoded_header(code, is_final, length, next_key());
}

control_frame session::encode_ping(bytes payload) noexcept {
    WEIR_ASSERT(may_send(), "nothing may be sent after the close frame");
    return control_frame(opcode::ping, payload, next_key());
}

control_frame session::encode_pong(bytes payload) noexcept {
    WEIR_ASSERT(may_send(), "nothing may be sent after the close frame");
    return control_frame(opcode::pong, payload, next_key());
}

result<control_frame> session::close(close_code code, std::string_view reason) noexcept {
    if (state_ == session_state::closing || state_ == session_state::closed ||
        state_ == session_state::failed_closed) {
        return weir::fail(make_error_code(protocol_errc::already_closing));
    }
    if (code != close_code::no_status && !is_valid_on_wire(code)) {
        return weir::fail(make_error_code(protocol_errc::close_code_not_allowed));
    }
    if (!is_utf8(as_bytes(reason))) {
        return weir::fail(make_error_code(protocol_errc::close_reason_not_utf8));
    }
    std::array<std::byte, max_control_payload_bytes> payload{};
    std::size_t size = 0;
    if (code != close_code::no_status) {
        std::size_t cut = std::min(reason.size(), payload.size() - 2);
        // A byte 10xxxxxx goes on with the character before it: never cut in front of one.
        while (cut < reason.size() && (static_cast<unsigned char>(reason[cut]) & 0xC0U) == 0x80) {
            --cut;
        }
        const auto number = static_cast<std::uint16_t>(code);
        payload[0] = static_cast<std::byte>(number >> 8U);
        payload[1] = static_cast<std::byte>(number & 0xFFU);
        std::copy_n(as_bytes(reason).data(), cut, payload.data() + 2);
        size = 2 + cut;
    }
    if (rare_ != nullptr) rare_->held_pong_size.reset();
    state_ = state_ == session_state::open             ? session_state::closing
             : state_ == session_state::close_received ? session_state::closed
                                                       : session_state::failed_closed;
    return control_frame(opcode::close, bytes(payload).first(size), next_key());
}

control_frame::control_frame(opcode code, bytes payload, std::optional<mask_key> key) noexcept {
    WEIR_ASSERT(payload.size() <= max_control_payload_bytes,
                "a control frame carries at most 125 bytes");
    const std::size_t head = encode_header(bytes_, code, true, payload.size(), key);
    copy_masked(bytes_.data() + head, payload, key.value_or(mask_key{}));
    size_ = static_cast<std::uint8_t>(head + payload.size());
}

}  // namespace weir::ws
