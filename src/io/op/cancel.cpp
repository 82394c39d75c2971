// SPDX-License-Identifier: Apache-2.0
#include "requests.hpp"

#include <liburing.h>

namespace weir::op {

void fill_cancel(io_uring_sqe& sqe, std::uint64_t target) noexcept {
    ::io_uring_prep_cancel64(&sqe, target, 0);
    // Whatever it answers, the end of the target is what the target itself reports.
    sqe.flags |= IOSQE_CQE_SKIP_SUCCESS;
}

}  // namespace weir::op
