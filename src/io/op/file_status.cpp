// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/file_status.hpp>

#include <liburing.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <cstring>

namespace weir::op {
namespace {

file_kind kind_of(const struct ::statx& status) noexcept {
    if ((status.stx_mask & STATX_TYPE) == 0 || S_ISREG(status.stx_mode)) return file_kind::regular;
    return S_ISDIR(status.stx_mode) ? file_kind::folder : file_kind::other;
}

}  // namespace

void file_status::prepare(io_uring_sqe& sqe) noexcept {
    static_assert(sizeof(struct ::statx) == statx_bytes);
    ::io_uring_prep_statx(&sqe, fd_, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE | STATX_MTIME,
                          reinterpret_cast<struct ::statx*>(status_));
}

result<file_facts> file_status::await_resume() const noexcept {
    if (raw_result() < 0) return fail(error_from_errno(-raw_result()));
    struct ::statx status{};
    std::memcpy(&status, status_, sizeof status);
    const file_facts::time_point modified{std::chrono::seconds(status.stx_mtime.tv_sec) +
                                          std::chrono::nanoseconds(status.stx_mtime.tv_nsec)};
    return file_facts(status.stx_size, modified, kind_of(status));
}

}  // namespace weir::op
