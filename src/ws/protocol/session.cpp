// SPDX-License-Identifier: Apache-2.0
// The state machine of one WebSocket connection after the handshake.
//
//            close()                     peer's close
//   open ----------------> closing ------------------------> closed
//    |  \                     |                                ^
//    |   \ peer's close       | broken rule                    | close()
//    |    `---------------> close_received --------------------'
//    | broken rule            v
//    `-----> failed ------> failed_closed          open and closing receive, the others ignore
//                close()                           open and close_received may send
//
// Inside open and closing, per frame:
//
//   (no frame) --header--> whole data frame in the chunk -> unmask in place, UTF-8 -> message
//              --header--> whole data frame, not all here -> assemble ...........-> message
//              --header--> whole compressed frame -> inflate as it comes ........-> message
//              --header--> fragment or anything odd -> assemble, wslay judges ...-> message at FIN
//              --header--> control frame -> collect whole, wslay judges ---------> its event
//
// A data frame of one piece needs no judge: everything that wslay would check of it (FIN, opcode,
// reserved bits, UTF-8) is what put it on that path. It is also what nearly all traffic consists
// of, and wslay would copy every byte of it twice.
//
// wslay does not know compression: the first fragment of a compressed message is shown to it as one
// of a binary message without RSV1.
#include <weir/ws/protocol/session.hpp>

#include <weir/base/assert.hpp>
#include <weir/ws/protocol/utf8.hpp>

#include <algorithm>
#include <utility>

#include "session_rare.hpp"

