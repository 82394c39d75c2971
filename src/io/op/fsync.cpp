// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/fsync.hpp>

#include <liburing.h>

namespace weir::op {

void fsync::prepare(io_uring_sqe& sqe) noexcept {
    ::io_uring_prep_fsync(&sqe, fd_, what_ == scope::data_only ? IORING_FSYNC_DATASYNC : 0);
}

}  // namespace weir::op
