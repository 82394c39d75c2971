// SPDX-License-Identifier: Apache-2.0
// with_deadline, with_timeout, shield: time limits around any piece of work, instead of a timeout
// parameter on each function.
#pragma once

#include <weir/coro/detail/scoped_run.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class T>
struct timed_result {
    using type = result<T>;
};
template <class T, class E>
struct timed_result<result<T, E>> {
    using type = result<T, E>;
};

/// Runs a task in a scope that is stopped at a deadline.
template <class Task>
class deadline_awaiter final : public scoped_run<Task>, private timer {
public:
    using value_type = typename Task::value_type;
    using outcome_type = typename timed_result<value_type>::type;
    using time_point = std::chrono::steady_clock::time_point;

    explicit deadline_awaiter(Task&& task, time_point deadline, std::chrono::nanoseconds timeout,
                              scope::inherit_stop inherit) noexcept
        : scoped_run<Task>(std::move(task)),
          deadline_(deadline),
          timeout_(timeout),
          inherit_(inherit) {}

    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        reactor& loop = reactor::current();
        scope& inner = this->enter(self.promise(), inherit_);
        const time_point own = std::min(deadline_, saturated_sum(loop.now(), timeout_));
        const bool is_nearest = own < inner.deadline();
        inner.limit_deadline(own);
        // An outer deadline that comes first stops this scope anyway.
        if (is_nearest) loop.timers().arm(*this, own);
        return this->run();
    }

    [[nodiscard]] outcome_type await_resume() {
        if constexpr (is_result<value_type>) {
            outcome_type outcome = this->take();
            // An error type that cannot say timed_out keeps its own word for a stop.
            if constexpr (std::constructible_from<typename value_type::error_type,
                                                  std::error_code>) {
                if (expired_ && !outcome && is_stop(outcome.error())) {
                    return fail(std::errc::timed_out);
                }
            }
            return outcome;
        } else if constexpr (std::is_void_v<value_type>) {
            this->take();
            if (expired_) return fail(std::errc::timed_out);
            return {};
        } else {
            return outcome_type(this->take());
        }
    }

private:
    template <class E>
    static bool is_stop(const E& error) noexcept {
        if constexpr (std::is_convertible_v<E, std::error_code>) return is_stopped(error);
        return false;
    }
    static time_point saturated_sum(time_point now, std::chrono::nanoseconds timeout) noexcept {
        return timeout > time_point::max() - now ? time_point::max() : now + timeout;
    }

    void expired() noexcept override {
        expired_ = true;
        this->inner().request_stop();
    }
    void task_ended() noexcept override { reactor::current().timers().disarm(*this); }

    time_point deadline_;
    std::chrono::nanoseconds timeout_;
    scope::inherit_stop inherit_;
    bool expired_ = false;
};

}  // namespace detail

/// Runs `awaited` and stops it at `deadline`. Deadlines nest: the nearest one counts.
///
/// @param awaited  a task or another temporary is moved in, so that what this returns may be kept
///                 in a variable; an awaitable that has a name is referred to and lives longer, as
///                 does the memory that an operation reads or writes.
/// @return        what `awaited` gives, as a `result`; an operation_canceled that this deadline
///                caused becomes timed_out. A `void` task gives timed_out if the deadline passed
///                before it ended.
/// Errors:        timed_out, and those of `awaited`.
/// Cancellation:  as `awaited`. Completed beats late: a result that came in spite of the deadline
///                is returned.
/// Allocates:     nothing for a task; one pooled frame for another awaitable.
template <awaitable A>
[[nodiscard]] auto with_deadline(std::chrono::steady_clock::time_point deadline, A&& awaited) {
    return detail::deadline_awaiter<detail::task_of<A>>(detail::as_task(std::forward<A>(awaited)),
                                                        deadline, std::chrono::nanoseconds::max(),
                                                        scope::inherit_stop::yes);
}

/// Runs `awaited` and stops it after `timeout`, counted from the `co_await`. As `with_deadline`.
///
/// Errors:        timed_out, and those of `awaited`.
/// Cancellation:  as `awaited`.
template <awaitable A>
[[nodiscard]] auto with_timeout(std::chrono::nanoseconds timeout, A&& awaited) {
    return detail::deadline_awaiter<detail::task_of<A>>(
        detail::as_task(std::forward<A>(awaited)), std::chrono::steady_clock::time_point::max(),
        timeout, scope::inherit_stop::yes);
}

/// Runs clean-up work that a stop of the caller does not reach, for at most `timeout`.
///
/// ```cpp
/// co_await weir::shield(socket.close(), 1s);
/// ```
/// Errors:        timed_out, and those of `awaited`.
/// Cancellation:  only by its own deadline.
template <awaitable A>
[[nodiscard]] auto shield(A&& awaited, std::chrono::nanoseconds timeout) {
    return detail::deadline_awaiter<detail::task_of<A>>(
        detail::as_task(std::forward<A>(awaited)), std::chrono::steady_clock::time_point::max(),
        timeout, scope::inherit_stop::no);
}

}  // namespace weir
