// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

namespace weir::op {

void fill_close(io_uring_sqe& sqe, int fd) noexcept { ::io_uring_prep_close(&sqe, fd); }

}  // namespace weir::op
