// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/rate_limiter.hpp>

#include <weir/base/error.hpp>
#include <weir/base/refusal.hpp>
#include <weir/coro/scope.hpp>
#include <weir/io/reactor.hpp>

namespace weir::rate {

rate_limiter::rate_limiter(const token_rate& rate, std::size_t max_waiting)
    : bucket_(rate, reactor::current().now()), max_waiting_(max_waiting) {}

bool rate_limiter::try_acquire(std::uint64_t cost) {
    return waiting_ == 0 && bucket_.try_take(cost, reactor::current().now());
}

rate_limiter::acquire_awaiter* rate_limiter::first() noexcept {
    for (wait_queue& line : lines_) {
        if (!line.empty()) return &static_cast<acquire_awaiter&>(line.front());
    }
    return nullptr;
}

bool rate_limiter::can_wait(std::uint64_t cost, token_bucket::time_point deadline) noexcept {
    if (waiting_ >= max_waiting_) return false;
    // Without those before it: they make it later still, but may give up.
    const auto ready = bucket_.ready_at(cost, reactor::current().now());
    return ready != token_bucket::time_point::max() && ready <= deadline;
}

void rate_limiter::serve() noexcept {
    const auto now = reactor::current().now();
    for (acquire_awaiter* next = first(); next != nullptr; next = first()) {
        if (!bucket_.try_take(next->cost_, now)) break;
        next->has_tokens_ = true;
        --waiting_;
        lines_[static_cast<std::size_t>(next->urgency_)].wake_one();
    }
    await_tokens();
}

void rate_limiter::await_tokens() noexcept {
    timer_wheel& timers = reactor::current().timers();
    timers.disarm(dispenser_);
    if (acquire_awaiter* next = first()) {
        timers.arm(dispenser_, bucket_.ready_at(next->cost_, reactor::current().now()));
    }
}

bool rate_limiter::acquire_awaiter::needs_to_wait(weir::detail::promise_base& promise) noexcept {
    has_tokens_ = owner_.try_acquire(cost_);
    return !has_tokens_ && owner_.can_wait(cost_, promise.ambient().deadline());
}

bool rate_limiter::acquire_awaiter::stand_in(weir::detail::promise_base& promise) noexcept {
    if (!join(owner_.lines_[static_cast<std::size_t>(urgency_)], promise)) return false;
    ++owner_.waiting_;
    if (owner_.first() == this) owner_.await_tokens();
    return true;
}

void rate_limiter::acquire_awaiter::left_line() noexcept {
    --owner_.waiting_;
    // It may have been the one that the others waited for.
    owner_.serve();
}

result<void> rate_limiter::acquire_awaiter::await_resume() const noexcept {
    if (has_tokens_) return {};
    if (was_stopped()) return fail(std::errc::operation_canceled);
    return fail(refusal::rate_limited);
}

}  // namespace weir::rate
