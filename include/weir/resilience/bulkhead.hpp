// SPDX-License-Identifier: Apache-2.0
// bulkhead: so many calls of one kind at once, so many more that wait for a place, and no others:
// what is slow takes no more of the ship than its own compartment. (Release It!, Nygard 2007.)
#pragma once

#include <weir/base/refusal.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/timeout.hpp>
#include <weir/io/within.hpp>
#include <weir/sync/semaphore.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <type_traits>

namespace weir::resilience {

/// How large a compartment is, and its line.
class bulkhead_options {
public:
    /// @param most  calls at once; 1 or more.
    explicit bulkhead_options(std::size_t most) noexcept : max_in_flight(most) {}

    std::size_t max_in_flight;
    std::size_t max_waiting = 0;  ///< calls that wait for a place, first come, first served
    /// The longest wait for a place; a deadline of the caller's that comes first counts, too.
    std::chrono::nanoseconds max_wait = std::chrono::seconds(1);
};

/// Limits what is under way at once. Belongs to one shard: every shard has its own. Neither copies
/// nor moves; must not be destroyed while a call is under way.
///
/// ```cpp
/// weir::resilience::bulkhead reports(weir::resilience::bulkhead_options(10));
/// const auto report = co_await reports.call([&] { return render(month); });
/// ```
class bulkhead {
public:
    explicit bulkhead(const bulkhead_options& options);
    bulkhead(const bulkhead&) = delete;
    bulkhead& operator=(const bulkhead&) = delete;

    /// Calls `work()`, which gives a `task<result<T>>`, once there is a place for it.
    ///
    /// @return        what the work gave.
    /// Errors:        refusal::too_many_in_flight (the line is full, or it took too long; the work
    ///                was not begun); those of the work; operation_canceled.
    /// Cancellation:  ends the wait, or as the work.
    /// Concurrency:   any number of tasks of the shard.
    /// Allocates:     two pooled frames.
    template <class F>
        requires weir::detail::is_result<typename std::invoke_result_t<F&>::value_type>
    [[nodiscard]] auto call(F work) -> std::invoke_result_t<F&> {
        const auto place = co_await phase("bulkhead", enter());
        if (!place) co_return fail(place.error());
        co_return co_await std::invoke(work);
    }

    [[nodiscard]] std::size_t in_flight() const noexcept {
        return options_.max_in_flight - places_.available();
    }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

private:
    /// Waits for a place as long as the options allow.
    [[nodiscard]] task<result<semaphore::permit>> enter();

    bulkhead_options options_;
    semaphore places_;
    std::size_t waiting_ = 0;
};

}  // namespace weir::resilience
