// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/shutdown.hpp>

#include <liburing.h>

namespace weir::op {

void shutdown::prepare(io_uring_sqe& sqe) noexcept { ::io_uring_prep_shutdown(&sqe, fd_, how_); }
void shutdown::describe(std::string& out) const { out += "shutdown fd=" + std::to_string(fd_); }

}  // namespace weir::op
