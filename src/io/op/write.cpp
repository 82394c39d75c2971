// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/read.hpp>
#include <weir/io/op/write.hpp>

#include <liburing.h>

#include <algorithm>

namespace weir::op {

void write::prepare(io_uring_sqe& sqe) noexcept {
    const auto size = static_cast<unsigned>(std::min(data_.size(), max_transfer_bytes));
    ::io_uring_prep_write(&sqe, fd_, data_.data(), size, offset_);
}

}  // namespace weir::op
