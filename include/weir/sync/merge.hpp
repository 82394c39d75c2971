// SPDX-License-Identifier: Apache-2.0
// merge: the values of several streams in one line, as they come.
//
//   fresh --next--> merging --a source fails / one ended (ends_with::first) / close--> stopping
//                      \--the last source ended--> ended <--the last source ended--------/
//
// The sources go on between two calls of `next`, so they need a scope that lasts: that of whoever
// owns the merge. A stream has none over a `co_yield`, which is why a merge is no stream but a type
// of its own, as task_group is. Each source holds at most one value and goes on when that is taken.
// Values are taken in the order in which they came, so a source that has given one stands behind
// all others that have one: no source can starve another.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/detail/branch.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/stream.hpp>

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace weir {

/// Which source's end is the end of a merge.
enum class ends_with : std::uint8_t {
    last,   ///< it goes on until every source has ended
    first,  ///< the first source that ends stops the others
};

/// Streams that run side by side and are read as one. Owns them. Lives in the frame of the task
/// that owns it and belongs to that shard; neither copies nor moves. Must not be destroyed while a
/// source runs: ask until `next` gives the end, an error, or the stop of the owner, or `close`.
///
/// ```cpp
/// weir::merge both(co_await weir::this_task(), weir::ends_with::last, ticks(), orders(socket));
/// while (auto each = co_await weir::ok(both.next())) co_await handle(*each);
/// ```
template <class T>
class merge {
public:
    class next_awaiter;
    class close_awaiter;

    /// @param sources  moved in; nothing of them runs before the first `next`. None = at its end.
    explicit merge(task_view owner, ends_with end, std::vector<stream<T>>&& sources)
        : scope_(owner.ambient()), end_(end) {
        scope_.set_owner(&owner.promise());
        for (stream<T>& each : sources) sources_.emplace_back(*this, std::move(each));
    }
    template <class... Rest>
        requires(std::same_as<Rest, stream<T>> && ...)
    explicit merge(task_view owner, ends_with end, stream<T>&& first, Rest&&... rest)
        : scope_(owner.ambient()), end_(end) {
        scope_.set_owner(&owner.promise());
        sources_.emplace_back(*this, std::move(first));
        (sources_.emplace_back(*this, std::move(rest)), ...);
    }
    merge(const merge&) = delete;
    merge& operator=(const merge&) = delete;
    ~merge() {
        WEIR_ASSERT(running_ == 0, "a merge was destroyed while its sources run: close it first");
        drop_values();
    }

    /// Waits for the next value of any source; the first call begins them.
    ///
    /// @return        the value; none when all sources have ended, and at every call after it.
    /// Errors:        the first error of a source, once: it stops the others, and comes when they
    ///                have ended and the values that were there are taken. An exception likewise.
    ///                operation_canceled.
    /// Cancellation:  nothing is lost: the sources go on, and a value stays for the next call. When
    ///                it is the owner that is stopped, so are the sources, and this waits for them.
    /// Concurrency:   one call at a time.
    /// Allocates:     nothing, after a pooled frame for each source.
    [[nodiscard]] next_awaiter next() noexcept { return next_awaiter(*this); }

    /// Stops the sources that still run and waits until they have ended; what they held is dropped.
    ///
    /// Errors:        none. An exception of a source that `next` did not give is rethrown.
    /// Cancellation:  not a cancel point: it waits for the sources in any case.
    /// Concurrency:   not while `next` waits.
    [[nodiscard]] close_awaiter close() noexcept { return close_awaiter(*this); }

    /// Sources that have not ended.
    [[nodiscard]] std::size_t running() const noexcept { return running_; }

private:
    class source;

    void begin() noexcept {
        if (std::exchange(has_begun_, true)) return;
        running_ = sources_.size();
        for (source& each : sources_) each.start();
    }
    void drop_values() noexcept {
        while (!values_.empty()) values_.pop_front();
    }
    [[nodiscard]] bool is_owner_stopped() const noexcept { return scope_.parent()->is_stopped(); }
    [[nodiscard]] bool has_thrown() const noexcept { return running_ == 0 && exception_; }

    void offer(source& from) noexcept {
        values_.push_back(from);
        tell();
    }
    void note_end(source& ended) noexcept;
    void tell() noexcept;
    /// What is there for `next`: the oldest value, or what has ended it.
    [[nodiscard]] result<std::optional<T>> take();

    scope scope_;
    std::deque<source> sources_;
    intrusive_list<source> values_;  // of those that hold one, the oldest first
    std::size_t running_ = 0;
    ends_with end_;
    bool has_begun_ = false;
    next_awaiter* asker_ = nullptr;
    close_awaiter* closer_ = nullptr;
    std::error_code error_;
    std::exception_ptr exception_;
};

/// A stream, the task that asks it, and the value that waits for being taken.
template <class T>
class merge<T>::source final : public list_node, private detail::branch_owner {
public:
    explicit source(merge& owner, stream<T>&& values) noexcept
        : owner_(owner), values_(std::move(values)) {}

    void start() noexcept {
        running_.emplace(pump());
        running_->start(*this, owner_.scope_);
    }
    [[nodiscard]] std::optional<T> take() {
        std::optional<T> value = std::exchange(held_, std::nullopt);
        taken_.set();
        return value;
    }
    /// What became of it; of one that has ended.
    [[nodiscard]] result<void> outcome() { return running_->take(); }

private:
    [[nodiscard]] task<result<void>> pump() {
        while (auto next = co_await ok(values_.next())) {
            held_.emplace(std::move(*next));
            taken_.reset();
            owner_.offer(*this);
            co_await ok(taken_.wait());
        }
        co_return result<void>();
    }
    void branch_finished(detail::scope_root&) noexcept override { owner_.note_end(*this); }
    [[nodiscard]] detail::promise_base* starter() const noexcept override { return nullptr; }

    merge& owner_;
    stream<T> values_;
    std::optional<T> held_;
    event taken_;
    std::optional<detail::branch<task<result<void>>>> running_;
};

template <class T>
class merge<T>::next_awaiter final : public wait_point {
public:
    explicit next_awaiter(merge& owner) noexcept : owner_(owner) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        WEIR_ASSERT(owner_.asker_ == nullptr, "a second next of a merge while one waits");
        was_stopped_ = self.promise().ambient().is_stopped();
        if (!was_stopped_) owner_.begin();
        if (!must_wait()) return false;
        owner_.asker_ = this;
        suspend(self.promise());
        return true;
    }
    [[nodiscard]] result<std::optional<T>> await_resume() {
        if (was_stopped_ && !owner_.has_thrown()) return fail(std::errc::operation_canceled);
        return owner_.take();
    }
    void request_stop() noexcept override {
        was_stopped_ = true;
        look();
    }
    void describe(std::string& out) const override {
        out += "merge of " + std::to_string(owner_.running_) + " streams";
    }

private:
    friend class merge;

    [[nodiscard]] bool must_wait() const noexcept {
        if (owner_.running_ == 0) return false;
        return was_stopped_ ? owner_.is_owner_stopped() : owner_.values_.empty();
    }
    void look() noexcept {
        if (must_wait()) return;
        owner_.asker_ = nullptr;
        wake();
    }

    merge& owner_;
    bool was_stopped_ = false;
};

