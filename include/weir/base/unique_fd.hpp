// SPDX-License-Identifier: Apache-2.0
// unique_fd: owns one file descriptor and closes it once.
#pragma once

#include <utility>

namespace weir {

namespace detail {

/// Numbers from here on, which no process reaches, are descriptors of a simulated kernel.
constexpr int first_simulated_fd = 1 << 30;
/// How one of those is closed; set by the simulation.
using simulated_fd_closer = void (*)(int fd) noexcept;
void set_simulated_fd_closer(simulated_fd_closer closer) noexcept;

}  // namespace detail

/// Owns a file descriptor; moves, does not copy. Closing here is synchronous and reports nothing:
/// a descriptor with an operation in flight must be ended through its socket or file instead.
class unique_fd {
public:
    unique_fd() noexcept = default;
    /// Takes over `fd`; a negative number means "none".
    explicit unique_fd(int fd) noexcept : fd_(fd) {}
    unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {}
    unique_fd& operator=(unique_fd&& other) noexcept {
        if (this != &other) reset(other.release());
        return *this;
    }
    ~unique_fd() { reset(); }

    [[nodiscard]] int value() const noexcept { return fd_; }
    [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
    explicit operator bool() const noexcept { return is_open(); }

    /// Gives the descriptor up without closing it.
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
    /// Closes the owned descriptor, if any, and takes over `fd`.
    void reset(int fd = -1) noexcept;

private:
    int fd_ = -1;
};

}  // namespace weir
