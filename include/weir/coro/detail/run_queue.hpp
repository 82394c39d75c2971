// SPDX-License-Identifier: Apache-2.0
// run_queue: the coroutines of one thread that are ready to go on, first come, first served.
//
// Everything that ends a wait pushes here; nothing resumes a coroutine in place. So no callback
// re-enters the code that woke it, and a chain of finished children unwinds in a loop instead of on
// the stack (g++ makes no tail call of a symmetric transfer at -O0 or under a sanitizer).
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

namespace weir::detail {

class promise_base;

/// One a thread, reached through `run_queue::current()`. A coroutine never changes its thread, so
/// caching that address across a suspension is harmless.
class run_queue {
public:
    using time_point = std::chrono::steady_clock::time_point;
    /// How deep children may be started on the stack of their parents before they are queued.
    static constexpr unsigned max_inline_depth = 200;

    constexpr run_queue() noexcept = default;
    run_queue(const run_queue&) = delete;
    run_queue& operator=(const run_queue&) = delete;

    [[nodiscard]] static run_queue& current() noexcept { return current_; }

    [[nodiscard]] bool empty() const noexcept { return head_ == nullptr; }
    void push(promise_base& ready) noexcept;

    /// Resumes at most `budget` coroutines; returns how many ran.
    std::size_t run(std::size_t budget) noexcept;

    /// Loop time: read once a turn by whoever drives this thread.
    [[nodiscard]] time_point now() const noexcept { return now_; }
    void set_now(time_point now) noexcept { now_ = now; }

    /// Between two runs: exchanges what is ready, and the time. For a simulation, whose loops take
    /// turns on one thread.
    void swap(run_queue& other) noexcept {
        std::swap(head_, other.head_);
        std::swap(tail_, other.tail_);
        std::swap(now_, other.now_);
    }

private:
    friend class promise_base;

    void resume(promise_base& ready) noexcept;

    promise_base* head_ = nullptr;
    promise_base* tail_ = nullptr;
    promise_base* finished_ = nullptr;  // set by final_suspend, consumed by resume()
    unsigned inline_depth_ = 0;
    time_point now_{};

    static constinit thread_local run_queue current_;
};

inline constinit thread_local run_queue run_queue::current_{};

}  // namespace weir::detail
