// SPDX-License-Identifier: Apache-2.0
// An io_uring as a server of one thread wants it: completions run when that thread asks for them.
#pragma once

#include "command_line.hpp"

#include <liburing.h>

namespace echo {

inline void open_ring(io_uring& ring, unsigned entries, unsigned more_flags = 0) {
    io_uring_params params{};
    params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                   IORING_SETUP_COOP_TASKRUN | IORING_SETUP_CQSIZE | more_flags;
    params.cq_entries = 16384;
    const int error = io_uring_queue_init_params(entries, &ring, &params);
    if (error != 0) die("io_uring_queue_init_params", -error);
    io_uring_register_ring_fd(&ring);
}

}  // namespace echo
