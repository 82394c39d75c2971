// SPDX-License-Identifier: Apache-2.0
// rate_limiter: callers wait until a limit has room for them: the urgent before the others, and
// those of one priority in the order in which they came. Who could not be served in time, or finds
// the line full, is told at once.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/refusal.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/wait_queue.hpp>
#include <weir/io/phase_ledger.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>
#include <weir/rate/limit.hpp>
#include <weir/rate/priority.hpp>
#include <weir/rate/token_bucket.hpp>

#include <array>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::rate {

/// What a limiter does with those who come; all but `normal` is for tests of those who use it.
enum class limiter_mode : std::uint8_t {
    normal,         ///< as its limit says
    always_allow,   ///< lets everybody pass; takes nothing from the limit
    always_queue,   ///< lets everybody wait, as far as the line has room, until `force_serve`
    always_reject,  ///< refuses everybody; those who wait already are served
};

/// Limits how much of something begins in a time. Belongs to one shard: n shards that share a limit
/// have an n-th of it each. Neither copies nor moves; must not be destroyed while somebody waits.
///
/// ```cpp
/// weir::rate::rate_limiter queries(weir::rate::quota(60, 1min));
/// co_await weir::ok(queries.acquire(5));
/// ```
template <limit L = token_bucket>
class rate_limiter {
public:
    class acquire_awaiter;

    /// @param max_waiting  callers that may wait, over all priorities.
    explicit rate_limiter(const quota& most, std::size_t max_waiting = 100)
        : limit_(most, reactor::current().now()), max_waiting_(max_waiting) {}
    rate_limiter(const rate_limiter&) = delete;
    rate_limiter& operator=(const rate_limiter&) = delete;
    ~rate_limiter() = default;

    /// Waits until there is room for `cost` and takes it. A caller that waits for much is not
    /// overtaken by one of its own or a lower priority that needs little.
    ///
    /// @param cost    0 ... the quota's burst.
    /// Errors:        refusal::rate_limited (the line is full; there never is so much room; or it
    ///                would come after the deadline of the scope); operation_canceled.
    /// Cancellation:  a stopped call has taken nothing.
    /// Concurrency:   any number.
    /// Allocates:     nothing.
    [[nodiscard]] acquire_awaiter acquire(std::uint64_t cost = 1,
                                          priority urgency = priority::normal) noexcept {
        return acquire_awaiter(*this, cost, urgency);
    }
    /// Takes `cost` if there is room and nobody waits.
    [[nodiscard]] bool try_acquire(std::uint64_t cost = 1) noexcept;
    /// How long one that was refused had better wait before it asks for `cost` again; without
    /// those who wait. Zero = not at all, nanoseconds::max() = it is never served.
    [[nodiscard]] std::chrono::nanoseconds retry_after(std::uint64_t cost = 1) noexcept {
        return rate::retry_after(limit_, cost, reactor::current().now());
    }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

    /// From now on, also for those who wait.
    void set_mode(limiter_mode mode) noexcept {
        mode_ = mode;
        serve();
    }
    /// Serves the first of those who wait in any mode, and takes nothing from the limit.
    /// @return  how many it has served, 0 ... `most`.
    std::size_t force_serve(std::size_t most = 1) noexcept;

private:
    using time_point = timer_wheel::time_point;
    static constexpr std::size_t priorities = 3;

    /// The end of the wait of those that there is room for, and a timer for the next.
    class dispenser final : public timer {
    public:
        explicit dispenser(rate_limiter& owner) noexcept : owner_(owner) {}
        void expired() noexcept override { owner_.serve(); }

    private:
        rate_limiter& owner_;
    };

    [[nodiscard]] acquire_awaiter* first() noexcept;
    [[nodiscard]] bool can_wait(std::uint64_t cost, time_point deadline) noexcept;
    [[nodiscard]] bool is_served(std::uint64_t cost) noexcept;
    void let_pass(acquire_awaiter& next) noexcept;
    void serve() noexcept;
    void await_room() noexcept;

    L limit_;
    std::size_t max_waiting_;
    std::size_t waiting_ = 0;
    std::array<wait_queue, priorities> lines_;
    dispenser dispenser_{*this};
    limiter_mode mode_ = limiter_mode::normal;
};

