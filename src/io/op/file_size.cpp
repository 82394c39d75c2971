// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/file_size.hpp>

#include <liburing.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>

namespace weir::op {

void file_size::prepare(io_uring_sqe& sqe) noexcept {
    static_assert(sizeof(struct ::statx) == statx_bytes);
    ::io_uring_prep_statx(&sqe, fd_, "", AT_EMPTY_PATH, STATX_SIZE,
                          reinterpret_cast<struct ::statx*>(status_));
}

result<std::uint64_t> file_size::await_resume() const noexcept {
    if (raw_result() < 0) return fail(error_from_errno(-raw_result()));
    struct ::statx status{};
    std::memcpy(&status, status_, sizeof status);
    return std::uint64_t{status.stx_size};
}

}  // namespace weir::op
