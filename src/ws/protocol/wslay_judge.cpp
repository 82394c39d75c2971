// SPDX-License-Identifier: Apache-2.0
#include "wslay_judge.hpp"

#include <weir/base/assert.hpp>

#include <wslay/wslay.h>

#include <algorithm>
#include <array>
#include <new>

namespace weir::ws {

/// The C side: input comes from `wslay_judge::input_`, output vanishes.
struct judge_callbacks {
    static ssize_t receive(wslay_event_context_ptr context, std::uint8_t* buffer, std::size_t size,
                           int, void* user) {
        bytes& input = static_cast<wslay_judge*>(user)->input_;
        if (input.empty()) {
            wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
            return -1;
        }
        const std::size_t count = std::min(size, input.size());
        std::copy_n(input.data(), count, reinterpret_cast<std::byte*>(buffer));
        input = input.subspan(count);
        return static_cast<ssize_t>(count);
    }

    static ssize_t discard(wslay_event_context_ptr, const std::uint8_t*, std::size_t size, int,
                           void*) {
        return static_cast<ssize_t>(size);
    }

    static int no_mask(wslay_event_context_ptr, std::uint8_t* key, std::size_t size, void*) {
        std::fill_n(key, size, std::uint8_t{0});
        return 0;
    }

    static void message_end(wslay_event_context_ptr, const wslay_event_on_msg_recv_arg*,
                            void* user) {
        static_cast<wslay_judge*>(user)->saw_message_end_ = true;
    }
};

namespace {
thread_local std::unique_ptr<wslay_judge> kept;
thread_local bool keeps_judges = true;

/// Tells `recycle` when this thread's `kept` is about to go.
struct keeper {
    ~keeper() {
        keeps_judges = false;
        kept.reset();
    }
};
thread_local keeper kept_guard;
}  // namespace

wslay_judge::wslay_judge() {
    wslay_event_callbacks callbacks{};
    callbacks.recv_callback = judge_callbacks::receive;
    callbacks.send_callback = judge_callbacks::discard;
    callbacks.genmask_callback = judge_callbacks::no_mask;
    callbacks.on_msg_recv_callback = judge_callbacks::message_end;
    if (wslay_event_context_client_init(&context_, &callbacks, this) != 0) throw std::bad_alloc();
    wslay_event_config_set_no_buffering(context_, 1);
    wslay_event_config_set_max_recv_msg_length(context_, UINT64_MAX);
}

wslay_judge::~wslay_judge() { wslay_event_context_free(context_); }

void wslay_judge::recycle::operator()(wslay_judge* judge) const noexcept {
    if (keeps_judges && judge->is_reusable_ && kept == nullptr) {
        kept.reset(judge);
    } else {
        delete judge;
    }
}

wslay_judge::handle wslay_judge::take() {
    static_cast<void>(&kept_guard);  // its first use registers its destructor
    if (kept != nullptr) return handle(kept.release());
    return handle(new wslay_judge());
}

std::optional<close_code> wslay_judge::header(const frame_header& header) {
    std::array<std::byte, max_header_bytes> shown{};
    const std::size_t size = encode_header(shown, header.code, header.is_final, header.length,
                                           std::nullopt, header.reserved);
    is_reusable_ = false;
    return feed(bytes(shown).first(size));
}

std::optional<close_code> wslay_judge::payload(bytes data) { return feed(data); }

std::optional<close_code> wslay_judge::control(const frame_header& header, bytes payload) {
    WEIR_ASSERT(payload.size() <= max_control_payload_bytes && payload.size() == header.length,
                "a control frame must be judged whole");
    std::array<std::byte, max_header_bytes + max_control_payload_bytes> shown{};
    const std::size_t header_size =
        encode_header(std::span(shown).first<max_header_bytes>(), header.code, header.is_final,
                      header.length, std::nullopt, header.reserved);
    const auto rest = std::span(shown).subspan(header_size);
    std::copy(payload.begin(), payload.end(), rest.begin());
    if (header.code == opcode::close && payload.size() >= 2 && rest[0] == std::byte{0x03} &&
        rest[1] >= std::byte{0xF4} && rest[1] <= std::byte{0xF6}) {
        rest[1] = std::byte{0xF3};  // 1012 ... 1014 -> 1011
    }
    const bool was_reusable = is_reusable_;
    const auto verdict = feed(bytes(shown).first(header_size + payload.size()));
    is_reusable_ = was_reusable && !verdict && header.code != opcode::close;
    return verdict;
}

std::optional<close_code> wslay_judge::feed(bytes data) {
    input_ = data;
    saw_message_end_ = false;
    const int outcome = wslay_event_recv(context_);
    if (outcome == WSLAY_ERR_NOMEM) throw std::bad_alloc();
    if (wslay_event_want_write(context_) != 0 && wslay_event_send(context_) == WSLAY_ERR_NOMEM) {
        throw std::bad_alloc();
    }
    if (outcome != 0) return close_code::protocol_error;
    if (wslay_event_get_close_received(context_) != 0) return std::nullopt;
    if (wslay_event_get_read_enabled(context_) != 0) {
        is_reusable_ = is_reusable_ || saw_message_end_;
        return std::nullopt;
    }
    return static_cast<close_code>(wslay_event_get_status_code_sent(context_));
}

}  // namespace weir::ws
