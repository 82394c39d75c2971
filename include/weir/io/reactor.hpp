// SPDX-License-Identifier: Apache-2.0
// reactor: the loop of one shard: run what is ready, hand requests to the kernel, collect what it
// completed, fire timers. One `io_uring_enter` a turn.
//
//   turn:  run ready coroutines -> flush send queues -> enter(wait?) -> completions -> timers
//             ^                                                           | make coroutines ready
//             +-----------------------------------------------------------+
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/coro/detail/run_queue.hpp>
#include <weir/coro/scope.hpp>
#include <weir/io/detail/pulse.hpp>
#include <weir/io/operation.hpp>
#include <weir/io/post.hpp>
#include <weir/io/timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace weir {

class kernel;
class receive_buffers;
class wake_up;

/// Sizes of a reactor's queues and buffers. Each is a bound; what happens at it is said there.
class reactor_options {
public:
    reactor_options() noexcept {}

    /// Requests that can wait for one `enter`; more than that enter the kernel in between.
    unsigned sq_entries = 2048;
    /// Completions that the kernel keeps in the ring; more are kept by the kernel, slower.
    unsigned cq_entries = 16384;
    /// Completions handled before ready coroutines run again, so that no flood of them starves one.
    unsigned max_completions_a_turn = 1024;
    /// Shared receive buffers for small messages; when all are leased, arriving bytes wait.
    unsigned receive_buffer_count = 8;
    std::size_t receive_buffer_bytes = 64 * 1024;
    /// Shared buffers for bulk transfers, taken one after the other.
    unsigned bulk_buffer_count = 8;
    std::size_t bulk_buffer_bytes = 512 * 1024;
    /// Shared bytes from this size on are sent without a copy, where the kernel says that this
    /// really saves one; 0 = never.
    std::size_t zero_copy_send_bytes = 64 * 1024;
};

/// Work that must be done once at the end of a turn, before the kernel is entered.
class turn_end_hook : public list_node {
public:
    virtual void turn_ends() noexcept = 0;

protected:
    ~turn_end_hook() = default;
};

/// An operation whose descriptor can be read at once into the shard's hot bulk buffer, one after
/// the other.
class bulk_reader : public operation, public list_node {
public:
    virtual void read_bulk() noexcept = 0;

protected:
    bulk_reader() noexcept = default;
    ~bulk_reader() = default;
};

/// The loop of one thread. Neither copies nor moves. Only `post` may be called from other threads.
class reactor {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Counters since the start, for metrics and benchmarks.
    class statistics {
    public:
        statistics() noexcept = default;
        std::uint64_t turns = 0;
        std::uint64_t enters = 0;
        std::uint64_t submitted = 0;
        std::uint64_t completions = 0;
        std::uint64_t buffer_shortages = 0;  ///< receives that met an empty buffer ring
        std::uint64_t direct_calls = 0;      ///< bulk receives and sends beside the ring
        std::uint64_t file_sends = 0;        ///< parts of files that did not pass through memory
        std::uint64_t kernel_tls = 0;        ///< connections whose records the kernel seals
        std::uint64_t zero_copy_sends = 0;   ///< that saved the copy
        std::uint64_t zero_copy_copied = 0;  ///< that the kernel copied after all
    };

    explicit reactor(std::unique_ptr<kernel> kernel, const reactor_options& options);
    reactor(const reactor&) = delete;
    reactor& operator=(const reactor&) = delete;
    ~reactor();

    /// The reactor of this thread. Calling it outside of one is a contract violation.
    [[nodiscard]] static reactor& current() noexcept {
        WEIR_ASSERT(current_ != nullptr,
                    "this needs a reactor: run it inside weir::run or a runtime");
        return *current_;
    }
    [[nodiscard]] static reactor* current_or_null() noexcept { return current_; }

    /// Runs turns until `done` is true and nothing that was closed is still in flight.
    void run_until(const bool& done);
    /// One turn. With `may_wait` it sleeps when nothing is ready. Returns false when it would sleep
    /// for ever: nothing is ready, in flight or timed, and nobody can post.
    bool turn(bool may_wait);
    /// The halves of a turn, before and after the kernel has waited: for a simulation, which lets
    /// several loops of one thread take turns.
    void begin_turn(bool may_wait);
    bool end_turn();
    /// Whether `run_until(done)` would return now.
    [[nodiscard]] bool has_ended(bool done) const noexcept;