namespace weir::ws {

namespace {

/// The name of the rule that wslay said was broken; `in_message` is how the session saw it.
protocol_errc name_of(close_code verdict, const frame_header& header, bool in_message) noexcept {
    if (verdict == close_code::invalid_payload) {
        return header.code == opcode::close ? protocol_errc::close_reason_not_utf8
                                            : protocol_errc::text_not_utf8;
    }
    if (header.reserved != 0) return protocol_errc::reserved_bits;
    const auto number = static_cast<unsigned>(header.code);
    if ((number > 0x2 && number < 0x8) || number > 0xA) return protocol_errc::unknown_opcode;
    if (is_control(header.code)) {
        if (!header.is_final) return protocol_errc::fragmented_control_frame;
        if (header.length > max_control_payload_bytes) {
            return protocol_errc::control_frame_too_long;
        }
        return header.code == opcode::close ? protocol_errc::close_code_not_allowed
                                            : protocol_errc::refused_by_wslay;
    }
    if (header.code == opcode::continuation && !in_message) {
        return protocol_errc::continuation_without_start;
    }
    return in_message ? protocol_errc::message_inside_message : protocol_errc::refused_by_wslay;
}

/// How long a compressed message may be on the wire: what does not shrink grows a little.
std::size_t compressed_limit(std::size_t limit) noexcept {
    return limit > SIZE_MAX / 2 ? limit : limit + limit / 64 + 64;
}

/// Takes up to `count` bytes off the front of `chunk`.
mutable_bytes take_front(mutable_bytes& chunk, std::uint64_t count) noexcept {
    const std::size_t taken = count < chunk.size() ? static_cast<std::size_t>(count) : chunk.size();
    const mutable_bytes front = chunk.first(taken);
    chunk = chunk.subspan(taken);
    return front;
}

}  // namespace

std::optional<protocol_errc> session::rare::accept(std::size_t count) {
    const bytes arrived = assembly.spare().first(count);
    assembly.commit(count);
    received += count;
    if (judge != nullptr) {
        if (count == 0) return std::nullopt;
        const auto verdict = judge->payload(arrived);
        if (verdict) return name_of(*verdict, header, fragments > 1);
        return std::nullopt;
    }
    if (kind == message_kind::text && !text.feed(arrived)) return protocol_errc::text_not_utf8;
    return std::nullopt;
}

std::optional<protocol_errc> session::rare::accept_compressed(bytes arrived, const limits& limits) {
    received += arrived.size();
    if (arrived.empty()) return std::nullopt;
    if (judge != nullptr) {
        if (const auto verdict = judge->payload(arrived)) {
            return name_of(*verdict, header, fragments > 1);
        }
    }
    const std::size_t before = assembly.size();
    const auto error = inflating->feed(arrived, assembly, limits);
    // What came out before an error is looked at first, as it would be in smaller pieces.
    const auto bad_text = check_inflated(before);
    return bad_text ? bad_text : error;
}

std::optional<protocol_errc> session::rare::finish_inflating(const limits& limits) {
    const std::size_t before = assembly.size();
    const auto error = inflating->finish(assembly, limits);
    if (const auto bad_text = check_inflated(before)) return bad_text;
    if (error) return error;
    inflating.reset();
    if (kind == message_kind::text && !text.is_complete()) return protocol_errc::text_not_utf8;
    return std::nullopt;
}

std::optional<protocol_errc> session::rare::check_inflated(std::size_t before) {
    const bool is_fine =
        kind == message_kind::binary || text.feed(bytes(assembly.view()).subspan(before));
    return is_fine ? std::nullopt : std::optional(protocol_errc::text_not_utf8);
}

session::session(role side, const limits& limits, mask_key_source& keys) noexcept
    : limits_(&limits), keys_(&keys), role_(side) {}

session::session(session&&) noexcept = default;
session& session::operator=(session&&) noexcept = default;
session::~session() = default;

void session::use_deflate(deflate_agreement agreed) {
    WEIR_ASSERT(state_ == session_state::open && !is_mid_message(),
                "compression is agreed on before the first frame");
    deflate_ = agreed.parameters();
    if (!deflate_.keeps_context()) return;
    rare_state().own = std::make_unique<own_coders>(agreed.take_room());
}

std::size_t session::held_bytes() const noexcept {
    if (rare_ == nullptr) return 0;
    const std::size_t coders = rare_->own == nullptr ? 0 : rare_->own->held_bytes();
    return coders + rare_->assembly.capacity();
}

std::size_t session::hibernate() {
    drop_delivered();
    if (rare_ == nullptr) return 0;
    const std::size_t before = held_bytes();
    rare_->assembly.trim();
    if (rare_->own != nullptr) {
        rare_->own->hibernate_sending();
        if (!rare_->inflating) rare_->own->hibernate_receiving();
    }
    return before - held_bytes();
}

// ---- receiving

event session::next_slow(mutable_bytes& chunk) {
    drop_delivered();
    if (!may_receive()) {
        chunk = {};
        return event(event_kind::need_data);
    }
    if (rare_ != nullptr && rare_->held_pong_size &&
        pending_pongs_ < limits_->max_pending_pongs()) {
        ++pending_pongs_;
        const std::size_t size = *std::exchange(rare_->held_pong_size, std::nullopt);
        return event(event_kind::pong_due, mutable_bytes(rare_->held_pong).first(size), false);
    }
    for (;;) {
        if (rare_ != nullptr && rare_->is_in_frame) {
            if (const auto step = continue_frame(chunk)) return *step;
            continue;
        }
        frame_header header;
        protocol_errc error{};
        switch (collect_header(chunk, header, error)) {
            case header_step::need_data:
                return event(event_kind::need_data);
            case header_step::broken:
                return fail(error);
            case header_step::complete:
                if (const auto step = begin_frame(header, chunk)) return *step;
        }
    }
}

/// Forgets what the last event handed out, and frees the rare state when nothing is under way.
void session::drop_delivered() noexcept {
    if (rare_ == nullptr) return;
    if (rare_->is_delivered) {
        rare_->assembly = message_buffer();
        rare_->is_delivered = false;
    }
    if (!may_receive() || rare_->is_idle()) rare_.reset();
}

session::header_step session::collect_header(mutable_bytes& chunk, frame_header& header,
                                             protocol_errc& error) {
    const std::size_t before = rare_ == nullptr ? 0 : rare_->partial_size;
    bytes seen = chunk;
    std::size_t copied = 0;
    if (before != 0) {
        copied = rare_->add_to_header(chunk);
        seen = bytes(rare_->partial).first(before + copied);
    }
    switch (peek_header(seen, header)) {
        case peek_status::need_data:
            if (before == 0 && !chunk.empty()) copied = rare_state().add_to_header(chunk);
            chunk = chunk.subspan(copied);
            return header_step::need_data;
        case peek_status::length_not_minimal:
            error = protocol_errc::length_not_minimal;
            return header_step::broken;
        case peek_status::length_out_of_range:
            error = protocol_errc::length_out_of_range;
            return header_step::broken;
        case peek_status::complete:
            break;
    }
    if (rare_ != nullptr) rare_->partial_size = 0;
    chunk = chunk.subspan(header.size - before);
    return header_step::complete;
}

/// The rules that the session itself keeps, before anything is stored or wslay is asked.
std::optional<protocol_errc> session::broken_rule(const frame_header& header) const {
    if (role_ == role::server && !header.is_masked) return protocol_errc::unmasked_frame;
    if (role_ == role::client && header.is_masked) return protocol_errc::masked_frame;
    if (is_control(header.code)) return std::nullopt;
    const bool is_in_message = rare_ != nullptr && rare_->judge != nullptr;
    const bool is_compressed =
        is_in_message ? rare_->inflating.has_value() : starts_compressed(header);
    const std::size_t whole = limits_->max_message_bytes();
    const std::size_t max_message = is_compressed ? compressed_limit(whole) : whole;
    if (limits_->max_frame_bytes() < whole && header.length > limits_->max_frame_bytes()) {
        return protocol_errc::frame_over_limit;
    }
    if (header.length > max_message) return protocol_errc::message_over_limit;
    if (!is_in_message) return std::nullopt;
    const std::uint64_t so_far = is_compressed ? rare_->inflating->taken() : rare_->assembly.size();
    if (header.length > max_message - so_far) return protocol_errc::message_over_limit;
    if (rare_->fragments >= limits_->max_fragments()) return protocol_errc::fragments_over_limit;
    return std::nullopt;
}

std::optional<event> session::begin_frame(const frame_header& header, mutable_bytes& chunk) {
    if (const auto error = broken_rule(header)) return fail(*error);
    const bool is_in_message = rare_ != nullptr && rare_->judge != nullptr;
    if (is_control(header.code) && header.is_final && header.length <= max_control_payload_bytes) {
        if (chunk.size() >= header.length) {
            const mutable_bytes payload = take_front(chunk, header.length);
            if (header.is_masked) apply_mask(payload, header.key);
            return finish_control(header, payload, true);
        }
    } else if (is_in_message ||
               !(is_whole_message(header) || (header.is_final && starts_compressed(header)))) {
        return begin_fragment(header);
    } else if (header.reserved == 0 && chunk.size() >= header.length) {
        const mutable_bytes payload = take_front(chunk, header.length);
        if (header.is_masked) apply_mask(payload, header.key);
        return whole_message(header.code, payload, 0);  // its header may lie elsewhere
    } else {
        rare& state = rare_state();
        state.kind = static_cast<message_kind>(header.code);
        state.text = utf8_validator();
        if (header.reserved != 0) begin_inflating(state);
    }
    rare_state().begin_frame(header);
    return std::nullopt;
}

std::optional<event> session::begin_fragment(const frame_header& header) {
    rare& state = rare_state();
    const bool is_in_message = state.judge != nullptr;
    if (!is_in_message) {
        state.judge = wslay_judge::take();
        state.fragments = 0;
    }
    frame_header shown = header;
    const bool is_compressed = !is_in_message && starts_compressed(header);
    if (is_compressed) {
        shown.reserved = 0;
        shown.code = opcode::binary;
    }
    if (const auto verdict = state.judge->header(shown)) {
        return fail(name_of(*verdict, shown, is_in_message));
    }
    if (!is_in_message && (header.code == opcode::text || header.code == opcode::binary)) {
        state.kind = static_cast<message_kind>(header.code);
        state.text = utf8_validator();
    }
    if (is_compressed) begin_inflating(state);
    ++state.fragments;
    state.begin_frame(header);
    return std::nullopt;
}

void session::begin_inflating(rare& state) {
    inflater* own = state.own != nullptr && deflate_.keeps_receive_context()
                        ? &state.own->receiving(deflate_.receive_window_bits())
                        : nullptr;
    state.inflating.emplace(own);
}

std::optional<event> session::continue_frame(mutable_bytes& chunk) {
    if (is_control(rare_->header.code)) return continue_control(chunk);
    if (rare_->direct_error) return fail(*rare_->direct_error);
    const mutable_bytes arrived = take_front(chunk, rare_->missing());
    if (rare_->inflating) {
        if (rare_->header.is_masked) apply_mask(arrived, rare_->header.key, rare_->received);
        if (const auto error = rare_->accept_compressed(arrived, *limits_)) return fail(*error);
    } else if (!arrived.empty()) {
        // A limit on messages keeps every length below SIZE_MAX.
        rare_->assembly.make_room(arrived.size(), static_cast<std::size_t>(rare_->missing()));
        copy_masked(rare_->assembly.spare().data(), arrived, rare_->header.key, rare_->received);
        if (const auto error = rare_->accept(arrived.size())) return fail(*error);
    }
    if (rare_->missing() != 0) return event(event_kind::need_data);
    return finish_data_frame();
}

std::optional<event> session::finish_data_frame() {
    rare_->is_in_frame = false;
    if (rare_->judge != nullptr) {
        if (!rare_->header.is_final) return std::nullopt;
        if (!rare_->judge->saw_message_end()) return fail(protocol_errc::refused_by_wslay);
        rare_->judge.reset();
    } else if (!rare_->inflating && rare_->kind == message_kind::text &&
               !rare_->text.is_complete()) {
        return fail(protocol_errc::text_not_utf8);
    }
    if (rare_->inflating) {
        if (const auto error = rare_->finish_inflating(*limits_)) return fail(*error);
    }
    rare_->is_delivered = true;
    return event(rare_->kind, rare_->assembly.view(), false);
}

std::optional<event> session::continue_control(mutable_bytes& chunk) {
    const bytes arrived = take_front(chunk, rare_->missing());
    copy_masked(rare_->control.data() + rare_->received, arrived, rare_->header.key,
                rare_->received);
    rare_->received += arrived.size();
    if (rare_->missing() != 0) return event(event_kind::need_data);
    rare_->is_in_frame = false;
    const auto length = static_cast<std::size_t>(rare_->header.length);
    return finish_control(rare_->header, mutable_bytes(rare_->control).first(length), false);
}

std::optional<event> session::finish_control(const frame_header& header, mutable_bytes payload,
                                             bool is_in_chunk) {
    if (header.code == opcode::close && payload.size() == 1) {
        return fail(protocol_errc::close_payload_of_one_byte);
    }
    const bool is_in_message = rare_ != nullptr && rare_->judge != nullptr;
    std::optional<close_code> verdict;
    if (is_in_message) {
        verdict = rare_->judge->control(header, payload);
    } else {
        verdict = wslay_judge::take()->control(header, payload);
    }
    if (verdict) return fail(name_of(*verdict, header, is_in_message));
    switch (header.code) {
        case opcode::ping:
            return take_ping(payload, is_in_chunk);
        case opcode::close:
            return take_close(payload, is_in_chunk);
        default:
            return event(event_kind::pong_received, payload, is_in_chunk);
    }
}

std::optional<event> session::take_ping(mutable_bytes payload, bool is_in_chunk) {
    // Once our close is on its way nothing may follow it, not even a pong (RFC 6455 5.5.1).
    if (state_ != session_state::open) return std::nullopt;
    if (pending_pongs_ >= limits_->max_pending_pongs()) {
        rare& state = rare_state();
        std::copy(payload.begin(), payload.end(), state.held_pong.begin());
        state.held_pong_size = static_cast<std::uint8_t>(payload.size());
        return std::nullopt;
    }
    ++pending_pongs_;
    return event(event_kind::pong_due, payload, is_in_chunk);
}

event session::take_close(mutable_bytes payload, bool is_in_chunk) {
    state_ = state_ == session_state::open ? session_state::close_received : session_state::closed;
    if (payload.empty()) return event(close_code::no_status, payload, is_in_chunk);
    const unsigned code =
        (std::to_integer<unsigned>(payload[0]) << 8U) | std::to_integer<unsigned>(payload[1]);
    return event(static_cast<close_code>(code), payload.subspan(2), is_in_chunk);
}

event session::fail(protocol_errc error) noexcept {
    state_ = state_ == session_state::open ? session_state::failed : session_state::failed_closed;
    rare_.reset();
    return event(error);
}

message_buffer session::take_message() noexcept {
    if (rare_ == nullptr || !rare_->is_delivered) return {};
    rare_->is_delivered = false;
    return std::move(rare_->assembly);
}

mutable_bytes session::direct_space() {
    if (rare_ == nullptr || !rare_->is_in_frame || is_control(rare_->header.code) ||
        rare_->inflating || rare_->direct_error || rare_->missing() < min_direct_bytes) {
        return {};
    }
    const auto missing = static_cast<std::size_t>(rare_->missing());
    rare_->assembly.make_room(min_direct_bytes, missing);
    const mutable_bytes spare = rare_->assembly.spare();
    return spare.first(std::min(spare.size(), missing));
}

void session::direct_filled(std::size_t count) {
    WEIR_ASSERT(rare_ != nullptr && rare_->is_in_frame && count <= rare_->assembly.spare().size() &&
                    count <= rare_->missing(),
                "direct_filled must follow direct_space and stay inside what it gave");
    if (rare_->header.is_masked) {
        apply_mask(rare_->assembly.spare().first(count), rare_->header.key, rare_->received);
    }
    rare_->direct_error = rare_->accept(count);
}

bool session::pongs_flushed() noexcept {
    pending_pongs_ = 0;
    return rare_ != nullptr && rare_->held_pong_size.has_value();
}

bool session::is_mid_message() const noexcept {
    return rare_ != nullptr &&
           (rare_->is_in_frame || rare_->partial_size != 0 || rare_->judge != nullptr);
}

bool session::has_begun_message() const noexcept {
    if (rare_ == nullptr) return false;
    if (rare_->judge != nullptr) return true;
    if (rare_->is_in_frame) return !is_control(rare_->header.code);
    const auto first = std::to_integer<unsigned>(rare_->partial.front());
    return rare_->partial_size != 0 && !is_control(static_cast<opcode>(first & 0x0FU));
}

session::rare& session::rare_state() {
    if (rare_ == nullptr) rare_ = std::make_unique<rare>();
    return *rare_;
}

}  // namespace weir::ws
