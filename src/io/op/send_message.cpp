// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

#include <sys/socket.h>

namespace weir::op {

void fill_send_message(io_uring_sqe& sqe, int fd, const msghdr& message, int flags) noexcept {
    ::io_uring_prep_sendmsg(&sqe, fd, &message, static_cast<unsigned>(flags | MSG_NOSIGNAL));
}

}  // namespace weir::op
