// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/connect.hpp>

#include <liburing.h>

namespace weir::op {

void connect::prepare(io_uring_sqe& sqe) noexcept {
    ::io_uring_prep_connect(&sqe, fd_, address_, size_);
}
void connect::describe(std::string& out) const { out += "connect fd=" + std::to_string(fd_); }

}  // namespace weir::op
