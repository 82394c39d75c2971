// SPDX-License-Identifier: Apache-2.0
// timed_operation: how long something takes, each time, how often it fails, and who hears of it
// when it takes too long.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/concepts.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/metrics/counter.hpp>
#include <weir/metrics/histogram.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace weir {

/// Measures one kind of operation. Runs on one shard; what it has counted may be read by any
/// thread. Must outlive what it measures.
///
/// ```cpp
/// weir::timed_operation lookups("lookup");
/// const auto user = co_await lookups.run(find_user(7));
/// ```
class timed_operation {
public:
    /// Told of each run that took too long, with its time; must not throw.
    using slow_function = std::function<void(const std::string& name, std::chrono::nanoseconds)>;

    /// @param slow  runs that take longer are slow.
    explicit timed_operation(std::string name,
                             std::chrono::nanoseconds slow = std::chrono::seconds(1),
                             slow_function on_slow = {})
        : name_(std::move(name)), slow_(slow), on_slow_(std::move(on_slow)) {}

    /// Runs `work` and notes how long it took, however it ended. Runs that were stopped are counted
    /// apart: their time says nothing.
    ///
    /// @return        what `work` gives.
    /// Errors:        those of `work`.
    /// Cancellation:  as `work`.
    /// Allocates:     a pooled frame.
    template <class T>
    [[nodiscard]] task<T> run(task<T> work) {
        record recording(*this);
        if constexpr (std::is_void_v<T>) {
            co_await std::move(work);
            recording.done(std::error_code());
        } else {
            T outcome = co_await std::move(work);
            recording.done(error_of(outcome));
            co_return outcome;
        }
    }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// Of successes and failures, in nanoseconds.
    [[nodiscard]] const metrics::histogram& durations() const noexcept { return durations_; }
    [[nodiscard]] std::uint64_t failures() const noexcept { return failures_.value(); }
    [[nodiscard]] std::uint64_t slow_runs() const noexcept { return slow_runs_.value(); }
    [[nodiscard]] std::uint64_t stopped() const noexcept { return stopped_.value(); }

private:
    /// One run; an exception is a failure.
    class record {
    public:
        explicit record(timed_operation& owner) noexcept
            : owner_(owner), begun_(reactor::current().now()) {}
        record(const record&) = delete;
        record& operator=(const record&) = delete;
        ~record() {
            if (!is_done_) owner_.note(took(), true);
        }
        void done(std::error_code error) {
            is_done_ = true;
            if (is_stopped(error)) return owner_.stopped_.add();
            owner_.note(took(), static_cast<bool>(error));
        }

    private:
        [[nodiscard]] std::chrono::nanoseconds took() const noexcept {
            return reactor::current().now() - begun_;
        }
        timed_operation& owner_;
        reactor::time_point begun_;
        bool is_done_ = false;
    };

    template <class T>
    [[nodiscard]] static std::error_code error_of(const T& outcome) {
        if constexpr (detail::is_result<T>) {
            if (outcome) return {};
            if constexpr (std::is_convertible_v<typename T::error_type, std::error_code>) {
                return outcome.error();
            } else {
                return std::make_error_code(std::errc::io_error);  // some error: it is counted
            }
        } else {
            return {};
        }
    }
    void note(std::chrono::nanoseconds took, bool has_failed) {
        durations_.record(took);
        if (has_failed) failures_.add();
        if (took <= slow_) return;
        slow_runs_.add();
        if (on_slow_) on_slow_(name_, took);
    }

    std::string name_;
    std::chrono::nanoseconds slow_;
    slow_function on_slow_;
    metrics::histogram durations_;
    metrics::counter failures_;
    metrics::counter slow_runs_;
    metrics::counter stopped_;
};

}  // namespace weir
