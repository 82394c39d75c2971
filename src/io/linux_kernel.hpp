// SPDX-License-Identifier: Apache-2.0
// linux_kernel: the kernel seam over a real io_uring. The only owner of a `::io_uring`.
#pragma once

#include "kernel.hpp"

#include <weir/base/result.hpp>

#include <liburing.h>

#include <memory>
#include <string>
#include <system_error>

namespace weir {

/// Why no ring could be made, and what the person who runs the program can do about it.
class kernel_error {
public:
    explicit kernel_error(std::error_code code, std::string advice)
        : code_(code), advice_(std::move(advice)) {}
    [[nodiscard]] const std::error_code& code() const noexcept { return code_; }
    [[nodiscard]] const std::string& advice() const noexcept { return advice_; }

private:
    std::error_code code_;
    std::string advice_;
};

class linux_kernel final : public kernel {
public:
    /// Makes a ring that belongs to the calling thread (SINGLE_ISSUER). Halves the size down to
    /// 64 entries while the memlock limit refuses it.
    [[nodiscard]] static result<std::unique_ptr<linux_kernel>, kernel_error> open(
        unsigned sq_entries, unsigned cq_entries);
    /// What `error`, the errno of a call that prepares a ring, means on this machine.
    [[nodiscard]] static kernel_error setup_error(int error);
    ~linux_kernel() override;

    [[nodiscard]] int enter(bool wait, time_point deadline) noexcept override;
    [[nodiscard]] time_point now() const noexcept override {
        return std::chrono::steady_clock::now();
    }
    [[nodiscard]] int ring_fd() const noexcept override { return ring_.ring_fd; }

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
    [[nodiscard]] int shut_down(int fd, int how) noexcept override;
    void close_now(int fd) noexcept override;
    [[nodiscard]] int open_event() noexcept override;
    void raise_event(int fd) noexcept override;
    void clear_event(int fd) noexcept override;
    [[nodiscard]] int receive_now(int fd, void* buffer, std::size_t size) noexcept override;
    [[nodiscard]] int send_now(int fd, const msghdr& message) noexcept override;
    [[nodiscard]] int send_file_now(int fd, int file, std::uint64_t offset,
                                    std::size_t size) noexcept override;

private:
    linux_kernel() noexcept = default;

    void map_queues() noexcept;
    void probe_features() noexcept;

    ::io_uring ring_{};
    bool is_open_ = false;
};

/// The advice for a failed set-up: which switch forbids io_uring here, and what to do about it.
/// `disabled_sysctl` is the value of kernel.io_uring_disabled, or -1 when the kernel has none.
[[nodiscard]] std::string advice_for_setup_error(int error, int disabled_sysctl,
                                                 std::string_view kernel_release);

}  // namespace weir
