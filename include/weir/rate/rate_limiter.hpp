// SPDX-License-Identifier: Apache-2.0
// rate_limiter: callers wait until there are tokens for them: the urgent before the others, and
// those of one priority in the order in which they came. Who could not be served in time, or finds
// the line full, is told at once.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/wait_queue.hpp>
#include <weir/io/timer.hpp>
#include <weir/rate/token_bucket.hpp>

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::rate {

/// Who goes first.
enum class priority : std::uint8_t { urgent, normal, background };

/// Limits how much of something begins in a time. Belongs to one shard: n shards that share a limit
/// have an n-th of it each. Neither copies nor moves; must not be destroyed while somebody waits.
///
/// ```cpp
/// weir::rate::rate_limiter queries(weir::rate::token_rate(60, 1min));
/// co_await weir::ok(queries.acquire(5));
/// ```
class rate_limiter {
public:
    class acquire_awaiter;

    /// @param max_waiting  callers that may wait, over all priorities.
    explicit rate_limiter(const token_rate& rate, std::size_t max_waiting = 100);
    rate_limiter(const rate_limiter&) = delete;
    rate_limiter& operator=(const rate_limiter&) = delete;
    ~rate_limiter() = default;

    /// Waits for `cost` tokens and takes them. A caller that waits for many is not overtaken by one
    /// of its own or a lower priority that needs few.
    ///
    /// @param cost    0 ... the bucket's capacity.
    /// Errors:        refusal::rate_limited (the line is full; the bucket never holds so many; or
    ///                the tokens would come after the deadline of the scope); operation_canceled.
    /// Cancellation:  a stopped call has taken nothing.
    /// Concurrency:   any number.
    /// Allocates:     nothing.
    [[nodiscard]] acquire_awaiter acquire(std::uint64_t cost = 1,
                                          priority urgency = priority::normal) noexcept;
    /// Takes `cost` tokens if they are there and nobody waits.
    [[nodiscard]] bool try_acquire(std::uint64_t cost = 1);

    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

private:
    static constexpr std::size_t priorities = 3;

    /// The end of the wait of those that there are tokens for, and a timer for the next.
    class dispenser final : public timer {
    public:
        explicit dispenser(rate_limiter& owner) noexcept : owner_(owner) {}
        void expired() noexcept override { owner_.serve(); }

    private:
        rate_limiter& owner_;
    };

    [[nodiscard]] acquire_awaiter* first() noexcept;
    [[nodiscard]] bool can_wait(std::uint64_t cost, token_bucket::time_point deadline) noexcept;
    void serve() noexcept;
    void await_tokens() noexcept;

    token_bucket bucket_;
    std::size_t max_waiting_;
    std::size_t waiting_ = 0;
    std::array<wait_queue, priorities> lines_;
    dispenser dispenser_{*this};
};

/// The awaiter of `rate_limiter::acquire`.
class rate_limiter::acquire_awaiter final : public wait_queue::waiter {
public:
    explicit acquire_awaiter(rate_limiter& owner, std::uint64_t cost, priority urgency) noexcept
        : owner_(owner), cost_(cost), urgency_(urgency) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        if (note_stop(self.promise()) || !needs_to_wait(self.promise())) return false;
        return stand_in(self.promise());
    }
    [[nodiscard]] result<void> await_resume() const noexcept;
    void describe(std::string& out) const override { out += "rate limit"; }

private:
    friend class rate_limiter;

    [[nodiscard]] bool needs_to_wait(weir::detail::promise_base& promise) noexcept;
    [[nodiscard]] bool stand_in(weir::detail::promise_base& promise) noexcept;
    void left_line() noexcept override;

    rate_limiter& owner_;
    std::uint64_t cost_;
    priority urgency_;
    bool has_tokens_ = false;
};

inline rate_limiter::acquire_awaiter rate_limiter::acquire(std::uint64_t cost,
                                                           priority urgency) noexcept {
    return acquire_awaiter(*this, cost, urgency);
}

}  // namespace weir::rate
