// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

namespace weir::op {

void fill_ring_message(io_uring_sqe& sqe, int ring_fd) noexcept {
    ::io_uring_prep_msg_ring(&sqe, ring_fd, 0, 0, 0);
}

}  // namespace weir::op
