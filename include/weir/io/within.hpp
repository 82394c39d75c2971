// SPDX-License-Identifier: Apache-2.0
// within, phase: one budget of time for everything that an operation does, and an error that says
// what the time was spent on.
//
//   within(250ms, answer())                       "timed out after 250 ms, most of it in
//   load/connect"
//     answer(): phase("load", ...)
//                 phase("connect", ...)
//
// What waits by itself inside of weir (a pool, a rate limit, a cache's load, a retry's pause) is a
// phase already.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/detail/scoped_run.hpp>
#include <weir/io/phase_ledger.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <coroutine>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace weir {

/// Why the work of a `within` failed and what its time was spent on.
class budget_error {
public:
    explicit budget_error(std::error_code code, std::chrono::nanoseconds spent, std::string phase,
                          std::string waited_for);

    /// timed_out when the budget was spent; otherwise the error of the work.
    [[nodiscard]] const std::error_code& code() const noexcept { return code_; }
    /// From the beginning to the end, however it ended.
    [[nodiscard]] std::chrono::nanoseconds spent() const noexcept { return spent_; }
    /// The phase that took most of it, with those that it lies in: `load/connect`. Empty where no
    /// phase took half of it.
    [[nodiscard]] const std::string& phase() const noexcept { return phase_; }
    /// What the work waited for when the budget was spent, as in a task dump; otherwise empty.
    [[nodiscard]] const std::string& waited_for() const noexcept { return waited_for_; }
    /// All of it in a line, for a log.
    [[nodiscard]] std::string message() const;

    operator std::error_code() const noexcept { return code_; }  // NOLINT: it is one, and more

private:
    std::error_code code_;
    std::chrono::nanoseconds spent_;
    std::string phase_;
    std::string waited_for_;
};

namespace detail {

/// What the coroutines below `root` wait for, each once, with commas in between.
[[nodiscard]] std::string waits_below(scope& root, scope::time_point now);

template <class Task>
class phase_awaiter final : public scoped_run<Task> {
public:
    explicit phase_awaiter(std::string_view name, Task&& task) noexcept
        : scoped_run<Task>(std::move(task)), name_(name) {}

    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        scope& inner = this->enter(self.promise());
        if (const auto* around = inner.template find<current_phase>()) {
            phase_.emplace(around->at->inner(name_));
            phase_->at->begin(reactor::current().now());
            inner.set(*phase_);
        }
        return this->run();
    }
    decltype(auto) await_resume() { return this->take(); }

private:
    void task_ended() noexcept override {
        if (phase_) phase_->at->end(reactor::current().now());
    }

    std::string_view name_;
    std::optional<current_phase> phase_;
};

/// Runs a task whose phases are counted, and stops it when the budget is spent.
template <class Task>
class within_awaiter final : public scoped_run<Task>, private timer {
public:
    using outcome = typename timed_result<typename Task::value_type>::type;
    using value = typename outcome::value_type;

    explicit within_awaiter(std::chrono::nanoseconds budget, Task&& task) noexcept
        : scoped_run<Task>(std::move(task)), budget_(budget) {}

    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        reactor& loop = reactor::current();
        begun_ = loop.now();
        scope& inner = this->enter(self.promise());
        const auto* around = inner.template find<current_phase>();
        // One of its own, where nothing is counted of other runs before or beside this one.
        if (around != nullptr) ledger_.whole().count_also_in(around->at->inner("within"));
        counted_.emplace(ledger_.whole());
        counted_->at->begin(begun_);
        inner.set(*counted_);
        const auto own = budget_ > scope::time_point::max() - begun_ ? scope::time_point::max()
                                                                     : begun_ + budget_;
        const bool is_nearest = own < inner.deadline();
        inner.limit_deadline(own);
        if (is_nearest) loop.timers().arm(*this, own);
        return this->run();
    }
    [[nodiscard]] result<value, budget_error> await_resume() {
        if constexpr (is_result<typename Task::value_type>) {
            outcome ended = this->take();
            if (!ended) return fail(error_for(ended.error()));
            if constexpr (std::is_void_v<value>) {
                return {};
            } else {
                return *std::move(ended);
            }
        } else if constexpr (std::is_void_v<value>) {
            this->take();
            if (expired_) return fail(error_for(std::make_error_code(std::errc::timed_out)));
            return {};
        } else {
            return this->take();
        }
    }

private:
    [[nodiscard]] budget_error error_for(std::error_code code) {
        if (expired_ && is_stopped(code)) code = std::make_error_code(std::errc::timed_out);
        return budget_error(code, ended_ - begun_, longest_phase(*counted_->at, ended_),
                            std::move(waited_for_));
    }
    void expired() noexcept override {
        expired_ = true;
        try {
            waited_for_ = waits_below(this->inner(), reactor::current().now());
        } catch (const std::bad_alloc&) {
            waited_for_.clear();  // the error comes without it
        }
        this->inner().request_stop();
    }
    void task_ended() noexcept override {
        reactor::current().timers().disarm(*this);
        ended_ = reactor::current().now();
        counted_->at->end(ended_);
    }

    std::chrono::nanoseconds budget_;
    scope::time_point begun_{};
    scope::time_point ended_{};
    phase_ledger ledger_;
    std::optional<current_phase> counted_;
    std::string waited_for_;
    bool expired_ = false;
};

}  // namespace detail

/// Runs `awaited` as a phase of the `within` around it; without one it just runs.
///
/// @param name    a literal, without a slash.
/// @param awaited as for `with_timeout`.
/// @return        what `awaited` gives.
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
template <awaitable A>
[[nodiscard]] auto phase(std::string_view name, A&& awaited) {
    return detail::phase_awaiter<detail::task_of<A>>(name,
                                                     detail::as_task(std::forward<A>(awaited)));
}

/// Runs `awaited` and stops it after `budget`, which all that it does shares: waiting for a pool,
/// connecting, retrying. As `with_timeout`, but the error says what the time was spent on.
///
/// @param awaited as for `with_timeout`; its errors convert to std::error_code.
/// @return        what `awaited` gives, as a `result<T, budget_error>`.
/// Errors:        timed_out, and those of `awaited`, each with the phase that took longest.
/// Cancellation:  as `awaited`; a value that came in spite of the end is returned.
template <awaitable A>
[[nodiscard]] auto within(std::chrono::nanoseconds budget, A&& awaited) {
    return detail::within_awaiter<detail::task_of<A>>(budget,
                                                      detail::as_task(std::forward<A>(awaited)));
}

}  // namespace weir
