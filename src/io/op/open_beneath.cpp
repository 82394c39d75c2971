// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/open_beneath.hpp>

#include <liburing.h>

#include <fcntl.h>
#include <linux/openat2.h>

#include <cstring>
#include <utility>

namespace weir::op {

open_beneath::open_beneath(int folder, std::string path, symbolic_links links) noexcept
    : folder_(folder), path_(std::move(path)) {
    static_assert(sizeof(::open_how) == how_bytes);
    ::open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;  // a FIFO would wait for a writer
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    if (links == symbolic_links::refused) how.resolve |= RESOLVE_NO_SYMLINKS;
    std::memcpy(how_, &how, sizeof how);
}

void open_beneath::prepare(io_uring_sqe& sqe) noexcept {
    ::io_uring_prep_openat2(&sqe, folder_, path_.c_str(), reinterpret_cast<::open_how*>(how_));
}

result<unique_fd> open_beneath::await_resume() const noexcept {
    if (raw_result() < 0) return fail(error_from_errno(-raw_result()));
    return unique_fd(raw_result());
}

}  // namespace weir::op
