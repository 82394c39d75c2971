// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

#include <sys/socket.h>

namespace weir::op {

void fill_accept_multishot(io_uring_sqe& sqe, int fd) noexcept {
    ::io_uring_prep_multishot_accept(&sqe, fd, nullptr, nullptr, SOCK_CLOEXEC);
}

}  // namespace weir::op
