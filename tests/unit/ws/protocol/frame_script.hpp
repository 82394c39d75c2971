// SPDX-License-Identifier: Apache-2.0
// Test support: frames as a peer would send them, and what a session makes of them in any split.
#pragma once

#include <weir/ws/protocol/session.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::ws::script {

/// What a frame looks like on the wire; a plain final text frame from a client unless told.
struct frame {
    frame(unsigned opcode_number, std::string_view content) : code(opcode_number), text(content) {}
    frame& unfinished() {
        is_final = false;
        return *this;
    }
    frame& unmasked() {
        is_masked = false;
        return *this;
    }
    frame& with_reserved(unsigned bits) {
        reserved = bits;
        return *this;
    }

    unsigned code;
    std::string text;
    bool is_final = true;
    bool is_masked = true;
    unsigned reserved = 0;
};

inline std::string wire(const frame& one) {
    constexpr mask_key key{std::byte{0x12}, std::byte{0x80}, std::byte{0xFF}, std::byte{0x07}};
    std::array<std::byte, max_header_bytes> header{};
    const std::size_t size = encode_header(
        header, static_cast<opcode>(one.code), one.is_final, one.text.size(),
        one.is_masked ? std::optional(key) : std::nullopt, static_cast<std::uint8_t>(one.reserved));
    std::string out(as_text(bytes(header).first(size)));
    for (std::size_t i = 0; i < one.text.size(); ++i) {
        const auto value = static_cast<unsigned char>(one.text[i]);
        const auto turn = one.is_masked ? std::to_integer<unsigned char>(key[i % 4]) : 0;
        out += static_cast<char>(value ^ turn);
    }
    return out;
}

inline std::string close_payload(unsigned code, std::string_view reason = {}) {
    std::string text{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
    return text.append(reason);
}

inline std::string line_of(const event& happened) {
    const std::string text(as_text(happened.payload()));
    const std::string shown =
        text.size() <= 64
            ? text
            : std::to_string(text.size()) + "#" + std::to_string(std::hash<std::string>()(text));
    switch (happened.kind()) {
        case event_kind::need_data:
            return "need_data";
        case event_kind::message:
            return (happened.type() == message_kind::text ? "text:" : "binary:") + shown;
        case event_kind::pong_due:
            return "ping:" + shown;
        case event_kind::pong_received:
            return "pong:" + shown;
        case event_kind::close_received:
            return "close:" + std::to_string(static_cast<unsigned>(happened.code())) + ":" + shown;
        case event_kind::failed:
            return "failed:" + std::to_string(static_cast<unsigned>(happened.code())) + ":" +
                   std::string(happened.reason());
    }
    return "?";
}

using lines = std::vector<std::string>;

/// Gives `piece` to the session in memory of its own and adds what happened.
inline void feed(session& subject, std::string_view piece, lines& log) {
    std::vector<std::byte> memory(as_bytes(piece).begin(), as_bytes(piece).end());
    mutable_bytes chunk(memory);
    for (;;) {
        const event happened = subject.next(chunk);
        if (happened.kind() == event_kind::need_data) break;
        log.push_back(line_of(happened));
    }
}

inline lines feed_whole(session& subject, std::string_view data) {
    lines log;
    feed(subject, data, log);
    return log;
}

/// Gives `data` in pieces of at most `piece_bytes`.
inline lines feed_in_pieces(session& subject, std::string_view data, std::size_t piece_bytes) {
    lines log;
    while (!data.empty()) {
        feed(subject, data.substr(0, piece_bytes), log);
        data.remove_prefix(std::min(piece_bytes, data.size()));
    }
    return log;
}

/// Like feed_in_pieces, but receives directly wherever the session offers its memory.
inline lines feed_directly(session& subject, std::string_view data, std::size_t piece_bytes) {
    lines log;
    while (!data.empty()) {
        const mutable_bytes space = subject.direct_space();
        if (space.empty()) {
            feed(subject, data.substr(0, piece_bytes), log);
            data.remove_prefix(std::min(piece_bytes, data.size()));
            continue;
        }
        const std::size_t count = std::min({space.size(), piece_bytes, data.size()});
        std::copy_n(as_bytes(data).begin(), count, space.begin());
        data.remove_prefix(count);
        subject.direct_filled(count);
        feed(subject, {}, log);
    }
    return log;
}

}  // namespace weir::ws::script
