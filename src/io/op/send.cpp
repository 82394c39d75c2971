// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

#include <sys/socket.h>

namespace weir::op {

void fill_send(io_uring_sqe& sqe, int fd, const void* data, std::size_t size, int flags) noexcept {
    ::io_uring_prep_send(&sqe, fd, data, size, flags | MSG_NOSIGNAL);
}

}  // namespace weir::op
