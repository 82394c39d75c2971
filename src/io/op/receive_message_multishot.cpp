// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

namespace weir::op {

void fill_receive_message_multishot(io_uring_sqe& sqe, int fd, msghdr& layout,
                                    std::uint16_t group) noexcept {
    ::io_uring_prep_recvmsg_multishot(&sqe, fd, &layout, 0);
    sqe.flags |= IOSQE_BUFFER_SELECT;
    sqe.buf_group = group;
}

}  // namespace weir::op
