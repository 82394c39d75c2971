// SPDX-License-Identifier: Apache-2.0
// One request: connect a socket.
#pragma once

#include <weir/io/operation.hpp>

struct sockaddr;

namespace weir::op {

/// Connects `fd` to `address`, which is borrowed until this completes.
///
/// Errors:        connection_refused, network_unreachable, timed_out, operation_canceled ...; the
///                socket is of no use after any of them: make a new one for the next try.
/// Cancellation:  a connection that was made in spite of the stop counts as made.
/// Source:        io_uring_prep_connect(3), connect(2).
class connect final : public single_operation {
public:
    explicit connect(int fd, const sockaddr* address, unsigned size) noexcept
        : fd_(fd), address_(address), size_(size) {}
    [[nodiscard]] result<void> await_resume() const noexcept { return void_result(); }
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override;

private:
    int fd_;
    const sockaddr* address_;
    unsigned size_;
};

}  // namespace weir::op
