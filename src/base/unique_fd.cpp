// SPDX-License-Identifier: Apache-2.0
#include <weir/base/unique_fd.hpp>

#include <unistd.h>

namespace weir {

void unique_fd::reset(int fd) noexcept {
    // close(2) frees the number even when it reports EINTR on Linux: trying again could close a
    // stranger's descriptor.
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
}

}  // namespace weir
