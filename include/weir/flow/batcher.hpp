// SPDX-License-Identifier: Apache-2.0
// batcher: many tasks add values one by one, one task takes them in batches: when so many are
// there, or so many bytes, or the first has waited so long, or on demand, and the rest at the end.
//
// The delay counts from the first value of a batch, not from the last: under a steady trickle no
// value waits longer than `max_delay` and the time that the taker needs.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/coro/wait_queue.hpp>
#include <weir/flow/batch_queue.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>

#include <coroutine>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::flow {

/// Collects values into batches. Belongs to one shard; any number of tasks add, one takes. Must not
/// be destroyed while somebody waits at it; what was not taken is dropped with it.
///
/// ```cpp
/// weir::flow::batcher<row> rows(limits);
/// co_await rows.add(row);                                       // in many tasks
/// while (auto batch = co_await weir::ok(rows.next())) co_await insert(*batch);     // in one
/// ```
template <class T>
class batcher {
public:
    class add_awaiter;
    class next_awaiter;

    explicit batcher(const batch_limits& limits = batch_limits()) : waiting_(limits) {}
    batcher(const batcher&) = delete;
    batcher& operator=(const batcher&) = delete;

    /// Adds `value`; waits while `max_pending` values wait.
    ///
    /// @param bytes   what it counts for `max_bytes`.
    /// Errors:        broken_pipe (closed), operation_canceled.
    /// Cancellation:  a stopped add has not added.
    /// Concurrency:   any number; values are taken in the order of the calls.
    /// Allocates:     what a deque does.
    [[nodiscard]] add_awaiter add(T value, std::size_t bytes = 0) {
        return add_awaiter(*this, std::move(value), bytes);
    }

    /// Waits for the next batch.
    ///
    /// @return        1 ... max_items values, the oldest first; none when closed and empty.
    /// Errors:        operation_canceled.
    /// Cancellation:  nothing is lost: the values stay for the next call.
    /// Concurrency:   one call at a time.
    /// Allocates:     the batch.
    [[nodiscard]] next_awaiter next() noexcept { return next_awaiter(*this); }

    /// Makes what waits now a batch, however little it is.
    void flush() {
        waiting_.flush();
        tell_taker();
    }
    /// Ends it: adds fail from now on, `next` still gives what waits, and then the end.
    void close() {
        closed_ = true;
        while (adders_.wake_one()) {
        }
        flush();
    }

    [[nodiscard]] bool is_closed() const noexcept { return closed_; }
    /// Values that wait for being taken.
    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

private:
    [[nodiscard]] bool is_ready() const {
        return closed_ || waiting_.is_due(reactor::current().now());
    }
    void put(T&& value, std::size_t bytes) {
        waiting_.add(std::move(value), bytes, reactor::current().now());
        tell_taker();
    }
    void tell_taker() {
        if (taker_ != nullptr) taker_->look();
    }
    /// There is room again: those that waited longest move up.
    void admit() {
        while (!waiting_.is_full() && !adders_.empty()) {
            auto& next = static_cast<add_awaiter&>(adders_.front());
            next.added_ = true;
            put(std::move(next.value_), next.bytes_);
            adders_.wake_one();
        }
    }

    batch_queue<T> waiting_;
    wait_queue adders_;
    next_awaiter* taker_ = nullptr;
    bool closed_ = false;
};

template <class T>
class batcher<T>::add_awaiter final : public wait_queue::waiter {
public:
    explicit add_awaiter(batcher& owner, T&& value, std::size_t bytes)
        : owner_(owner), value_(std::move(value)), bytes_(bytes) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        if (note_stop(self.promise()) || owner_.closed_) return false;
        if (owner_.waiting_.is_full()) return join(owner_.adders_, self.promise());
        added_ = true;
        owner_.put(std::move(value_), bytes_);
        return false;
    }
    [[nodiscard]] result<void> await_resume() const noexcept {
        if (added_) return {};
        return fail(was_stopped() ? std::errc::operation_canceled : std::errc::broken_pipe);
    }
    void describe(std::string& out) const override { out += "room in batch"; }

private:
    friend class batcher;
    batcher& owner_;
    T value_;
    std::size_t bytes_;
    bool added_ = false;
};

template <class T>
class batcher<T>::next_awaiter final : public wait_point, private timer {
public:
    explicit next_awaiter(batcher& owner) noexcept : owner_(owner) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        WEIR_ASSERT(owner_.taker_ == nullptr, "a second next of a batcher while one waits");
        stopped_ = self.promise().ambient().is_stopped();
        if (stopped_ || owner_.is_ready()) return false;
        owner_.taker_ = this;
        suspend(self.promise());
        await_age();
        return true;
    }
    [[nodiscard]] result<std::optional<std::vector<T>>> await_resume() {
        if (stopped_) return fail(std::errc::operation_canceled);
        if (owner_.waiting_.empty()) return std::optional<std::vector<T>>();
        std::optional<std::vector<T>> batch(owner_.waiting_.take());
        owner_.admit();
        return batch;
    }
    void request_stop() noexcept override {
        stopped_ = true;
        finish();
    }
    void describe(std::string& out) const override { out += "batch"; }

private:
    friend class batcher;

    /// Something has been added, or shall be handed out.
    void look() {
        if (owner_.is_ready()) return finish();
        await_age();
    }
    void await_age() noexcept {
        if (owner_.waiting_.empty() || timer::is_armed()) return;
        reactor::current().timers().arm(*this, owner_.waiting_.due_at());
    }
    void finish() noexcept {
        reactor::current().timers().disarm(*this);
        owner_.taker_ = nullptr;
        wake();
    }
    void expired() noexcept override { finish(); }

    batcher& owner_;
    bool stopped_ = false;
};

}  // namespace weir::flow
