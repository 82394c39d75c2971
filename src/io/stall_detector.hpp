// SPDX-License-Identifier: Apache-2.0
// stall_detector: a thread that notices a loop which does not come round and shows where it is.
//
// The loops pay two plain stores a turn (pulse.hpp). Only when a stall is noticed is the thread
// interrupted by a signal, whose handler writes down its stack: so the report names the function
// that runs, not merely the coroutine that was resumed, and nothing is recorded beforehand.
// Time in which the machine had no processor for the thread is not counted: on a loaded machine
// every loop would seem to stall.
// (Seastar's stall detector interrupts in the same way, from a timer of each thread.)
//
//   watching --all loops idle for a second--> asleep --a loop wakes up--> watching
#pragma once

#include <weir/base/unique_fd.hpp>
#include <weir/io/detail/pulse.hpp>
#include <weir/io/stall.hpp>

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace weir::detail {

/// Room for one stack of one thread, filled by the signal handler in that thread.
class stack_capture {
public:
    stack_capture() noexcept = default;
    stack_capture(const stack_capture&) = delete;
    stack_capture& operator=(const stack_capture&) = delete;

    void attach_to_this_thread() noexcept;
    void detach_from_this_thread() noexcept;

    /// Another thread: interrupts `thread`, and waits a moment for its stack. Innermost first.
    [[nodiscard]] std::vector<std::string> take(pthread_t thread);
    /// The signal handler.
    void fill() noexcept;

private:
    enum class state { idle, asked, filled };
    static constexpr int max_depth = 64;

    std::atomic<state> state_{state::idle};
    int depth_ = 0;
    void* frames_[max_depth];
};

/// The thread of a loop, as the kernel accounts for it. Made on that thread.
class observed_thread {
public:
    observed_thread() noexcept = default;
    [[nodiscard]] static observed_thread current();

    [[nodiscard]] pthread_t id() const noexcept { return id_; }
    /// Time on a processor so far.
    [[nodiscard]] std::chrono::nanoseconds ran() const noexcept;
    /// Time in which it could have run but the machine had no processor for it. 0 where the kernel
    /// does not tell (/proc/self/task/TID/schedstat).
    [[nodiscard]] std::chrono::nanoseconds queued() const noexcept;

private:
    pthread_t id_{};
    unique_fd schedstat_;
};

/// What the detector knows of one loop.
class watched_loop {
public:
    explicit watched_loop(unsigned shard, pulse& heartbeat, stack_capture& capture,
                          const observed_thread& thread) noexcept
        : shard_(shard), heartbeat_(&heartbeat), capture_(&capture), thread_(&thread) {}

    [[nodiscard]] pulse& heartbeat() const noexcept { return *heartbeat_; }

private:
    friend class stall_detector;
    using clock = std::chrono::steady_clock;

    unsigned shard_;
    pulse* heartbeat_;
    stack_capture* capture_;
    const observed_thread* thread_;
    std::uint64_t seen_ = 0;                // the beat at the last look
    unsigned looks_ = 0;                    // how often it has been seen
    clock::time_point since_{};             // when it was first seen
    std::chrono::nanoseconds ran_{};        // of the thread, at the first look
    std::chrono::nanoseconds queued_{};     // of the thread, at the second look
    std::chrono::nanoseconds confirmed_{};  // how long it had run at the second look
    bool reported_ = false;
};

class stall_detector final : private pulse_watcher {
public:
    /// Starts the thread. `count` is raised at each stall.
    explicit stall_detector(std::vector<watched_loop> loops, std::chrono::nanoseconds threshold,
                            stall_hook hook, std::atomic<std::uint64_t>& count);
    stall_detector(const stall_detector&) = delete;
    stall_detector& operator=(const stall_detector&) = delete;
    ~stall_detector();

    /// Ends the thread. The loops may go on beating until this is destroyed.
    void stop();

private:
    void wake_up() noexcept override;
    void watch();
    /// Returns whether the loop is idle.
    bool look_at(watched_loop& loop, std::chrono::steady_clock::time_point now);
    void judge(watched_loop& loop, std::chrono::nanoseconds so_far);

    std::vector<watched_loop> loops_;
    std::chrono::nanoseconds threshold_;
    stall_hook hook_;
    std::atomic<std::uint64_t>& count_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace weir::detail
