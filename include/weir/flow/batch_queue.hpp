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
#include <deque>
#include <limits>
#include <utility>
#include <vector>

namespace weir::flow {

/// When a batch is handed out: as soon as one of these is reached.
class batch_limits {
public:
    batch_limits() noexcept {}

    std::size_t max_items = 100;  ///< 1 ... max_pending; no batch has more
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

    explicit batch_queue(const batch_limits& limits) : limits_(limits) {
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
        return flushed_ > 0 || values_.size() >= limits_.max_items || bytes_ >= limits_.max_bytes ||
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
        while (!values_.empty() && batch.size() < limits_.max_items) {
            entry& next = values_.front();
            if (!batch.empty() && next.bytes > limits_.max_bytes - bytes) break;
            bytes += next.bytes;
            bytes_ -= next.bytes;
            batch.push_back(std::move(next.value));
            values_.pop_front();
            if (bytes >= limits_.max_bytes) break;
        }
        flushed_ -= std::min(flushed_, batch.size());
        return batch;
    }

private:
    class entry {
    public:
        explicit entry(T&& what, std::size_t size, time_point when)
            : value(std::move(what)), bytes(size), since(when) {}
        T value;
        std::size_t bytes;
        time_point since;
    };

    batch_limits limits_;
    std::deque<entry> values_;
    std::size_t bytes_ = 0;
    std::size_t flushed_ = 0;  // of the oldest
};

}  // namespace weir::flow
