// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/file_status.hpp>

#include <liburing.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstring>

namespace weir::op {
namespace {

file_kind kind_of(const struct ::statx& status) noexcept {
    if ((status.stx_mask & STATX_TYPE) == 0 || S_ISREG(status.stx_mode)) return file_kind::regular;
    return S_ISDIR(status.stx_mode) ? file_kind::folder : file_kind::other;
}

/// A file may say that it is of the year 3000, or of none: nanoseconds end in 2262.
file_facts::time_point time_of(const struct ::statx_timestamp& stamp) noexcept {
    using std::chrono::seconds;
    using duration = file_facts::time_point::duration;
    constexpr auto first = std::chrono::ceil<seconds>(duration::min());
    constexpr auto last = std::chrono::floor<seconds>(duration::max()) - seconds(1);
    const seconds whole = std::clamp(seconds(stamp.tv_sec), first, last);
    return file_facts::time_point(whole + std::chrono::nanoseconds(stamp.tv_nsec));
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
    return file_facts(status.stx_size, time_of(status.stx_mtime), kind_of(status));
}

}  // namespace weir::op
