// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/close.hpp>

#include "requests.hpp"

#include <liburing.h>

#include <cerrno>

namespace weir::op {

void fill_close(io_uring_sqe& sqe, int fd) noexcept { ::io_uring_prep_close(&sqe, fd); }

void close::prepare(io_uring_sqe& sqe) noexcept {
    // From here on the number is the kernel's: it may name another file before we hear of the end.
    submitted_ = true;
    fill_close(sqe, fd_.value());
}

result<void> close::await_resume() noexcept {
    // A request that was cancelled before it ran has closed nothing.
    const bool kernel_closed = submitted_ && raw_result() != -ECANCELED;
    if (kernel_closed) static_cast<void>(fd_.release());
    fd_.reset();
    return void_result();
}

}  // namespace weir::op
