// SPDX-License-Identifier: Apache-2.0
// op::poll: waits until a descriptor is ready, for those that are read with their own call
// (signalfd, inotify, terminals, the sockets of a foreign library).
#pragma once

#include <weir/io/operation.hpp>

#include <string>

namespace weir::op {

/// Waits for readiness once. Lives in the awaiting frame; the descriptor must stay open until it
/// has completed.
///
/// Errors:        those of poll(2), unmapped; operation_canceled.
/// Cancellation:  ends at once; an event that came first is returned.
/// Source:        io_uring_prep_poll_add(3), kernel >= 5.1.
class poll final : public single_operation {
public:
    /// @param events  POLLIN, POLLOUT ... of poll(2).
    explicit poll(int fd, unsigned events) noexcept : fd_(fd), events_(events) {}

    /// The events that are there, as in `pollfd::revents`.
    [[nodiscard]] result<unsigned> await_resume() const noexcept;
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override { out += "poll fd=" + std::to_string(fd_); }

private:
    int fd_;
    unsigned events_;
};

}  // namespace weir::op
