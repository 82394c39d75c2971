// SPDX-License-Identifier: Apache-2.0
// deflater: zlib's compressor as permessage-deflate needs it, one whole message at a time.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/ws/deflate/deflate_parameters.hpp>
#include <weir/ws/protocol/message_buffer.hpp>

#include <zlib.h>

#include <cstddef>

namespace weir::ws {

/// One raw deflate stream. Its memory follows from its window alone, zlib's second parameter being
/// chosen to fit. Neither copies nor moves: zlib keeps its address.
class deflater {
public:
    /// @param window_bits  9 ... 15.
    /// @param level        1 ... 9.
    explicit deflater(int window_bits, int level);
    deflater(const deflater&) = delete;
    deflater& operator=(const deflater&) = delete;
    ~deflater();

    /// What one with that window takes at most (zconf.h, and the state of 6 KiB).
    [[nodiscard]] static constexpr std::size_t cost(int window_bits) noexcept {
        return (std::size_t{8} << static_cast<unsigned>(window_bits)) + (std::size_t{6} << 10U);
    }

    /// Compresses a message, with reference to those before it since the last `forget`, if the
    /// result is smaller.
    /// @return  the payload of the compressed message (RFC 7692 7.2.1); empty = it would not
    ///          shrink; what came before is forgotten then.
    [[nodiscard]] message_buffer compress(bytes payload, int level);

    /// Makes the next message refer to nothing before it.
    void forget() noexcept { must_forget_ = true; }

private:
    /// Forgets, too.
    void change_level(int level);

    ::z_stream stream_{};
    int level_;
    bool must_forget_ = false;
};

}  // namespace weir::ws
