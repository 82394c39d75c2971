// SPDX-License-Identifier: Apache-2.0
// upstream: targets and how one of them is chosen for each call.
#pragma once

#include <weir/balance/candidates.hpp>
#include <weir/balance/target_set.hpp>
#include <weir/base/error.hpp>
#include <weir/base/refusal.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::balance {

/// Chooses one of the candidates, or none where there is none; allocates nothing. `Key...` is
/// empty, or one number for those that choose by key.
template <class B, class... Key>
concept balancer = requires(B chooser, const candidates& from, Key... key) {
    { chooser.choose(from, key...) } -> std::same_as<std::optional<std::size_t>>;
};

/// A set of targets with its balancer. Belongs to one shard. Neither copies nor moves; must not be
/// destroyed while a call is under way.
///
/// ```cpp
/// weir::balance::upstream<weir::balance::peak_ewma> backends(std::move(targets), seed);
/// const auto send = [&](std::size_t target) { return fetch(addresses[target], path); };
/// const auto page = co_await backends.call(send);
/// ```
template <class B>
class upstream {
public:
    /// @param how  what the balancer is made from, besides the targets if it takes them.
    template <class... Args>
    explicit upstream(std::vector<target_options> targets, Args&&... how)
        : targets_(std::move(targets)), chooser_(make(std::forward<Args>(how)...)) {}
    upstream(const upstream&) = delete;
    upstream& operator=(const upstream&) = delete;

    /// Chooses a target and begins a call there, which ends with the ticket.
    ///
    /// Errors:     refusal::no_target (all are down or drained).
    /// Allocates:  nothing.
    template <std::same_as<std::uint64_t>... Key>
        requires balancer<B, Key...>
    [[nodiscard]] result<target_set::ticket> pick(Key... key) {
        const auto now = reactor::current().now();
        const auto chosen = chooser_.choose(candidates(targets_, now), key...);
        if (!chosen) return fail(refusal::no_target);
        return targets_.begin(*chosen, now);
    }

    /// Which errors are failures of the target; the others are answers. Without it all are. A stop
    /// or an exception never says anything.
    void set_is_failure(std::function<bool(std::error_code)> is_failure) {
        is_failure_ = std::move(is_failure);
    }

    /// Calls `work(index)`, which gives a `task<result<T>>`, for a target that is chosen.
    ///
    /// @param key     for a balancer that chooses by key.
    /// @return        what the work gave.
    /// Errors:        refusal::no_target (the work was not begun); those of the work.
    /// Cancellation:  as the work.
    /// Concurrency:   any number of tasks of the shard.
    /// Allocates:     a pooled frame.
    template <class F, std::same_as<std::uint64_t>... Key>
        requires weir::detail::is_result<
                     typename std::invoke_result_t<F&, std::size_t>::value_type> &&
                 balancer<B, Key...>
    [[nodiscard]] auto call(F work, Key... key) -> std::invoke_result_t<F&, std::size_t> {
        auto picked = pick(key...);
        if (!picked) co_return fail(picked.error());
        auto outcome = co_await std::invoke(work, picked->index());
        report(*picked, outcome ? std::error_code() : std::error_code(outcome.error()));
        co_return outcome;
    }

    [[nodiscard]] target_set& targets() noexcept { return targets_; }
    /// How long one that was refused had better wait.
    [[nodiscard]] std::chrono::nanoseconds retry_after() const noexcept {
        return targets_.retry_after(reactor::current().now());
    }

private:
    template <class... Args>
    [[nodiscard]] B make(Args&&... how) {
        if constexpr (std::constructible_from<B, const target_set&, Args...>) {
            return B(std::as_const(targets_), std::forward<Args>(how)...);
        } else {
            return B(std::forward<Args>(how)...);
        }
    }

    void report(target_set::ticket& call, std::error_code error) {
        const auto now = reactor::current().now();
        if (is_stopped(error)) return;
        const bool has_failed = error && (!is_failure_ || is_failure_(error));
        has_failed ? call.failed(now) : call.succeeded(now);
    }

    target_set targets_;
    B chooser_;
    std::function<bool(std::error_code)> is_failure_;
};

}  // namespace weir::balance
