// SPDX-License-Identifier: Apache-2.0
// simulated_kernel: the kernel seam without Linux. It interprets the same requests against the
// descriptors of a simulated machine. One a shard.
//
//   try_sqe --> enter: take_requests --> descriptor / disk / other ring --> complete --> ready
//                                                                                          |
//   for_each_completion <-------------------- completion queue <------ flush --------------+
//
// On its own, a wait lets the world's events happen until something has completed or the deadline
// is there. Under a scheduler, a wait returns at once and the scheduler asks `is_runnable`.
#pragma once

#include "io/kernel.hpp"
#include "request.hpp"

#include <cerrno>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::sim {

class descriptor;
class machine;

/// A provided buffer that the kernel has chosen.
class picked_buffer {
public:
    explicit picked_buffer(std::byte* first, std::size_t room, std::uint16_t name) noexcept
        : memory(first), size(room), id(name) {}
    std::byte* memory;
    std::size_t size;
    std::uint16_t id;
};

class simulated_kernel final : public kernel {
public:
    explicit simulated_kernel(machine& home, unsigned sq_entries, unsigned cq_entries);
    ~simulated_kernel() override;

    [[nodiscard]] int enter(bool wait, time_point deadline) noexcept override;
    [[nodiscard]] time_point now() const noexcept override;
    [[nodiscard]] int ring_fd() const noexcept override { return ring_fd_; }

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
    [[nodiscard]] name_service* names() noexcept override;
    [[nodiscard]] int open_event() noexcept override;
    void raise_event(int fd) noexcept override;
    void clear_event(int fd) noexcept override;
    [[nodiscard]] int receive_now(int fd, void* buffer, std::size_t size) noexcept override;
    [[nodiscard]] int send_now(int fd, const msghdr& message) noexcept override;
    [[nodiscard]] int send_file_now(int, int, std::uint64_t, std::size_t) noexcept override {
        return -EOPNOTSUPP;  // a file that is read is sent all the same
    }

    // For a scheduler.
    void set_scheduled(bool is) noexcept { scheduled_ = is; }
    [[nodiscard]] bool is_runnable() const noexcept;
    /// The moment, of the world, at which a sleeping loop wants to wake by itself.
    [[nodiscard]] time_point wakes_at() const noexcept;
    /// Makes what has completed visible; before a loop goes on.
    void flush() noexcept;
    /// Whether a wait of its own began that nothing could ever end; forgets it.
    [[nodiscard]] bool take_hang() noexcept { return std::exchange(hangs_, false); }
    /// The process has died: what was asked ends with ECANCELED, and nothing has an effect any
    /// more. Time passes for it alone.
    void die() noexcept;
    /// Ends every request but the loop's own with `error` (an errno value); returns how many.
    std::size_t end_requests(int error);

    // For descriptors.
    /// Gives a completion of `asked`; the last one, unless `flags` holds IORING_CQE_F_MORE. When
    /// the completion queue is full, a multishot request ends with it nevertheless, as on Linux:
    /// see `asked.is_over`.
    void complete(request& asked, int result, std::uint32_t flags);
    /// `asked` itself, to be held until a later completion.
    [[nodiscard]] request_ptr keep(const request& asked) const {
        return pending_.find(asked.sqe.user_data)->second.asked;
    }
    /// Changes what a multishot poll has reported and nobody has seen yet; false when there is
    /// none.
    [[nodiscard]] bool replace_report(const request& asked, int result) noexcept;
    /// `asked` waits at `place` from now on.
    void waits_at(request& asked, const std::shared_ptr<descriptor>& place);
    [[nodiscard]] std::optional<picked_buffer> pick_buffer(std::uint16_t group) const noexcept;
    /// `used` bytes of the picked buffer were filled; returns the flags that say so.
    [[nodiscard]] std::uint32_t use_buffer(std::uint16_t group, std::size_t used) noexcept;
    [[nodiscard]] machine& home() const noexcept { return home_; }

private:
    class buffer_group {
    public:
        buffer_group() noexcept = default;
        io_uring_buf_ring* ring = nullptr;
        unsigned entries = 0;
        std::uint16_t head = 0;
        bool incremental = false;
    };
    class pending {
    public:
        pending() noexcept = default;
        request_ptr asked;
        std::shared_ptr<descriptor> place;  // held, though its number be closed
    };

    void take_requests() noexcept;
    void begin(const io_uring_sqe& sqe);
    void cancel(const io_uring_sqe& sqe);
    void cancel_now(std::uint64_t user_data);
    void send_message(const request_ptr& asked);
    [[nodiscard]] int planned_failure(const request& asked) const;
    void sleep_until(time_point deadline);
    void run_due_events();
    void count_busy_turns() noexcept;
    void post(std::uint64_t user_data, int result, std::uint32_t flags);
    void maybe_reorder();
    [[nodiscard]] bool is_full() const noexcept;
    void note(std::uint64_t what, std::int64_t value) noexcept;

    machine& home_;
    int ring_fd_;
    std::vector<io_uring_sqe> requests_;
    std::vector<io_uring_cqe> completions_;
    unsigned head_of_requests_ = 0;
    unsigned head_of_completions_ = 0;
    unsigned tail_of_completions_ = 0;
    std::deque<io_uring_cqe> ready_;
    std::unordered_map<std::uint64_t, pending> pending_;  // by user_data
    std::map<std::uint16_t, buffer_group> groups_;
    std::uint64_t next_id_ = 0;
    time_point wakes_at_ = time_point::min();  // in the time of this machine
    std::chrono::nanoseconds dead_time_{0};
    unsigned busy_turns_ = 0;
    bool scheduled_ = false;
    bool hangs_ = false;
    bool is_dead_ = false;
};

}  // namespace weir::sim
