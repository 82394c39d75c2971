// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/open.hpp>

#include <liburing.h>

#include <fcntl.h>

namespace weir::op {

void open::prepare(io_uring_sqe& sqe) noexcept {
    ::io_uring_prep_openat(&sqe, AT_FDCWD, path_.c_str(), flags_ | O_CLOEXEC, permissions_);
}

result<unique_fd> open::await_resume() const noexcept {
    if (raw_result() < 0) return fail(error_from_errno(-raw_result()));
    return unique_fd(raw_result());
}

}  // namespace weir::op