template <class T>
class merge<T>::close_awaiter final : public wait_point {
public:
    explicit close_awaiter(merge& owner) noexcept : owner_(owner) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        WEIR_ASSERT(owner_.asker_ == nullptr, "a merge was closed while somebody asks it");
        owner_.has_begun_ = true;
        owner_.scope_.request_stop();
        if (owner_.running_ == 0) return false;
        owner_.closer_ = this;
        suspend(self.promise());
        return true;
    }
    void await_resume() {
        owner_.drop_values();
        owner_.error_ = {};
        if (owner_.exception_) std::rethrow_exception(std::exchange(owner_.exception_, nullptr));
    }
    void request_stop() noexcept override {}
    void describe(std::string& out) const override {
        out += "end of " + std::to_string(owner_.running_) + " streams";
    }

private:
    friend class merge;
    merge& owner_;
};

template <class T>
void merge<T>::note_end(source& ended) noexcept {
    --running_;
    const bool was_asked_to = scope_.is_stopped();
    try {
        const result<void> outcome = ended.outcome();
        const bool is_stop = !outcome && was_asked_to && is_stopped(outcome.error());
        if (!outcome && !is_stop && !error_) error_ = outcome.error();
    } catch (...) {
        if (!exception_) exception_ = std::current_exception();
    }
    if (error_ || exception_ || end_ == ends_with::first) scope_.request_stop();
    tell();
}

template <class T>
void merge<T>::tell() noexcept {
    if (asker_ != nullptr) asker_->look();
    if (closer_ != nullptr && running_ == 0) std::exchange(closer_, nullptr)->wake();
}

template <class T>
result<std::optional<T>> merge<T>::take() {
    if (!values_.empty()) return values_.pop_front().take();
    if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
    if (error_) return fail(std::exchange(error_, {}));
    return std::optional<T>();
}

}  // namespace weir
