// SPDX-License-Identifier: Apache-2.0
// sender: the send queue of one stream socket.
//
// At most one send is in flight, because two on one stream interleave. What is queued during a turn
// leaves together at its end (corking): small pieces are copied side by side, large ones are
// gathered where they lie. A peer that does not read never holds a shared receive buffer: what the
// socket does not take at once is copied out of it.
//
//   empty --push--> queued --turn ends--> in flight --completion--> empty, or in flight again
//                                          \--error--> failed: the queue is dropped, writers told
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/wait_queue.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/operation.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/send_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <system_error>

namespace weir::net::detail {

class sender final : public operation, public turn_end_hook {
public:
    /// A writer waits while more than this is queued ...
    static constexpr std::size_t high_water_bytes = 1024 * 1024;
    /// ... until no more than this is.
    static constexpr std::size_t low_water_bytes = 256 * 1024;
    /// Up to this size bytes are copied next to each other; larger pieces are referred to.
    static constexpr std::size_t max_copied_bytes = 2048;

    explicit sender(int fd) noexcept : fd_(fd) {}
    ~sender();

    /// Queues a copy of `data`.
    void push_copy(bytes data);
    /// Queues `header` and `data` as one piece, copied if small.
    void push(bytes header, const send_buffer& data);
    void push(buffer_lease&& data);
    void push(const send_buffer& data);
    /// Queues bytes that the caller keeps alive until `sent_through(ticket)`.
    [[nodiscard]] std::uint64_t push_borrowed(bytes data);
    /// Room for `size` bytes at the end of the queue, for an encoder to fill in at once.
    [[nodiscard]] mutable_bytes append(std::size_t size);

    [[nodiscard]] std::size_t queued_bytes() const noexcept { return queued_; }
    [[nodiscard]] bool is_above_high_water() const noexcept { return queued_ > high_water_bytes; }
    [[nodiscard]] bool is_idle() const noexcept { return queued_ == 0 && !is_active(); }
    [[nodiscard]] const std::error_code& error() const noexcept { return error_; }
    /// Whether everything up to `ticket` was handed to the kernel.
    [[nodiscard]] bool sent_through(std::uint64_t ticket) const noexcept { return sent_ >= ticket; }
    [[nodiscard]] std::uint64_t queued_through() const noexcept { return sent_ + queued_; }
    /// Woken when the queue falls to low water, when it runs empty, and when sending fails.
    [[nodiscard]] wait_queue& progress() noexcept { return progress_; }

    /// Drops everything that is queued and ends the send in flight; later pushes are ignored.
    void fail(std::error_code error) noexcept;
    /// Told when the queue has run empty or failed, once nothing is in flight.
    class idle_listener {
    public:
        virtual void sender_idle() noexcept = 0;

    protected:
        ~idle_listener() = default;
    };
    void set_idle_listener(idle_listener* listener) noexcept { idle_listener_ = listener; }

    void prepare(io_uring_sqe& sqe) noexcept override;
    void complete(int result, std::uint32_t flags, bool more) noexcept override;
    void turn_ends() noexcept override;

private:
    struct piece;

    piece& add(piece* made) noexcept;
    void schedule() noexcept;
    [[nodiscard]] bool try_send_directly() noexcept;
    void advance(std::size_t sent) noexcept;
    void keep_unsent() noexcept;
    void drop_all() noexcept;
    void tell_progress() noexcept;

    int fd_;
    bool may_block_ = false;  // the send in flight waits for the socket instead of giving up
    std::error_code error_;
    piece* first_ = nullptr;
    piece* last_ = nullptr;
    std::size_t queued_ = 0;
    std::uint64_t sent_ = 0;
    std::size_t requested_ = 0;  // bytes in the send in flight
    wait_queue progress_;
    idle_listener* idle_listener_ = nullptr;
};

}  // namespace weir::net::detail
