// SPDX-License-Identifier: Apache-2.0
// inflater: zlib's decompressor as permessage-deflate needs it: stepwise, so that whoever uses it
// decides after each step whether what came out is still bearable.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/ws/deflate/deflate_parameters.hpp>
#include <weir/ws/protocol/message_buffer.hpp>

#include <zlib.h>

#include <cstddef>
#include <cstdint>

namespace weir::ws {

/// One raw deflate stream, to be read. Neither copies nor moves: zlib keeps its address.
///
///   between blocks --bytes--> inside a block --its end--> between blocks
///                                  |  '--the end of a final one--> between blocks, all forgotten
///                                  '--bytes that are not deflate--> broken
class inflater {
public:
    /// @param window_bits  9 ... 15: at least what the peer compresses with.
    /// @param history      what the stream may refer to, as `history` gave it.
    explicit inflater(int window_bits, bytes history = {});
    inflater(const inflater&) = delete;
    inflater& operator=(const inflater&) = delete;
    ~inflater();

    /// What one with that window takes at most (zconf.h: the window and 7 KiB, rounded up).
    [[nodiscard]] static constexpr std::size_t cost(int window_bits) noexcept {
        return (std::size_t{1} << static_cast<unsigned>(window_bits)) + (std::size_t{10} << 10U);
    }

    /// Why a step ended.
    enum class step : std::uint8_t {
        needs_input,  ///< all that was given has been used, and everything of it is out
        needs_room,   ///< the room is full
        broken,       ///< this is not deflate
    };

    /// Reads from the front of `in`, writes to the front of `out`, and advances both.
    /// @param out  not empty.
    [[nodiscard]] step advance(bytes& in, mutable_bytes& out);

    /// Whether the last block is over and no bit of another one was seen.
    [[nodiscard]] bool is_between_blocks() const noexcept { return is_between_blocks_; }

    /// Makes what follows refer to nothing before it.
    void forget() noexcept;
    /// What the stream may still refer to, at most a window: an inflater that is made with it goes
    /// on in the place of this one. Only between blocks.
    [[nodiscard]] message_buffer history() const;

private:
    ::z_stream stream_{};
    bool is_between_blocks_ = true;
};

}  // namespace weir::ws
