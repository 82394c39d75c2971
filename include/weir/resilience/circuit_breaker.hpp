// SPDX-License-Identifier: Apache-2.0
// circuit_breaker: stops calling what keeps failing, and asks now and then whether it is back.
//
//   closed --so many failures in a row, or such a share of the last calls--> open
//   open --so long--> half_open --so many successes in a row--> closed
//                               \--a failure--> open
//   force_open, force_closed: until `reset`
//
// (Release It!, Nygard 2007; the share over a window of calls is Hystrix's.)
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/refusal.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::resilience {

/// Whether calls pass, are refused, or pass a few at a time to see how they fare.
enum class circuit_state : std::uint8_t { closed, open, half_open };

/// When a breaker opens and closes.
class circuit_options {
public:
    circuit_options() {}

    unsigned max_failures = 5;       ///< in a row; 1 or more
    std::size_t window = 10;         ///< calls over which the share of failures is taken; 0 = none
    double max_failure_share = 0.5;  ///< of a full window, 0 ... 1
    std::chrono::nanoseconds open_for = std::chrono::seconds(60);
    unsigned successes_to_close = 2;  ///< in a row, while half open; 1 or more
    /// Which errors are failures of the service. Empty = all. A stop of the caller never is.
    std::function<bool(std::error_code)> is_failure;
};

/// What a breaker has seen.
class circuit_statistics {
public:
    circuit_statistics() noexcept = default;
    std::uint64_t successes = 0;
    std::uint64_t failures = 0;
    std::uint64_t refused = 0;
    std::uint64_t opened = 0;
};

/// The state of one breaker: no clock and no coroutine, time is told. `call` is the way to use it.
/// Belongs to one shard; every shard has its own.
///
/// ```cpp
/// weir::resilience::circuit_breaker backend;
/// const auto page = co_await backend.call([&] { return fetch(url); });
/// ```
class circuit_breaker {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// A call that may begin. Its end is reported with it, so that one that began before the
    /// circuit opened is not taken for news.
    class permit {
    private:
        friend class circuit_breaker;
        explicit permit(std::uint64_t epoch) noexcept : epoch_(epoch) {}
        std::uint64_t epoch_;
    };

    explicit circuit_breaker(circuit_options options = circuit_options());

    /// A permit if a call may begin at `now`; counts those it refuses. Each permit is reported
    /// once: while half open, no more are out at once than successes are needed to close.
    [[nodiscard]] std::optional<permit> try_begin(time_point now);
    void succeeded(permit call);
    void failed(permit call, time_point now);
    /// The call was stopped: it says nothing about the service.
    void abandoned(permit call) noexcept;

    /// Calls `work()`, which gives a `task<result<T>>`, unless the circuit is open. For a limit of
    /// time call something with one: `with_timeout(5s, fetch(url))` fails with timed_out.
    ///
    /// @return        what the work gave.
    /// Errors:        refusal::circuit_open (the work was not begun); those of the work.
    /// Cancellation:  as the work; neither a success nor a failure.
    /// Concurrency:   any number of tasks of the shard.
    /// Allocates:     a pooled frame.
    template <class F>
        requires weir::detail::is_result<typename std::invoke_result_t<F&>::value_type>
    [[nodiscard]] auto call(F work) -> std::invoke_result_t<F&> {
        const auto allowed = try_begin(reactor::current().now());
        if (!allowed) co_return fail(refusal::circuit_open);
        report reporter(*this, *allowed);
        auto outcome = co_await std::invoke(work);
        reporter.note(outcome ? std::error_code() : std::error_code(outcome.error()));
        co_return outcome;
    }

    /// Refuses everything, or lets everything pass, until `reset`.
    void force_open() noexcept { forced_ = forced::open; }
    void force_closed() noexcept { forced_ = forced::closed; }
    /// Closed, as at the beginning; the statistics stay.
    void reset() noexcept;

    [[nodiscard]] circuit_state state(time_point now) const noexcept;
    /// How long one that was refused had better wait; zero = not at all, nanoseconds::max() = until
    /// somebody ends `force_open`.
    [[nodiscard]] std::chrono::nanoseconds retry_after(time_point now) const noexcept;
    [[nodiscard]] const circuit_statistics& statistics() const noexcept { return counted_; }

private:
    enum class forced : std::uint8_t { no, open, closed };

    /// Reports the end of a call, also when an exception ends it.
    class report {
    public:
        explicit report(circuit_breaker& breaker, permit call) noexcept
            : breaker_(breaker), call_(call) {}
        report(const report&) = delete;
        report& operator=(const report&) = delete;
        ~report() {
            if (!is_told_) breaker_.failed(call_, reactor::current().now());
        }
        void note(std::error_code error);

    private:
        circuit_breaker& breaker_;
        permit call_;
        bool is_told_ = false;
    };

    void begin_epoch(bool is_open) noexcept;
    void note_in_window(bool failed);
    [[nodiscard]] bool has_failed_too_often() const noexcept;

    circuit_options options_;
    circuit_statistics counted_;
    std::vector<bool> window_;  // whether each of the last calls failed
    std::size_t newest_ = 0;
    std::size_t seen_ = 0;
    std::size_t failed_in_window_ = 0;
    unsigned failures_in_a_row_ = 0;
    unsigned successes_in_a_row_ = 0;  // while half open
    unsigned probes_ = 0;              // under way while half open
    bool is_open_ = false;             // or half open
    std::uint64_t epoch_ = 0;          // counts its openings and closings
    time_point opened_at_{};
    forced forced_ = forced::no;
};

}  // namespace weir::resilience
