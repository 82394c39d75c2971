// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/read.hpp>

#include <liburing.h>

#include <algorithm>

namespace weir::op {

void read::prepare(io_uring_sqe& sqe) noexcept {
    const auto size = static_cast<unsigned>(std::min(buffer_.size(), max_transfer_bytes));
    ::io_uring_prep_read(&sqe, fd_, buffer_.data(), size, offset_);
}

}  // namespace weir::op
