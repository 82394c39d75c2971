// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/poll.hpp>

#include "requests.hpp"

#include <liburing.h>

namespace weir::op {

void fill_poll(io_uring_sqe& sqe, int fd, unsigned events) noexcept {
    ::io_uring_prep_poll_add(&sqe, fd, events);
}

void poll::prepare(io_uring_sqe& sqe) noexcept { fill_poll(sqe, fd_, events_); }

result<unsigned> poll::await_resume() const noexcept {
    if (raw_result() < 0) return fail(error_from_errno(-raw_result()));
    return static_cast<unsigned>(raw_result());
}

}  // namespace weir::op
