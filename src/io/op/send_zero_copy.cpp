// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

#include <sys/socket.h>

namespace weir::op {

void fill_send_zero_copy(io_uring_sqe& sqe, int fd, const void* data, std::size_t size) noexcept {
    // IORING_SEND_ZC_REPORT_USAGE: the notification says whether the kernel copied after all.
    constexpr unsigned report_usage = 1U << 3;
    ::io_uring_prep_send_zc(&sqe, fd, data, size, MSG_NOSIGNAL, report_usage);
}

}  // namespace weir::op
