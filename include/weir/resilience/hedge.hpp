// SPDX-License-Identifier: Apache-2.0
// hedge: where a call takes longer than nearly all others did, a second one of the same is begun,
// and the first success counts. What is slow by chance is then as fast as the rest, for a few calls
// more. (Dean and Barroso, The Tail at Scale, CACM 2013.)
//
//   first   begins -------------------------------> ends
//   second  waits for the delay - begins ---------> ends
//   a success stops the other; a failure waits for the other if that has begun; both are awaited
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/resilience/latency_sample.hpp>
#include <weir/resilience/retry.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::resilience {

/// When a second call is begun, and how often.
class hedge_options {
public:
    hedge_options() {}

    /// A fixed delay. None = what the quantile of the last calls is.
    std::optional<std::chrono::nanoseconds> delay;
    double quantile = 0.95;        ///< 0 ... 1
    std::size_t min_samples = 20;  ///< before that many calls have ended nothing is hedged
    double max_share = 0.05;       ///< second calls for each that succeeds, in the long run
    double burst = 10;             ///< second calls beyond that, at once
};

/// Hedges calls of one service that may be made twice: idempotent ones. Belongs to one shard.
/// Neither copies nor moves; must not be destroyed while a call is under way.
///
/// ```cpp
/// weir::resilience::hedge reads;
/// const auto value = co_await reads.call([&] { return replica.get(key); });
/// ```
class hedge {
public:
    explicit hedge(hedge_options options = hedge_options());
    hedge(const hedge&) = delete;
    hedge& operator=(const hedge&) = delete;

    /// Calls `attempt()`, which gives a `task<result<T>>`, and once more if that takes too long and
    /// the budget allows it.
    ///
    /// @return        what the first that succeeded gave. The other has been stopped and has ended.
    /// Errors:        those of the first attempt, when none succeeded. One that fails before there
    ///                is a second is not repeated: that is what `retry` is for.
    /// Cancellation:  reaches both.
    /// Concurrency:   any number of tasks of the shard.
    /// Allocates:     pooled frames, and what the attempts do.
    template <class F>
        requires weir::detail::is_result<typename std::invoke_result_t<F&>::value_type>
    [[nodiscard]] auto call(F attempt) -> std::invoke_result_t<F&> {
        const auto after = delay();
        if (!after) co_return co_await timed(attempt);
        pair both;
        auto first = begin_first(attempt, both);
        auto second = begin_second(attempt, *after, both);
        auto outcomes = co_await when_all(std::move(first), std::move(second));
        const bool is_second = !std::get<0>(outcomes) && std::get<1>(outcomes);
        if (is_second) ++won_;
        co_return is_second ? std::move(std::get<1>(outcomes)) : std::move(std::get<0>(outcomes));
    }

    /// How long a call may take before a second one is begun; none as long as that is not known.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> delay() const noexcept;
    /// Second calls that were begun.
    [[nodiscard]] std::uint64_t hedged() const noexcept { return hedged_; }
    /// Second calls that were the first to succeed.
    [[nodiscard]] std::uint64_t won() const noexcept { return won_; }

private:
    /// A call and its double.
    class pair {
    public:
        stop_source stop_first;
        stop_source stop_second;
        bool has_second = false;
    };
    /// Stops the other one at the end of this, also when an exception ends it.
    class stop_at_exit {
    public:
        explicit stop_at_exit(stop_source& other) noexcept : other_(&other) {}
        stop_at_exit(const stop_at_exit&) = delete;
        stop_at_exit& operator=(const stop_at_exit&) = delete;
        ~stop_at_exit() {
            if (other_ != nullptr) other_->request_stop();
        }
        void forgo() noexcept { other_ = nullptr; }

    private:
        stop_source* other_;
    };

    /// One attempt, whose latency is noted.
    template <class F>
    [[nodiscard]] auto timed(F& attempt) -> std::invoke_result_t<F&> {
        const auto begin = reactor::current().now();
        auto outcome = co_await std::invoke(attempt);
        note(begin, outcome ? std::error_code() : std::error_code(outcome.error()));
        co_return outcome;
    }
    template <class F>
    [[nodiscard]] auto begin_first(F& attempt, pair& both) -> std::invoke_result_t<F&> {
        stop_at_exit end(both.stop_second);
        auto outcome = co_await with_stop(both.stop_first, timed(attempt));
        if (!outcome && both.has_second) end.forgo();
        co_return outcome;
    }
    template <class F>
    [[nodiscard]] auto begin_second(F& attempt, std::chrono::nanoseconds after, pair& both)
        -> std::invoke_result_t<F&> {
        const auto slept = co_await with_stop(both.stop_second, sleep_for(after));
        if (!slept) co_return fail(slept.error());
        if (both.stop_second.stop_requested() || !budget_.try_take()) {
            co_return fail(std::errc::operation_canceled);
        }
        both.has_second = true;
        ++hedged_;
        stop_at_exit end(both.stop_first);
        auto outcome = co_await with_stop(both.stop_second, std::invoke(attempt));
        if (!outcome) end.forgo();
        co_return outcome;
    }
    void note(reactor::time_point begin, std::error_code error) noexcept;

    hedge_options options_;
    retry_budget budget_;
    latency_sample latencies_;
    std::uint64_t hedged_ = 0;
    std::uint64_t won_ = 0;
};

}  // namespace weir::resilience
