// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

namespace weir::op {

void fill_shutdown(io_uring_sqe& sqe, int fd, int how) noexcept {
    ::io_uring_prep_shutdown(&sqe, fd, how);
}

}  // namespace weir::op
