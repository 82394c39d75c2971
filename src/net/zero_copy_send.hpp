// SPDX-License-Identifier: Apache-2.0
// zero_copy_send: one send from memory that the network card reads itself. The kernel answers
// twice: with the result, after which the queue goes on, and, perhaps much later, with the
// notification that it has let go of the memory. Until then this keeps the bytes alive.
//
//   in flight --result--> notified? --F_NOTIF--> deleted          an error may come without a
//             \--result without F_MORE--> deleted                 notification
//
// Whether it pays is the kernel's to say: on loopback, and for small pieces, it copies after all
// and reports so; then the shard sends plainly for a while (`reactor::zero_copy_pays`).
#pragma once

#include <weir/coro/detail/frame_pool.hpp>
#include <weir/io/operation.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/net/detail/sender.hpp>

namespace weir::net::detail {

class zero_copy_send final : public operation, public weir::detail::pooled {
public:
    explicit zero_copy_send(sender& owner, send_queue& queue, send_buffer keep, bytes data) noexcept
        : owner_(owner), queue_(&queue), keep_(std::move(keep)), data_(data) {
        ++owner_.zero_copies_;
    }

    void prepare(io_uring_sqe& sqe) noexcept override;
    void complete(int result, std::uint32_t flags, bool more) noexcept override;

private:
    sender& owner_;
    send_queue* queue_;
    send_buffer keep_;
    bytes data_;
};

}  // namespace weir::net::detail
