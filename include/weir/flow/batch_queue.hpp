// SPDX-License-Identifier: Apache-2.0
// batch_queue: when values that come one by one are a batch. No clock and no coroutine: time is
// told. `batcher` is what one waits at.
//
//   empty --add--> collecting --so many, so many bytes, so old, flush, close--> due --take--> ...
#pragma once

#include <weir/base/assert.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

namespace weir::flow {

/// How many values make a batch due.
enum class batch_size : std::uint8_t {
    fixed,    ///< `max_items`
    by_pace,  ///< as many as come within `max_delay` at the pace of the last batch, 1 ... max_items
};

/// When a batch is handed out: as soon as one of these is reached.
class batch_limits {
public:
    batch_limits() noexcept {}

    std::size_t max_items = 100;  ///< 1 ... max_pending; no batch has more
    /// By pace a lone value waits for nobody, and a flood still makes full batches.
    batch_size size = batch_size::fixed;
    /// No batch has more, unless its first value alone has.
    std::size_t max_bytes = std::numeric_limits<std::size_t>::max();
    /// How long its first value may have waited.
    std::chrono::nanoseconds max_delay = std::chrono::milliseconds(50);
    /// Values that may wait for being taken; who adds more waits.
    std::size_t max_pending = 1000;
};

/// The values that wait and since when. A value type; belongs to one thread.
template <class T>
class batch_queue {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit batch_queue(const batch_limits& limits)
        : limits_(limits), due_items_(limits.size == batch_size::fixed ? limits.max_items : 1) {
        WEIR_ASSERT(limits.max_items > 0, "a batch holds at least one value");
        WEIR_ASSERT(limits.max_pending >= limits.max_items, "a whole batch must be able to wait");
    }

    void add(T&& value, std::size_t bytes, time_point now) {
        WEIR_ASSERT(!is_full(), "a value was added to a full batch_queue");
        values_.emplace_back(std::move(value), bytes, now);
        bytes_ += bytes;
    }
    /// What waits now is due, however little it is.
    void flush() noexcept { flushed_ = values_.size(); }

    [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    [[nodiscard]] bool is_full() const noexcept { return values_.size() >= limits_.max_pending; }
    [[nodiscard]] bool is_due(time_point now) const noexcept {
        if (values_.empty()) return false;
        return flushed_ > 0 || values_.size() >= due_items_ || bytes_ >= limits_.max_bytes ||
               now >= due_at();
    }
    /// When its age alone makes it due; of one that is not empty.
    [[nodiscard]] time_point due_at() const noexcept {
        const time_point first = values_.front().since;
        if (limits_.max_delay > time_point::max() - first) return time_point::max();
        return first + limits_.max_delay;
    }
    /// The oldest values, as many as a batch may have.
    [[nodiscard]] std::vector<T> take() {
        std::vector<T> batch;
        batch.reserve(std::min(values_.size(), limits_.max_items));
        std::size_t bytes = 0;
        time_point newest = taken_until_;
        while (!values_.empty() && batch.size() < limits_.max_items) {
            entry& next = values_.front();
            if (!batch.empty() && next.bytes > limits_.max_bytes - bytes) break;
            bytes += next.bytes;
            bytes_ -= next.bytes;
            newest = next.since;
            batch.push_back(std::move(next.value));
            values_.pop_front();
            if (bytes >= limits_.max_bytes) break;
        }
        flushed_ -= std::min(flushed_, batch.size());
        const bool has_pace = limits_.size == batch_size::by_pace && !batch.empty();
        if (has_pace) keep_pace(batch.size(), newest);
        taken_until_ = newest;
        return batch;
    }
    /// So many values make a batch due now.
    [[nodiscard]] std::size_t due_items() const noexcept { return due_items_; }

private:
    class entry {
    public:
        explicit entry(T&& what, std::size_t size, time_point when)
            : value(std::move(what)), bytes(size), since(when) {}
        T value;
        std::size_t bytes;
        time_point since;
    };

    /// `count` values have come since the newest of the batch before, until `newest`.
    void keep_pace(std::size_t count, time_point newest) noexcept {
        using real = std::chrono::duration<double, std::nano>;
        const real took = newest - taken_until_;
        const double most = static_cast<double>(limits_.max_items);
        const double coming =
            took.count() > 0 ? static_cast<double>(count) * (real(limits_.max_delay) / took) : most;
        due_items_ = static_cast<std::size_t>(std::clamp(coming, 1.0, most));
    }

    batch_limits limits_;
    std::deque<entry> values_;
    std::size_t bytes_ = 0;
    std::size_t flushed_ = 0;  // of the oldest
    std::size_t due_items_;
    time_point taken_until_{};  // when the newest that was taken had come
};

}  // namespace weir::flow
