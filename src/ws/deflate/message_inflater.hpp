// SPDX-License-Identifier: Apache-2.0
// message_inflater: one compressed message, inflated as its bytes arrive, and stopped as soon as it
// becomes too much. No socket, no clock.
//
//   begun --an inflater is free--> inflating ----------------------finish--> whole
//     '-----there is no room-----> waiting --finish, with one for a moment----^
// and from each of them to failed, for good, at the first error.
#pragma once

#include "inflater.hpp"

#include <weir/base/bytes.hpp>
#include <weir/ws/deflate/coder_pool.hpp>
#include <weir/ws/protocol/error.hpp>
#include <weir/ws/protocol/limits.hpp>
#include <weir/ws/protocol/message_buffer.hpp>

#include <cstdint>
#include <optional>

namespace weir::ws {

/// Inflates one message; made at its first frame, gone behind its last.
class message_inflater {
public:
    /// @param own  the inflater that keeps the connection's context; null = one that is lent.
    explicit message_inflater(inflater* own) noexcept : coder_(own) {}

    /// Takes the next bytes of the message and appends what comes out to `out`, which the caller
    /// changes in no other way.
    /// Errors:  compressed_data_malformed, message_over_limit, inflate_ratio_over_limit.
    [[nodiscard]] std::optional<protocol_errc> feed(bytes compressed, message_buffer& out,
                                                    const limits& limits);
    /// Takes the end of the message.
    /// Errors:  as above; compressed_data_malformed for a message that was cut off.
    [[nodiscard]] std::optional<protocol_errc> finish(message_buffer& out, const limits& limits);

    /// How many compressed bytes there were so far.
    [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }

private:
    [[nodiscard]] std::optional<protocol_errc> inflate(bytes compressed, message_buffer& out,
                                                       const limits& limits);

    inflater* coder_;  // null while the message is kept as it came
    coder_pool::lent_inflater lent_;
    message_buffer waiting_;
    std::uint64_t taken_ = 0;
    std::uint64_t used_ = 0;
};

}  // namespace weir::ws
