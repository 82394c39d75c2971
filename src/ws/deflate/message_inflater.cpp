// SPDX-License-Identifier: Apache-2.0
#include "message_inflater.hpp"

#include <algorithm>
#include <array>

namespace weir::ws {
namespace {

/// What a sender leaves out at the end of a message (RFC 7692 7.2.1).
constexpr std::array<std::byte, 4> tail = {std::byte{0x00}, std::byte{0x00}, std::byte{0xFF},
                                           std::byte{0xFF}};
/// The ratio is looked at each time that so much more has come out, and at the end: at places that
/// do not depend on how the message was split.
constexpr std::size_t step_bytes = std::size_t{64} << 10U;

bool is_over_ratio(std::size_t produced, std::uint64_t used, const limits& limits) noexcept {
    return produced > limits::min_ratio_bytes && produced / limits.max_inflate_ratio() >= used + 1;
}

}  // namespace

std::optional<protocol_errc> message_inflater::feed(bytes compressed, message_buffer& out,
                                                    const limits& limits) {
    if (compressed.empty()) return std::nullopt;
    if (coder_ == nullptr && taken_ == 0) {
        lent_ = coder_pool::of_this_thread().lend();
        coder_ = lent_.get();
    }
    taken_ += compressed.size();
    if (coder_ != nullptr) return inflate(compressed, out, limits);
    waiting_.make_room(compressed.size(), compressed.size());
    std::copy(compressed.begin(), compressed.end(), waiting_.spare().begin());
    waiting_.commit(compressed.size());
    return std::nullopt;
}

std::optional<protocol_errc> message_inflater::finish(message_buffer& out, const limits& limits) {
    if (coder_ == nullptr) {
        lent_ = coder_pool::of_this_thread().lend_briefly();
        coder_ = lent_.get();
        if (const auto error = inflate(waiting_.view(), out, limits)) return error;
    }
    // A conforming message ends inside of the empty block that the tail completes. Behind a whole
    // block there is nothing to complete: so end the fragmented messages of Python's `websockets`,
    // which flush before they know that nothing follows.
    if (!coder_->is_between_blocks()) {
        if (const auto error = inflate(tail, out, limits)) return error;
    }
    if (!coder_->is_between_blocks()) return protocol_errc::compressed_data_malformed;
    if (is_over_ratio(out.size(), used_, limits)) return protocol_errc::inflate_ratio_over_limit;
    lent_.reset();
    return std::nullopt;
}

std::optional<protocol_errc> message_inflater::inflate(bytes compressed, message_buffer& out,
                                                       const limits& limits) {
    const std::size_t max_size = std::min(limits.max_message_bytes(), SIZE_MAX - 1);
    for (;;) {
        // One byte more than allowed tells a message that fits from one that does not.
        const std::size_t allowed = max_size + 1 - out.size();
        if (out.spare().empty()) out.make_room(1, 4 * compressed.size() + 1);
        const std::size_t step_left = step_bytes - out.size() % step_bytes;
        mutable_bytes room = out.spare().first(std::min({out.spare().size(), allowed, step_left}));
        const std::size_t room_bytes = room.size();
        const std::size_t given = compressed.size();
        const inflater::step step = coder_->advance(compressed, room);
        out.commit(room_bytes - room.size());
        used_ += given - compressed.size();
        if (step == inflater::step::broken) return protocol_errc::compressed_data_malformed;
        if (out.size() > max_size) return protocol_errc::message_over_limit;
        if (out.size() % step_bytes == 0 && is_over_ratio(out.size(), used_, limits)) {
            return protocol_errc::inflate_ratio_over_limit;
        }
        if (step == inflater::step::needs_input) return std::nullopt;
    }
}

}  // namespace weir::ws
