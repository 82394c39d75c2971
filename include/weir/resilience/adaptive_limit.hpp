// SPDX-License-Identifier: Apache-2.0
// adaptive_limit: no more calls at once than the service handles without making them wait for each
// other, however many that are today. What is too much is refused at once, while it is still cheap.
#pragma once

#include <weir/base/refusal.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/resilience/concurrency_estimate.hpp>

#include <cstddef>
#include <functional>
#include <system_error>
#include <type_traits>

namespace weir::resilience {

/// Limits what is under way by how long it takes. Belongs to one shard: every shard has its own.
/// Must not be destroyed while a call is under way.
///
/// ```cpp
/// weir::resilience::adaptive_limit backend;
/// const auto page = co_await backend.call([&] { return fetch(url); });
/// ```
class adaptive_limit {
public:
    explicit adaptive_limit(const estimate_options& options = estimate_options())
        : estimate_(options) {}
    adaptive_limit(const adaptive_limit&) = delete;
    adaptive_limit& operator=(const adaptive_limit&) = delete;

    /// Calls `work()`, which gives a `task<result<T>>`, if there is room for it. What ends in
    /// timed_out or in a refusal of the service lowers the limit; other errors say nothing.
    ///
    /// @return        what the work gave.
    /// Errors:        refusal::too_many_in_flight (the work was not begun); those of the work.
    /// Cancellation:  as the work; says nothing about the service.
    /// Concurrency:   any number of tasks of the shard.
    /// Allocates:     a pooled frame.
    template <class F>
        requires weir::detail::is_result<typename std::invoke_result_t<F&>::value_type>
    [[nodiscard]] auto call(F work) -> std::invoke_result_t<F&> {
        const auto allowed = estimate_.try_begin();
        if (!allowed) co_return fail(refusal::too_many_in_flight);
        report reporter(estimate_, *allowed);
        auto outcome = co_await std::invoke(work);
        reporter.note(outcome ? std::error_code() : std::error_code(outcome.error()));
        co_return outcome;
    }

    [[nodiscard]] const concurrency_estimate& estimate() const noexcept { return estimate_; }

private:
    /// Reports the end of a call, also when an exception ends it.
    class report {
    public:
        explicit report(concurrency_estimate& estimate, concurrency_estimate::permit call) noexcept
            : estimate_(estimate), call_(call), begin_(reactor::current().now()) {}
        report(const report&) = delete;
        report& operator=(const report&) = delete;
        ~report() {
            if (!is_told_) estimate_.abandoned(call_);
        }
        void note(std::error_code error) noexcept;

    private:
        concurrency_estimate& estimate_;
        concurrency_estimate::permit call_;
        reactor::time_point begin_;
        bool is_told_ = false;
    };

    concurrency_estimate estimate_;
};

}  // namespace weir::resilience
