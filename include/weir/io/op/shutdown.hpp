// SPDX-License-Identifier: Apache-2.0
// One request: end one or both directions of a connection.
#pragma once

#include <weir/io/operation.hpp>

namespace weir::op {

/// Ends the directions `how` (SHUT_RD, SHUT_WR, SHUT_RDWR) of the connection behind `fd`. Linux
/// hands this request to a thread of its own, always: `stream_socket::shutdown_send` costs less.
///
/// Errors:        not_connected, operation_canceled.
/// Cancellation:  the connection may or may not have been shut down.
/// Source:        io_uring_prep_shutdown(3), shutdown(2).
class shutdown final : public single_operation {
public:
    explicit shutdown(int fd, int how) noexcept : fd_(fd), how_(how) {}
    [[nodiscard]] result<void> await_resume() const noexcept { return void_result(); }
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override;

private:
    int fd_;
    int how_;
};

}  // namespace weir::op
