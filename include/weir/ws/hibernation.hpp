// SPDX-License-Identifier: Apache-2.0
// hibernation: when an idle connection gives back what it holds; `connection_statistics` counts how
// much that came to. Pure: times and sizes are told.
//
//   awake --no message for idle_time, and min_bytes are held--> hibernating
//         <--the first byte of a message, or one to be sent-----
//
// What is given back, and how it is there again:
//   compressor that keeps context     all of it. It forgets its history, which RFC 7692 7.2.1 lets
//   a
//                                     sender do at any time: the next message refers to nothing
//                                     before it. Its room goes back to the coder_pool, too; if that
//                                     has none left later, messages are compressed one by one.
//   decompressor that keeps context   all but its history. The peer may refer to that, unless
//                                     no_context_takeover was agreed on, and then there is none.
//   unfinished message                room beyond what has arrived
//   received bytes that wait          the shared memory they lie in: they are copied out of it
// An idle connection that keeps no context holds none of these, and need not hibernate.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::ws {

/// When a connection hibernates; a value.
class hibernation {
public:
    hibernation() noexcept {}

    bool is_enabled = true;
    /// For so long no message has come or gone. Looked at with the keep-alive, where there is one:
    /// so up to a ping_interval later.
    std::chrono::milliseconds idle_time{300'000};
    /// A connection that holds less stays as it is: what it would cost to wake is not worth it.
    std::size_t min_bytes = 80'000;

    /// Whether one that holds so much ever hibernates.
    [[nodiscard]] bool concerns(std::size_t held_bytes) const noexcept {
        return is_enabled && held_bytes >= min_bytes && held_bytes > 0;
    }
    /// Whether one that holds so much, and has been idle for so long, hibernates now.
    [[nodiscard]] bool is_due(std::chrono::milliseconds idle,
                              std::size_t held_bytes) const noexcept {
        return concerns(held_bytes) && idle >= idle_time;
    }
};

}  // namespace weir::ws
