// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

namespace weir::op {

void fill_poll_multishot(io_uring_sqe& sqe, int fd, unsigned events) noexcept {
    ::io_uring_prep_poll_multishot(&sqe, fd, events);
}

}  // namespace weir::op
