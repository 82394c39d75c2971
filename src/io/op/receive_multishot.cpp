// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

namespace weir::op {

void fill_receive_multishot(io_uring_sqe& sqe, int fd, std::uint16_t group) noexcept {
    ::io_uring_prep_recv_multishot(&sqe, fd, nullptr, 0, 0);
    sqe.flags |= IOSQE_BUFFER_SELECT;
    sqe.buf_group = group;
}

}  // namespace weir::op
