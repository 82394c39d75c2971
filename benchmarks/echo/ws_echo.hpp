// SPDX-License-Identifier: Apache-2.0
// One WebSocket conversation that echoes whole messages, without a socket. Both hand-written
// servers use it, so they differ only in how bytes reach the kernel.
//
// The fast path writes no byte twice: a server's header is 4 bytes shorter than a client's, so a
// message that lies whole in the receive buffer is unmasked in place under its new header, and the
// frames after it close up to the left. One receive therefore gives one contiguous reply.
// Left out, as a baseline may: the UTF-8 check of text, extensions, the Origin check.
#pragma once

#include "message_buffer.hpp"
#include "ws_wire.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace echo {

/// A sink takes replies in order: `view(char*, n)` borrows from the receive buffer that was fed,
/// `owned(message_buffer&&, char*, n)` hands the memory over.
class ws_echo {
public:
    static constexpr std::size_t max_message_bytes = std::size_t{16} << 20;
    /// From here on it pays to receive straight into the message instead of copying to it.
    static constexpr std::size_t min_direct_bytes = std::size_t{64} << 10;

    /// Takes all of `bytes` (and overwrites them). False: send what was replied, then close.
    template <class Sink>
    bool feed(std::span<char> bytes, Sink& sink) {
        char* p = bytes.data();
        char* const end = p + bytes.size();
        if (!upgraded_) {
            if (!upgrade(p, end, sink)) return false;
            if (!upgraded_) return true;
        }
        slice<Sink> reply(sink);
        while (p != end) {
            const step next = missing_ > 0      ? take_payload(p, end, reply)
                              : !stash_.empty() ? take_stash(p, end, reply)
                                                : take_frame(p, end, reply);
            if (next == step::close) return false;
        }
        return true;
    }

    /// Where the rest of a large message wants to be received; empty: anywhere, then `feed`.
    [[nodiscard]] std::span<char> destination() const {
        if (missing_ < min_direct_bytes) return {};
        return {message_.data() + filled_, missing_};
    }
    /// `n` bytes were received at `destination()`.
    template <class Sink>
    bool placed(std::size_t n, Sink& sink) {
        char* const at = message_.data() + filled_;
        unmask(at, at, n, rotated_key(frame_.key, frame_.length - missing_));
        filled_ += n;
        missing_ -= n;
        slice<Sink> reply(sink);
        return missing_ > 0 || end_of_frame(reply) == step::on;
    }

private:
    enum class step { on, close };

    /// The reply that grows inside the receive buffer.
    template <class Sink>
    class slice {
    public:
        explicit slice(Sink& sink) : sink_(sink) {}
        slice(const slice&) = delete;
        slice& operator=(const slice&) = delete;
        ~slice() { flush(); }

        void put(std::uint8_t op, char* payload, std::size_t length, std::uint32_t key) {
            const std::size_t header = server_header_bytes(length);
            char* const to = begin_ == nullptr ? payload : end_ + header;
            if (begin_ == nullptr) begin_ = payload - header;
            unmask(to, payload, length, key);
            write_server_header(to - header, op, length);
            end_ = to + length;
        }
        void put(std::uint8_t op, message_buffer&& message, std::size_t length) {
            flush();
            char* const begin = message.data() - server_header_bytes(length);
            write_server_header(begin, op, length);
            const std::size_t bytes = length + server_header_bytes(length);
            sink_.owned(std::move(message), begin, bytes);
        }
        void flush() {
            if (begin_ != nullptr) sink_.view(begin_, static_cast<std::size_t>(end_ - begin_));
            begin_ = end_ = nullptr;
        }

    private:
        Sink& sink_;
        char* begin_ = nullptr;
        char* end_ = nullptr;
    };

    template <class Sink>
    bool upgrade(char*& p, char* end, Sink& sink) {
        const std::size_t before = stash_.size();
        stash_.append(p, end);
        const auto blank = stash_.find("\r\n\r\n");
        if (blank == std::string::npos) return stash_.size() <= 8192;
        const auto key = header_value(stash_, "sec-websocket-key");
        if (key.size() != 24) return false;
        reply_text(upgrade_response(key), sink);
        p += blank + 4 - before;
        stash_ = std::string();
        upgraded_ = true;
        return true;
    }

    /// A frame of which the first byte is at `p`: echoed at once, or begun.
    template <class Reply>
    step take_frame(char*& p, char* end, Reply& reply) {
        frame_header header;
        const auto there = static_cast<std::size_t>(end - p);
        const std::size_t bytes = read_header(p, there, header);
        if (bytes == 0) {
            stash_.assign(p, end);
            p = end;
            return step::on;
        }
        if (const auto code = fault(header)) return fail(code, reply);
        const bool whole = there - bytes >= header.length;
        if (header.is_control() && !whole) {
            stash_.assign(p, end);
            p = end;
            return step::on;
        }
        char* const payload = p + bytes;
        if (header.is_control()) {
            p = payload + header.length;
            return take_control(header, payload, reply);
        }
        if (whole && header.fin && header.op != op_continuation) {
            reply.put(header.op, payload, header.length, header.key);
            p = payload + header.length;
            return step::on;
        }
        p = payload;
        return begin_frame(header, reply);
    }

