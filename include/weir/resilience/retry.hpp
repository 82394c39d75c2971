// SPDX-License-Identifier: Apache-2.0
// retry: calls again what has failed, after a back-off, as long as that makes sense.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/within.hpp>
#include <weir/resilience/backoff.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <system_error>
#include <type_traits>
#include <utility>

namespace weir::resilience {

/// Keeps retries from multiplying the load of a service that is down: each success earns a share of
/// a retry, each retry costs one, and half of the store is kept. A value that calls share; belongs
/// to one shard. (gRPC's retry throttling, proposal A6, is the model.)
class retry_budget {
public:
    /// @param most        retries in store, at the beginning and at the most; 1 or more.
    /// @param per_success what a success earns, 0 ... 1.
    explicit retry_budget(double most = 10, double per_success = 0.1) noexcept
        : most_(most), per_success_(per_success), left_(most) {}

    void succeeded() noexcept { left_ = std::min(most_, left_ + per_success_); }
    /// Takes a retry, if more than half of the store is left.
    [[nodiscard]] bool try_take() noexcept {
        if (left_ <= most_ / 2) return false;
        left_ -= 1;
        return true;
    }

private:
    double most_;
    double per_success_;
    double left_;
};

/// How a call is repeated.
class retry_options {
public:
    explicit retry_options(backoff_policy delays) : backoff(std::move(delays)) {}

    backoff_policy backoff;
    /// Which errors are worth another attempt; a stop never is. Empty = all.
    std::function<bool(std::error_code)> is_worth_it;
    /// Shared by calls of one service; borrowed. Null = none.
    retry_budget* budget = nullptr;
    /// The same seed draws the same delays.
    std::uint64_t seed = 1;
};

namespace detail {

/// Whether `error` of an attempt allows another one.
[[nodiscard]] inline bool allows_retry(const retry_options& options, std::error_code error) {
    if (is_stopped(error)) return false;
    if (options.is_worth_it && !options.is_worth_it(error)) return false;
    return options.budget == nullptr || options.budget->try_take();
}

}  // namespace detail

/// Calls `attempt()`, which gives a `task<result<T>>`, until it succeeds, or no further attempt is
/// allowed: by the policy, the predicate or the budget, or because the next one would begin after
/// the deadline of the scope.
///
/// @param options  moved or copied.
/// @return         what the first attempt that succeeded gave.
/// Errors:         those of the last attempt; operation_canceled.
/// Cancellation:   reaches the attempt, or ends the wait; nothing is attempted after it.
/// Allocates:      what the attempts do.
template <class F>
    requires weir::detail::is_result<typename std::invoke_result_t<F&>::value_type>
[[nodiscard]] auto retry(retry_options options, F attempt) -> std::invoke_result_t<F&> {
    backoff delays(options.backoff, options.seed);
    const task_view self = co_await this_task();
    const scope::time_point deadline = self.ambient().deadline();
    for (;;) {
        auto outcome = co_await std::invoke(attempt);
        if (outcome) {
            if (options.budget != nullptr) options.budget->succeeded();
            co_return outcome;
        }
        if (!detail::allows_retry(options, outcome.error())) co_return outcome;
        const auto delay = delays.next();
        if (!delay || *delay >= deadline - reactor::current().now()) co_return outcome;
        const auto slept = co_await phase("retry pause", sleep_for(*delay));
        if (!slept) co_return fail(slept.error());
    }
}

}  // namespace weir::resilience
