// SPDX-License-Identifier: Apache-2.0
// Test support: raw deflate written bit by bit (RFC 1951 3.2), so that a test says which blocks a
// message is made of, and sessions that read it.
#pragma once

#include "../protocol/frame_script.hpp"

#include <weir/ws/deflate/deflate_agreement.hpp>
#include <weir/ws/protocol/session.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace weir::ws::script {

/// Writes blocks of stored bytes or of the fixed codes.
class deflate_bits {
public:
    /// A block of literals.
    deflate_bits& text(std::string_view literals, bool is_final = false) {
        begin(is_final);
        for (const char c : literals) literal(static_cast<unsigned char>(c));
        return end();
    }
    /// A block of one reference: `length` bytes (3 ... 10) of those `distance` (1 ... 4) ago.
    deflate_bits& copy(unsigned length, unsigned distance, bool is_final = false) {
        begin(is_final);
        huffman(length - 2, 7);  // symbol 257 is a length of 3
        huffman(distance - 1, 5);
        return end();
    }
    /// A block that is not compressed.
    deflate_bits& stored(std::string_view text, bool is_final = false) {
        bits(is_final ? 1 : 0, 3);
        pad();
        const auto size = static_cast<unsigned>(text.size());
        bits(size, 16);
        bits(~size & 0xFFFFU, 16);
        out_.append(text);
        return *this;
    }
    /// What a message ends with: the begin of an empty stored block (RFC 7692 7.2.1).
    [[nodiscard]] std::string message() {
        bits(0, 3);
        pad();
        return std::exchange(out_, {});
    }
    /// What there is, up to a whole byte.
    [[nodiscard]] std::string as_it_is() {
        pad();
        return std::exchange(out_, {});
    }

private:
    void begin(bool is_final) {
        bits(is_final ? 1 : 0, 1);
        bits(1, 2);
    }
    deflate_bits& end() {
        huffman(0, 7);
        return *this;
    }
    void literal(unsigned value) {
        if (value < 144) {
            huffman(0x30 + value, 8);
        } else {
            huffman(0x190 + value - 144, 9);
        }
    }
    void huffman(unsigned code, unsigned count) {
        while (count-- > 0) bits((code >> count) & 1U, 1);
    }
    void bits(unsigned value, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            if (used_ == 0) out_ += '\0';
            const auto bit = ((value >> i) & 1U) << used_;
            out_.back() = static_cast<char>(static_cast<unsigned char>(out_.back()) | bit);
            used_ = (used_ + 1) % 8;
        }
    }
    void pad() { used_ = 0; }

    std::string out_;
    unsigned used_ = 0;
};

inline constexpr auto each_by_itself = deflate_parameters(15, 15);
inline constexpr auto keeping_context =
    deflate_parameters(15, 15).keep_send_context().keep_receive_context();

inline session deflating(role side, deflate_parameters agreed, const limits& limits) {
    session made(side, limits);
    made.use_deflate(std::move(*deflate_agreement::make(agreed)));
    return made;
}

/// The payload of a compressed message of so many mebibytes of zeros: about 1 KiB for each.
inline std::string bomb(std::size_t mebibytes) {
    const limits any;
    const std::string zeros(std::size_t{1} << 20U, '\0');
    session maker = deflating(role::server, each_by_itself, any);
    const message_buffer small = maker.compress(as_bytes(zeros), 9);
    std::string payload(as_text(small.view()));
    const std::string one = payload + std::string("\0\0\xFF\xFF", 4);
    payload.clear();
    for (std::size_t i = 0; i < mebibytes; ++i) payload += one;
    payload.resize(payload.size() - 4);
    return payload;
}

/// A text frame that begins a compressed message.
inline frame compressed(std::string_view payload) {
    return frame(1, payload).with_reserved(compressed_bit);
}

/// What a session of that role sends for `text`; compressed, if it shrinks.
inline std::string sent_by(session& sender, message_kind kind, std::string_view text) {
    const message_buffer small = sender.compress(as_bytes(text), 6);
    const bytes payload = small.empty() ? as_bytes(text) : small.view();
    std::string wire(sender.frame_size(payload.size()), '\0');
    sender.encode_message(kind, payload, std::as_writable_bytes(std::span(wire)),
                          small.empty() ? std::uint8_t{0} : compressed_bit);
    return wire;
}

}  // namespace weir::ws::script
