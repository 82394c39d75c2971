// SPDX-License-Identifier: Apache-2.0
// compressed_frames: one message that many connections get, compressed once for each window size
// that one of them agreed on.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/ws/deflate/deflate_parameters.hpp>
#include <weir/ws/protocol/opcode.hpp>

#include <array>
#include <atomic>
#include <cstddef>

namespace weir::ws::detail {

/// Frames of a server, made when first asked for, from any shard. Shards that ask for the same one
/// at the same moment may each make it, and the first is kept: none waits for another.
class compressed_frames {
public:
    compressed_frames() noexcept = default;
    compressed_frames(const compressed_frames&) = delete;
    compressed_frames& operator=(const compressed_frames&) = delete;
    ~compressed_frames();

    /// The frame for receivers with that window; empty = the message does not shrink.
    /// @param payload  the same in every call.
    /// @param level    of compression; that of the first call counts.
    [[nodiscard]] const send_buffer& frame(message_kind kind, bytes payload, int window_bits,
                                           int level);

private:
    std::array<std::atomic<const send_buffer*>, max_window_bits - min_window_bits + 1> made_{};
};

}  // namespace weir::ws::detail
