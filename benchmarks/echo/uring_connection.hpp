// SPDX-License-Identifier: Apache-2.0
// What raw_uring keeps of one connection: what is queued, what is being sent, how it receives.
#pragma once

#include "message_buffer.hpp"
#include "provided_buffers.hpp"
#include "ws_echo.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace echo {

inline constexpr int not_in_ring = -1;

struct piece {
    char* data;
    std::size_t bytes;
    int buffer;             // held in the ring, or not_in_ring
    message_buffer memory;  // else owned; neither: it lies in the scratch buffer
};

struct connection {
    int fd = -1;
    unsigned in_flight = 0;  // operations whose last completion hasn't come
    bool receiving = false;
    bool hung_up = false;  // the peer will send no more than what waits
    bool polling = false;  // what receives is a poll
    bool sending = false;
    bool closing = false;  // send what is queued, then close
    bool broken = false;   // send nothing more
    bool leaving = false;  // its receive is being cancelled for good
    bool dirty = false;    // on the list of those with something to send
    bool waiting = false;  // on the list of the starved, or of those to read directly
    bool bulk = false;
    bool paused = false;
    std::size_t queued_bytes = 0;
    std::vector<piece> queue;
    std::vector<piece> sent;  // what the send in flight refers to
    std::unique_ptr<ws_echo> session;
};

/// What a send needs until the kernel has read it, which is at the next submit.
struct gather {
    msghdr message{};
    std::array<iovec, 64> parts{};
};

/// Puts the replies to one receive on the connection's queue.
struct reply_sink {
    connection& c;
    provided_buffers& buffers;
    int buffer;

    void view(char* data, std::size_t bytes) {
        c.queued_bytes += bytes;
        if (!c.queue.empty()) {
            piece& last = c.queue.back();
            if (last.buffer == buffer && !last.memory && last.data + last.bytes == data) {
                last.bytes += bytes;
                return;
            }
        }
        if (buffer != not_in_ring) buffers.hold(static_cast<unsigned>(buffer));
        c.queue.push_back({data, bytes, buffer, {}});
    }
    void owned(message_buffer&& memory, char* data, std::size_t bytes) {
        c.queued_bytes += bytes;
        c.queue.push_back({data, bytes, not_in_ring, std::move(memory)});
    }
};

}  // namespace echo