    /// Collects a header, or a control frame, that was cut between two receives.
    template <class Reply>
    step take_stash(char*& p, char* end, Reply& reply) {
        std::size_t wanted = stash_.size() < 2 ? 2 : client_header_bytes(stash_.data());
        frame_header header;
        if (stash_.size() >= wanted) {
            read_header(stash_.data(), stash_.size(), header);
            wanted += header.length;
        }
        const auto take = std::min(wanted - stash_.size(), static_cast<std::size_t>(end - p));
        stash_.append(p, take);
        p += take;
        const std::size_t bytes = read_header(stash_.data(), stash_.size(), header);
        if (bytes == 0) return step::on;
        if (const auto code = fault(header)) return fail(code, reply);
        if (!header.is_control()) {
            stash_.clear();
            return begin_frame(header, reply);
        }
        if (stash_.size() < bytes + header.length) return step::on;
        message_buffer whole(header.length);
        std::memcpy(whole.data(), stash_.data() + bytes, header.length);
        stash_.clear();
        if (header.op == op_pong) return step::on;
        unmask(whole.data(), whole.data(), header.length, header.key);
        reply.put(header.op == op_ping ? op_pong : op_close, std::move(whole), header.length);
        return header.op == op_close ? step::close : step::on;
    }

    template <class Reply>
    step take_control(const frame_header& header, char* payload, Reply& reply) {
        if (header.op == op_pong) return step::on;
        const auto answer = header.op == op_ping ? op_pong : op_close;
        reply.put(answer, payload, header.length, header.key);
        return header.op == op_close ? step::close : step::on;
    }

    template <class Reply>
    step begin_frame(const frame_header& header, Reply& reply) {
        if (header.op != op_continuation) {
            message_op_ = header.op;
            filled_ = 0;
        }
        const std::size_t needed = filled_ + header.length;
        if (needed > max_message_bytes) return fail(1009, reply);
        if (!message_ || message_.capacity() < needed) {
            message_buffer larger(std::max(needed, filled_ * 2));
            if (filled_ > 0) std::memcpy(larger.data(), message_.data(), filled_);
            message_ = std::move(larger);
        }
        frame_ = header;
        missing_ = header.length;
        return missing_ == 0 ? end_of_frame(reply) : step::on;
    }

    template <class Reply>
    step take_payload(char*& p, char* end, Reply& reply) {
        const auto take = std::min<std::size_t>(missing_, static_cast<std::size_t>(end - p));
        unmask(message_.data() + filled_, p, take,
               rotated_key(frame_.key, frame_.length - missing_));
        p += take;
        filled_ += take;
        missing_ -= take;
        return missing_ == 0 ? end_of_frame(reply) : step::on;
    }

    template <class Reply>
    step end_of_frame(Reply& reply) {
        if (frame_.fin) {
            reply.put(std::exchange(message_op_, std::uint8_t{0}), std::move(message_), filled_);
            message_.reset();
        }
        return step::on;
    }

    /// The close code a header deserves, or 0.
    [[nodiscard]] unsigned fault(const frame_header& header) const {
        const bool within = message_op_ != 0;
        if (header.rsv != 0 || !header.masked) return 1002;
        if (header.is_control())
            return header.op > op_pong || !header.fin || header.length > 125 ||
                           (header.op == op_close && header.length == 1)
                       ? 1002
                       : 0;
        if (header.op > op_binary || (header.op == op_continuation) != within) return 1002;
        return header.length > max_message_bytes ? 1009 : 0;
    }

    template <class Reply>
    step fail(unsigned code, Reply& reply) {
        message_buffer text(2);
        text.data()[0] = static_cast<char>(code >> 8);
        text.data()[1] = static_cast<char>(code & 0xff);
        reply.put(op_close, std::move(text), 2);
        return step::close;
    }

    template <class Sink>
    static void reply_text(std::string_view text, Sink& sink) {
        message_buffer copy(text.size());
        std::memcpy(copy.data(), text.data(), text.size());
        char* const begin = copy.data();
        sink.owned(std::move(copy), begin, text.size());
    }

    std::string stash_;        // a request, header or control frame that isn't whole yet
    message_buffer message_;   // the message being assembled
    frame_header frame_;       // the frame being assembled
    std::size_t filled_ = 0;   // payload bytes in message_
    std::size_t missing_ = 0;  // payload bytes of frame_ still to come
    std::uint8_t message_op_ = 0;
    bool upgraded_ = false;
};

}  // namespace echo
