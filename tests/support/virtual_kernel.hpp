// SPDX-License-Identifier: Apache-2.0
// virtual_kernel: the kernel seam without Linux. Time moves only when everything waits, and then
// straight to the next deadline, so a test of an hour's timeout takes no time. It has no sockets:
// every request but those of the reactor's own wake-up fails with ENOSYS.
#pragma once

#include "io/kernel.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace weir::test {

class virtual_kernel final : public kernel {
public:
    virtual_kernel();

    [[nodiscard]] int enter(bool wait, time_point deadline) noexcept override;
    [[nodiscard]] time_point now() const noexcept override { return now_; }
    [[nodiscard]] int ring_fd() const noexcept override { return -1; }

    /// Lets `duration` pass while the program is busy.
    void advance(std::chrono::nanoseconds duration) noexcept { now_ += duration; }
    /// Whether a wait began that nothing could ever end.
    [[nodiscard]] bool would_hang() const noexcept { return would_hang_; }
    /// Forgets it, because the test did something about it.
    void clear_hang() noexcept { would_hang_ = false; }

    [[nodiscard]] int register_buffer_ring(io_uring_buf_ring* ring, unsigned entries,
                                           std::uint16_t group, bool incremental) noexcept override;
    void unregister_buffer_ring(std::uint16_t group) noexcept override;

    [[nodiscard]] int socket(int family, int type, int protocol) noexcept override;
    [[nodiscard]] int bind(int fd, const sockaddr* address, unsigned size) noexcept override;
    [[nodiscard]] int listen(int fd, int backlog) noexcept override;
    [[nodiscard]] int set_option(int fd, int level, int name, const void* value,
                                 unsigned size) noexcept override;
    [[nodiscard]] int option(int fd, int level, int name, void* value,
                             unsigned* size) noexcept override;
    [[nodiscard]] int local_address(int fd, sockaddr* out, unsigned* size) noexcept override;
    [[nodiscard]] int peer_address(int fd, sockaddr* out, unsigned* size) noexcept override;
    void close_now(int fd) noexcept override;
    [[nodiscard]] int receive_now(int fd, void* buffer, std::size_t size) noexcept override;
    [[nodiscard]] int send_now(int fd, const msghdr& message) noexcept override;

private:
    static constexpr unsigned queue_entries = 256;

    /// A multishot poll that lasts until it is cancelled.
    struct poll {
        std::uint64_t user_data;
        int fd;
    };

    void take_request(const io_uring_sqe& sqe) noexcept;
    void cancel(const io_uring_sqe& sqe) noexcept;
    void check_polls() noexcept;
    void complete(std::uint64_t user_data, int result, std::uint32_t flags) noexcept;

    std::vector<io_uring_sqe> requests_;
    std::vector<io_uring_cqe> completions_;
    std::vector<poll> polls_;
    unsigned head_of_requests_ = 0;
    unsigned head_of_completions_ = 0;
    unsigned tail_of_completions_ = 0;
    // Not the epoch: a clock that starts at zero would hide a mix-up of moments and durations.
    time_point now_{std::chrono::hours(1000)};
    bool would_hang_ = false;
};

}  // namespace weir::test
