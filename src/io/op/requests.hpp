// SPDX-License-Identifier: Apache-2.0
// Requests that belong to the machinery rather than to an awaiting coroutine: they fill in an SQE
// and nothing else. Those that users await are classes in include/weir/io/op/.
#pragma once

#include <cstddef>
#include <cstdint>

struct io_uring_sqe;
struct msghdr;

namespace weir::op {

/// Asks for the early end of the request whose user_data is `target`.
void fill_cancel(io_uring_sqe& sqe, std::uint64_t target) noexcept;
/// Wakes the ring behind `ring_fd` with an empty message; only a failure completes here.
void fill_ring_message(io_uring_sqe& sqe, int ring_fd) noexcept;
/// Reports `events` on `fd` once.
void fill_poll(io_uring_sqe& sqe, int fd, unsigned events) noexcept;
/// Reports `events` on `fd` each time they arise, until cancelled.
void fill_poll_multishot(io_uring_sqe& sqe, int fd, unsigned events) noexcept;
/// Accepts connections until cancelled. The peer's address is not taken: all accepts would share
/// one place for it.
void fill_accept_multishot(io_uring_sqe& sqe, int fd) noexcept;
/// Receives into buffers of `group` until cancelled or out of buffers.
void fill_receive_multishot(io_uring_sqe& sqe, int fd, std::uint16_t group) noexcept;
/// Receives datagrams with their sources into buffers of `group` until cancelled or out of buffers.
/// `layout` says how many bytes each buffer begins with for the source; read when it is submitted.
void fill_receive_message_multishot(io_uring_sqe& sqe, int fd, msghdr& layout,
                                    std::uint16_t group) noexcept;
void fill_send(io_uring_sqe& sqe, int fd, const void* data, std::size_t size, int flags) noexcept;
void fill_send_message(io_uring_sqe& sqe, int fd, const msghdr& message, int flags) noexcept;
/// Zero-copy: `data` is the kernel's until the notification, which follows the result.
void fill_send_zero_copy(io_uring_sqe& sqe, int fd, const void* data, std::size_t size) noexcept;
void fill_close(io_uring_sqe& sqe, int fd) noexcept;

}  // namespace weir::op
