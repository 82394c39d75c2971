// SPDX-License-Identifier: Apache-2.0
// measured_channel: a channel that tells how full it is and how long values wait in it, and when
// somebody should do something about it.
//
//   low --depth reaches high_water--> high --depth falls to low_water--> low
//
// The two marks (water_marks) are apart, so that what is switched by them does not flutter.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/metrics/histogram.hpp>
#include <weir/sync/channel.hpp>
#include <weir/sync/water_marks.hpp>

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace weir::flow {

/// Size and marks of a `measured_channel`.
class measured_channel_options {
public:
    measured_channel_options() noexcept {}
    std::size_t capacity = 10'000;
    std::size_t high_water = 8'000;  ///< 1 ... capacity
    std::size_t low_water = 2'000;   ///< 0 ... high_water - 1
    when_full policy = when_full::wait;
};

/// A `channel` with marks and histograms. Belongs to one shard; must not be destroyed while
/// somebody waits at it.
///
/// ```cpp
/// weir::flow::measured_channel<job> jobs;
/// co_await jobs.send(job);                                           // in many tasks
/// while (auto batch = co_await jobs.receive_many(100)) run(*batch);  // in some
/// if (jobs.is_high()) refuse_new_work();
/// ```
template <class T>
class measured_channel {
    class timed_value;

public:
    explicit measured_channel(const measured_channel_options& options = measured_channel_options())
        : values_(options.capacity, options.policy), marks_(options.low_water, options.high_water) {
        WEIR_ASSERT(options.high_water <= options.capacity,
                    "the high mark of a channel lies within its capacity");
    }

    /// Sends `value`; when the channel is full, does what its policy says.
    ///
    /// Errors:        as `channel::send`.
    /// Cancellation:  a stopped send has not sent.
    [[nodiscard]] auto send(T value) {
        return values_.send(timed_value(std::move(value), reactor::current().now()));
    }
    /// Waits for a value and takes, with it, those that are there, at most `max`, oldest first.
    ///
    /// Errors:        broken_pipe (closed and empty), operation_canceled.
    /// Cancellation:  values already handed over are returned; otherwise they stay queued.
    /// Allocates:     the vectors, and pooled frames.
    [[nodiscard]] task<result<std::vector<T>>> receive_many(std::size_t max) {
        static_cast<void>(is_high());
        depth_.record(values_.size());
        result<std::vector<timed_value>> taken = co_await values_.receive_many(max);
        static_cast<void>(is_high());
        if (!taken) co_return fail(taken.error());
        std::vector<T> received;
        received.reserve(taken->size());
        const auto now = reactor::current().now();
        for (timed_value& each : *taken) {
            wait_.record(now - each.sent_at);
            received.push_back(std::move(each.value));
        }
        co_return received;
    }
    /// Ends it: senders fail from now on, receivers still get what is queued.
    void close() noexcept { values_.close(); }

    /// Whether it has reached its high mark and not yet fallen to the low one. (Only receivers take
    /// values out, and they look before and after, so no mark is passed unseen.)
    [[nodiscard]] bool is_high() noexcept { return marks_.note(values_.size()); }
    /// For those who pause while it is high: `co_await marks().fallen()`.
    [[nodiscard]] water_marks& marks() noexcept { return marks_; }
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    /// Values lost to the policy so far.
    [[nodiscard]] std::size_t dropped() const noexcept { return values_.dropped(); }
    /// How many values there were, each time somebody came to take some.
    [[nodiscard]] const metrics::histogram& depth() const noexcept { return depth_; }
    /// How long each value took from `send` to its receiver, in nanoseconds.
    [[nodiscard]] const metrics::histogram& wait() const noexcept { return wait_; }

private:
    class timed_value {
    public:
        explicit timed_value(T&& value_, std::chrono::steady_clock::time_point now)
            : value(std::move(value_)), sent_at(now) {}
        T value;
        std::chrono::steady_clock::time_point sent_at;
    };

    channel<timed_value> values_;
    water_marks marks_;
    metrics::histogram depth_;
    metrics::histogram wait_;
};

}  // namespace weir::flow