    /// Queues a request; called by `operation::start`.
    void submit(operation& op) noexcept;
    /// Asks the kernel to end `op` early; its completion still comes.
    void cancel(operation& op) noexcept;

    /// Any thread: runs `message` on this shard.
    void post(inbox_message& message) noexcept;

    /// Loop time: read once a turn.
    [[nodiscard]] time_point now() const noexcept { return now_; }
    [[nodiscard]] timer_wheel& timers() noexcept { return timers_; }
    [[nodiscard]] scope& root() noexcept { return root_; }
    [[nodiscard]] receive_buffers& buffers() noexcept { return *buffers_; }
    [[nodiscard]] kernel& system() noexcept { return *kernel_; }
    [[nodiscard]] const reactor_options& options() const noexcept { return options_; }
    [[nodiscard]] statistics& stats() noexcept { return stats_; }
    /// Shows a watching thread whether this loop goes round.
    [[nodiscard]] detail::pulse& heartbeat() noexcept { return pulse_; }

    /// Calls `hook` once at the end of this turn.
    void at_turn_end(turn_end_hook& hook) noexcept {
        if (!hook.is_linked()) turn_end_.push_back(hook);
    }
    /// Gives `reader` its turn at the bulk buffer.
    void queue_bulk(bulk_reader& reader) noexcept {
        if (!reader.is_linked()) bulk_.push_back(reader);
    }
    /// Memory for a request's arguments that the kernel reads while it is submitted; valid until
    /// the next `enter`.
    [[nodiscard]] void* submission_memory(std::size_t size);

    /// Whether the next large send should try without a copy.
    [[nodiscard]] bool zero_copy_pays() noexcept {
        return plain_sends_left_ == 0 || --plain_sends_left_ == 0;
    }
    /// What a zero-copy send has shown: after one that was copied, many are sent plainly.
    void note_zero_copy(bool saved_the_copy) noexcept {
        ++(saved_the_copy ? stats_.zero_copy_sends : stats_.zero_copy_copied);
        if (!saved_the_copy) plain_sends_left_ = plain_sends_after_a_copy;
    }

    /// Takes the loop, with all that is ready in it, off this thread and puts it back: for a
    /// simulation.
    void leave_thread() noexcept;
    void enter_thread() noexcept;

    /// Counts what must end before the loop may: closed sockets whose last requests are in flight.
    void add_closing() noexcept { ++closing_; }
    void remove_closing() noexcept { --closing_; }
    /// Requests that the kernel has and has not finished, apart from the reactor's own.
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

private:
    [[nodiscard]] bool is_over() const noexcept;
    void enter(bool wait) noexcept;
    void collect() noexcept;
    void dispatch(std::uint64_t user_data, int result, std::uint32_t flags) noexcept;
    void run_ready() noexcept;
    void run_bulk() noexcept;
    void flush_turn() noexcept;
    void submit_waiting() noexcept;
    [[nodiscard]] bool try_submit(operation& op) noexcept;
    [[nodiscard]] ::io_uring_sqe* obtain_sqe() noexcept;
    void read_clock() noexcept;

    static constinit thread_local reactor* current_;

    reactor_options options_;
    std::unique_ptr<kernel> kernel_;
    time_point now_;
    timer_wheel timers_;
    scope root_;
    std::unique_ptr<receive_buffers> buffers_;
    intrusive_list<turn_end_hook> turn_end_;
    intrusive_list<bulk_reader> bulk_;
    std::vector<operation*> waiting_;                  // no room in the submission queue yet
    std::vector<std::uint64_t> cancels_;               // likewise, user_data of what to cancel
    std::vector<std::unique_ptr<std::byte[]>> arena_;  // submission_memory of this turn
    std::size_t arena_used_ = 0;
    std::size_t in_flight_ = 0;
    std::size_t closing_ = 0;
    static constexpr std::uint32_t plain_sends_after_a_copy = 4096;
    std::uint32_t plain_sends_left_ = 0;
    const bool* done_ = nullptr;  // of run_until
    bool was_idle_ = false;       // of the turn under way
    bool slept_ = false;
    inbox inbox_;
    std::atomic<unsigned> posting_{0};  // threads inside post()
    std::unique_ptr<wake_up> wake_up_;
    statistics stats_;
    detail::pulse pulse_;
    detail::run_queue parked_;  // what is ready, while off the thread
};

}  // namespace weir
