// SPDX-License-Identifier: Apache-2.0
// kernel: the one door to the operating system: requests in, completions out, the clock, and the
// few direct calls. Nothing above it knows whether Linux answers or a simulation does.
//
// The queues are plain memory that the reactor reads and writes itself; only `enter` is virtual, so
// the seam costs one indirect call a loop turn and none an operation. An implementation interprets
// the same `io_uring_sqe`s as Linux does.
#pragma once

#include <liburing.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

struct sockaddr;
struct msghdr;

namespace weir {

class name_service;

/// What the running kernel can do; probed once at the start.
class kernel_features {
public:
    kernel_features() noexcept = default;

    bool incremental_buffers = false;  ///< IOU_PBUF_RING_INC, Linux >= 6.12
    bool send_zero_copy = false;       ///< IORING_OP_SEND_ZC, Linux >= 6.0
    bool message_ring = false;         ///< IORING_OP_MSG_RING, Linux >= 5.18
    bool threads = true;  ///< others may run beside this one; else blocking work is done in place
};

class kernel {
public:
    using time_point = std::chrono::steady_clock::time_point;

    kernel(const kernel&) = delete;
    kernel& operator=(const kernel&) = delete;
    virtual ~kernel() = default;

    /// An empty request to fill in, or null when the queue is full: then call `enter`.
    [[nodiscard]] io_uring_sqe* try_sqe() noexcept {
        const unsigned head = std::atomic_ref(*sq_head_).load(std::memory_order_acquire);
        if (sq_tail_ - head >= sq_entries_) return nullptr;
        io_uring_sqe* sqe = &sqes_[sq_tail_++ & sq_mask_];
        *sqe = io_uring_sqe{};
        return sqe;
    }

    /// Submits what was filled in. With `wait`, returns when a completion is there or `deadline`
    /// has passed; without, it only collects what has completed already.
    /// @return 0, or a negative errno value when nothing could be submitted now.
    [[nodiscard]] virtual int enter(bool wait, time_point deadline) noexcept = 0;

    /// Hands at most `limit` completions to `use(const io_uring_cqe&)`, in order.
    template <class F>
    unsigned for_each_completion(unsigned limit, F&& use) {
        unsigned head = *cq_head_;
        const unsigned tail = std::atomic_ref(*cq_tail_).load(std::memory_order_acquire);
        unsigned count = 0;
        while (head != tail && count < limit) {
            const io_uring_cqe completion = cqes_[head++ & cq_mask_];
            std::atomic_ref(*cq_head_).store(head, std::memory_order_release);
            use(completion);
            ++count;
        }
        return count;
    }
    [[nodiscard]] bool has_completions() const noexcept {
        return *cq_head_ != std::atomic_ref(*cq_tail_).load(std::memory_order_acquire);
    }

    [[nodiscard]] virtual time_point now() const noexcept = 0;
    [[nodiscard]] const kernel_features& features() const noexcept { return features_; }
    /// The descriptor that names this ring as the target of a message from another one.
    [[nodiscard]] virtual int ring_fd() const noexcept = 0;

    // Provided receive buffers. 0 or a negative errno value.
    [[nodiscard]] virtual int register_buffer_ring(io_uring_buf_ring* ring, unsigned entries,
                                                   std::uint16_t group,
                                                   bool incremental) noexcept = 0;
    virtual void unregister_buffer_ring(std::uint16_t group) noexcept = 0;

    // The direct calls: a result >= 0, or a negative errno value. None of them blocks.
    [[nodiscard]] virtual int socket(int family, int type, int protocol) noexcept = 0;
    [[nodiscard]] virtual int bind(int fd, const sockaddr* address, unsigned size) noexcept = 0;
    [[nodiscard]] virtual int listen(int fd, int backlog) noexcept = 0;
    [[nodiscard]] virtual int set_option(int fd, int level, int name, const void* value,
                                         unsigned size) noexcept = 0;
    [[nodiscard]] virtual int option(int fd, int level, int name, void* value,
                                     unsigned* size) noexcept = 0;
    [[nodiscard]] virtual int local_address(int fd, sockaddr* out, unsigned* size) noexcept = 0;
    [[nodiscard]] virtual int peer_address(int fd, sockaddr* out, unsigned* size) noexcept = 0;
    [[nodiscard]] virtual int shut_down(int fd, int how) noexcept = 0;
    virtual void close_now(int fd) noexcept = 0;

    /// Who is asked for addresses instead of the system; null = nobody.
    [[nodiscard]] virtual name_service* names() noexcept { return nullptr; }

    // An event that other threads raise: a descriptor to poll for POLLIN, or a negative errno
    // value.
    [[nodiscard]] virtual int open_event() noexcept = 0;
    virtual void raise_event(int fd) noexcept = 0;  ///< any thread
    virtual void clear_event(int fd) noexcept = 0;

    // Non-blocking transfer at once, for bulk data: one buffer that stays hot in the cache beats
    // any ring of buffers there (see net/detail/receiver.hpp). Bytes moved, or a negative errno
    // value.
    [[nodiscard]] virtual int receive_now(int fd, void* buffer, std::size_t size) noexcept = 0;
    [[nodiscard]] virtual int send_now(int fd, const msghdr& message) noexcept = 0;
    /// Sends a part of a file from the page cache, without a copy through this process, as much as
    /// the socket takes. -EOPNOTSUPP = it has to be read: not all of the part is in memory, so that
    /// this could block, or that cannot be found out.
    [[nodiscard]] virtual int send_file_now(int fd, int file, std::uint64_t offset,
                                            std::size_t size) noexcept = 0;

protected:
    kernel() noexcept = default;

    // The submission queue: `sq_tail_` is ours, `*sq_head_` moves when requests are taken.
    io_uring_sqe* sqes_ = nullptr;
    unsigned* sq_head_ = nullptr;
    unsigned sq_tail_ = 0;
    unsigned sq_mask_ = 0;
    unsigned sq_entries_ = 0;
    // The completion queue: `*cq_head_` is ours, `*cq_tail_` moves when completions arrive.
    io_uring_cqe* cqes_ = nullptr;
    unsigned* cq_head_ = nullptr;
    unsigned* cq_tail_ = nullptr;
    unsigned cq_mask_ = 0;
    kernel_features features_;
};

}  // namespace weir
