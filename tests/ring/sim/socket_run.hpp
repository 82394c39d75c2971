// SPDX-License-Identifier: Apache-2.0
// socket_run: what programs of sockets share, whatever the kind: the calls beside the ring, names,
// the masks of polls and the buffers that a kernel may choose from.
#pragma once

#include "program_run.hpp"
#include "provided_buffers.hpp"

#include <poll.h>

#include <array>
#include <cstddef>
#include <span>

namespace weir::sim::test {

class socket_run : public program_run {
protected:
    explicit socket_run(const scene& place, std::span<const char* const> names, int family,
                        std::size_t buffer_bytes)
        : program_run(place, names), family_(family), buffers_(place.system, buffer_bytes) {}

    /// Sends `size` bytes at once.
    void send_at_once(int fd, std::size_t size);
    /// Receives up to `size` bytes at once.
    void receive_at_once(int fd, std::size_t size);
    [[nodiscard]] net::endpoint address_of(int fd) const;
    /// The peer's address as far as it is known, and the error that waits.
    void tell_peer_and_error(int fd);
    [[nodiscard]] static unsigned mask_of(const step& now) {
        constexpr std::array<unsigned, 4> masks{POLLIN, POLLOUT, POLLIN | POLLRDHUP,
                                                POLLIN | POLLOUT};
        return masks[now.other % masks.size()];
    }

    int family_;
    provided_buffers buffers_;
    unsigned char next_byte_ = 0;  // so that all that is sent differs
};

}  // namespace weir::sim::test
