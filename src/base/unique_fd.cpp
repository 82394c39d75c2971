// SPDX-License-Identifier: Apache-2.0
#include <weir/base/unique_fd.hpp>

#include <unistd.h>

#include <atomic>

namespace weir {

namespace {
std::atomic<detail::simulated_fd_closer> close_simulated{nullptr};
}

void detail::set_simulated_fd_closer(simulated_fd_closer closer) noexcept {
    close_simulated.store(closer, std::memory_order_relaxed);
}

void unique_fd::reset(int fd) noexcept {
    // close(2) frees the number even when it reports EINTR on Linux: trying again could close a
    // stranger's descriptor.
    if (fd_ >= detail::first_simulated_fd) {
        close_simulated.load(std::memory_order_relaxed)(fd_);
    } else if (fd_ >= 0) {
        ::close(fd_);
    }
    fd_ = fd;
}

}  // namespace weir