/// The awaiter of `rate_limiter::acquire`.
template <limit L>
class rate_limiter<L>::acquire_awaiter final : public wait_queue::waiter {
public:
    explicit acquire_awaiter(rate_limiter& owner, std::uint64_t cost, priority urgency) noexcept
        : owner_(owner), cost_(cost), urgency_(urgency) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        if (note_stop(self.promise())) return false;
        may_pass_ = owner_.try_acquire(cost_);
        if (may_pass_ || !owner_.can_wait(cost_, self.promise().ambient().deadline())) return false;
        return stand_in(self.promise());
    }
    [[nodiscard]] result<void> await_resume() noexcept {
        in_line_.end();
        if (may_pass_) return {};
        if (was_stopped()) return fail(std::errc::operation_canceled);
        return fail(refusal::rate_limited);
    }
    void describe(std::string& out) const override { out += "rate limit"; }

private:
    friend class rate_limiter;

    [[nodiscard]] bool stand_in(weir::detail::promise_base& promise) noexcept {
        if (!join(owner_.lines_[static_cast<std::size_t>(urgency_)], promise)) return false;
        in_line_.begin(promise.ambient(), "rate limit");
        ++owner_.waiting_;
        if (owner_.first() == this) owner_.await_room();
        return true;
    }
    void left_line() noexcept override {
        --owner_.waiting_;
        // It may have been the one that the others waited for.
        owner_.serve();
    }

    rate_limiter& owner_;
    std::uint64_t cost_;
    priority urgency_;
    bool may_pass_ = false;
    phase_span in_line_;
};

template <limit L>
bool rate_limiter<L>::try_acquire(std::uint64_t cost) noexcept {
    if (mode_ == limiter_mode::always_allow) return true;
    return mode_ == limiter_mode::normal && waiting_ == 0 &&
           limit_.try_take(cost, reactor::current().now());
}

template <limit L>
std::size_t rate_limiter<L>::force_serve(std::size_t most) noexcept {
    std::size_t served = 0;
    for (; served < most && waiting_ > 0; ++served) let_pass(*first());
    await_room();
    return served;
}

template <limit L>
typename rate_limiter<L>::acquire_awaiter* rate_limiter<L>::first() noexcept {
    for (wait_queue& line : lines_) {
        if (!line.empty()) return &static_cast<acquire_awaiter&>(line.front());
    }
    return nullptr;
}

template <limit L>
bool rate_limiter<L>::can_wait(std::uint64_t cost, time_point deadline) noexcept {
    if (waiting_ >= max_waiting_ || mode_ == limiter_mode::always_reject) return false;
    if (mode_ == limiter_mode::always_queue) return true;
    // Without those before it: they make it later still, but may give up.
    const auto ready = limit_.ready_at(cost, reactor::current().now());
    return ready != time_point::max() && ready <= deadline;
}

template <limit L>
bool rate_limiter<L>::is_served(std::uint64_t cost) noexcept {
    if (mode_ == limiter_mode::always_allow) return true;
    if (mode_ == limiter_mode::always_queue) return false;
    return limit_.try_take(cost, reactor::current().now());
}

template <limit L>
void rate_limiter<L>::let_pass(acquire_awaiter& next) noexcept {
    next.may_pass_ = true;
    --waiting_;
    lines_[static_cast<std::size_t>(next.urgency_)].wake_one();
}

template <limit L>
void rate_limiter<L>::serve() noexcept {
    for (acquire_awaiter* next = first(); next != nullptr; next = first()) {
        if (!is_served(next->cost_)) break;
        let_pass(*next);
    }
    await_room();
}

template <limit L>
void rate_limiter<L>::await_room() noexcept {
    timer_wheel& timers = reactor::current().timers();
    timers.disarm(dispenser_);
    acquire_awaiter* next = first();
    if (next == nullptr || mode_ == limiter_mode::always_queue) return;
    timers.arm(dispenser_, limit_.ready_at(next->cost_, reactor::current().now()));
}

}  // namespace weir::rate
