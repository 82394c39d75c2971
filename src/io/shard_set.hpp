// SPDX-License-Identifier: Apache-2.0
// shard_set: what a runtime owns: its shards, their threads, and how all of them end together.
//
//   thread of a shard:  open loop -> [all opened] -> run main -> loop until told to end
//                       -> [all have left] -> clear the inbox -> [watcher stopped] -> close loop
//
// Whoever ends the last `main` tells every loop to end. Between the two brackets nobody posts any
// more but foreign threads, which `shard::visitors_` keeps out.
#pragma once

#include "stall_detector.hpp"

#include <weir/coro/detail/branch.hpp>
#include <weir/io/detail/shard_main.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/signal.hpp>

#include <sched.h>

#include <atomic>
#include <barrier>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace weir::detail {

class dump_listener;
class shard_set;

/// One shard and what keeps it running. Used by its own thread, apart from what is marked.
class shard_thread final : private branch_owner {
public:
    explicit shard_thread(shard_set& set, unsigned index);
    shard_thread(const shard_thread&) = delete;
    shard_thread& operator=(const shard_thread&) = delete;
    ~shard_thread();

    [[nodiscard]] static bool current_is_ending() noexcept {
        return shard::current_ != nullptr && shard::current_->is_ending_;
    }

    void open(const runtime_options& options);
    /// Runs `main` and the loop until the set has ended.
    void serve(const shard_main& main);
    void close_inbox();
    void close();

    // Any thread, while the loop is open.
    [[nodiscard]] shard& handle() noexcept { return shard_; }
    void post_stop() noexcept { static_cast<void>(shard_.try_post(stop_)); }
    void post_end() noexcept { static_cast<void>(shard_.try_post(end_)); }
    void post_dump() noexcept;
    [[nodiscard]] const std::optional<startup_error>& failure() const noexcept { return failure_; }
    [[nodiscard]] bool is_open() const noexcept { return loop_ != nullptr; }
    [[nodiscard]] watched_loop watched() noexcept;

    std::thread thread;  // none for shard 0

private:
    template <void (shard_thread::*Arrived)() noexcept>
    class note final : public inbox_message {
    public:
        explicit note(shard_thread& owner) noexcept : owner_(owner) {}
        void run() noexcept override { (owner_.*Arrived)(); }

    private:
        shard_thread& owner_;
    };

    void branch_finished(scope_root&) noexcept override;
    [[nodiscard]] promise_base* starter() const noexcept override { return nullptr; }
    void start_main(const shard_main& main);
    void pin_to(unsigned position) noexcept;

    void stop_arrived() noexcept { loop_->root().request_stop(); }
    void end_arrived() noexcept;
    void dump_arrived() noexcept;

    shard_set& set_;
    shard shard_;
    std::unique_ptr<reactor> loop_;
    std::optional<startup_error> failure_;
    std::optional<branch<task<result<void>>>> main_;
    std::unique_ptr<dump_listener> dump_listener_;
    stack_capture capture_;
    observed_thread observed_;
    std::optional<cpu_set_t> unpinned_;
    note<&shard_thread::stop_arrived> stop_;
    note<&shard_thread::end_arrived> end_;
    note<&shard_thread::dump_arrived> dump_;
    std::atomic<bool> dump_posted_{false};
    bool ended_ = false;
};

class shard_set final : public shard_family {
public:
    explicit shard_set(const runtime_options& options);
    shard_set(const shard_set&) = delete;
    shard_set& operator=(const shard_set&) = delete;
    ~shard_set();

    // The thread that owns the runtime.
    [[nodiscard]] result<void, startup_error> start();
    [[nodiscard]] bool is_started() const noexcept { return phase_ != phase::made; }
    result<void> run(const shard_main& main);

    // Any thread.
    [[nodiscard]] unsigned size() const noexcept override { return options_.shards; }
    [[nodiscard]] std::size_t max_posted() const noexcept override { return options_.max_posted; }
    [[nodiscard]] shard& at(unsigned index) const noexcept override;
    void request_stop() noexcept;
    [[nodiscard]] bool stop_requested() const noexcept { return stop_requested_.load(); }
    [[nodiscard]] std::uint64_t stalls() const noexcept { return stalls_.load(); }

    // The shards' threads.
    void note_error(std::error_code error);
    void note_exception(std::exception_ptr exception);
    void main_ended() noexcept;
    void dump_all() noexcept;
    /// The signal of the dump, or null.
    [[nodiscard]] signal_set* dump_signal() noexcept {
        return dump_signal_ ? &*dump_signal_ : nullptr;
    }

private:
    enum class phase { made, ready, running, over };

    void live(shard_thread& each);
    void serve(shard_thread& each, const shard_main& main);
    void end_threads();
    void announce(phase next, const shard_main* main);
    [[nodiscard]] const startup_error* first_failure() const noexcept;

    runtime_options options_;
    std::vector<std::unique_ptr<shard_thread>> threads_;
    std::optional<signal_set> dump_signal_;
    std::optional<stall_detector> stall_detector_;
    std::barrier<> brackets_;
    std::atomic<unsigned> running_;
    std::atomic<bool> stop_requested_{false};
    std::atomic<std::uint64_t> stalls_{0};

    std::mutex mutex_;  // guards the rest
    std::condition_variable changed_;
    phase phase_ = phase::made;
    const shard_main* main_ = nullptr;
    unsigned opened_ = 0;
    std::error_code error_;
    std::exception_ptr exception_;
};

}  // namespace weir::detail
