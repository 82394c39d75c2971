// SPDX-License-Identifier: Apache-2.0
// channel: a bounded queue between tasks of one shard. What happens when it is full is a parameter.
//
// A value goes straight into the awaiter of a receiver that waits, and out of the awaiter of a
// sender that waits, so that neither side can be overtaken and a stop never loses a value: a send
// that was stopped has not sent, a receive that was handed a value returns it.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/coro/wait_queue.hpp>

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace weir {

/// What `channel::send` does when the channel is full.
enum class when_full {
    wait,         ///< the sender waits for room: backpressure
    reject,       ///< the send fails with no_buffer_space
    drop_oldest,  ///< the oldest queued value makes room
    drop_newest,  ///< the value being sent is dropped
    conflate,     ///< the newest queued value is replaced by the one being sent
};

/// A first-in first-out queue of at most `capacity` values. Belongs to one shard; any number of
/// senders and receivers. Must not be destroyed while somebody waits at it.
///
/// ```cpp
/// weir::channel<int> numbers(16);
/// co_await numbers.send(1);                       // in one task
/// while (auto n = co_await numbers.receive()) {}  // in another: ends when closed and empty
/// ```
template <class T>
class channel {
public:
    class send_awaiter;
    class receive_awaiter;
    class receive_many_awaiter;

    /// @param capacity  1 ... any; memory for it is taken here.
    explicit channel(std::size_t capacity, when_full policy = when_full::wait)
        : slots_(std::make_unique<std::optional<T>[]>(checked(capacity))),
          capacity_(capacity),
          policy_(policy) {}

    /// Sends `value`; when the channel is full, does what its policy says.
    ///
    /// Errors:        broken_pipe (closed), no_buffer_space (`reject`, full), operation_canceled.
    /// Cancellation:  a stopped send has not sent.
    /// Allocates:     nothing beyond what moving a `T` does.
    [[nodiscard]] send_awaiter send(T value) { return send_awaiter(*this, std::move(value)); }

    /// Waits for the oldest value.
    ///
    /// @return        the value.
    /// Errors:        broken_pipe (closed and empty), operation_canceled.
    /// Cancellation:  a value already handed over is returned; otherwise it stays queued.
    [[nodiscard]] receive_awaiter receive() noexcept { return receive_awaiter(*this); }

    /// Waits for a value, and takes with it the values that are there, those of waiting senders
    /// included: one wait for what a `receive` each would do in many.
    ///
    /// @param most    1 ... any.
    /// @return        1 ... `most` values, the oldest first.
    /// Errors:        broken_pipe (closed and empty), operation_canceled.
    /// Cancellation:  a value already handed over is returned; otherwise all stay queued.
    /// Allocates:     the vector.
    [[nodiscard]] receive_many_awaiter receive_many(std::size_t most) noexcept {
        return receive_many_awaiter(*this, most);
    }

    /// Sends without waiting. False when the channel is closed, or full under `wait` or `reject`;
    /// then `value` is untouched.
    [[nodiscard]] bool try_send(T& value);
    /// Takes the oldest value, if there is one.
    [[nodiscard]] std::optional<T> try_receive();

    /// Ends the channel: senders fail from now on, receivers still get what is queued.
    void close() noexcept {
        closed_ = true;
        senders_.wake_all();
        receivers_.wake_all();
    }

    [[nodiscard]] bool is_closed() const noexcept { return closed_; }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    /// Values lost to `drop_oldest`, `drop_newest` and `conflate` so far.
    [[nodiscard]] std::size_t dropped() const noexcept { return dropped_; }

private:
    class receiver;

    static std::size_t checked(std::size_t capacity) noexcept {
        WEIR_ASSERT(capacity > 0, "a channel needs room for at least one value");
        return capacity;
    }

    [[nodiscard]] std::optional<T>& slot(std::size_t offset) noexcept {
        const std::size_t index = head_ + offset;
        return slots_[index < capacity_ ? index : index - capacity_];
    }
    void push(T&& value) {
        slot(count_).emplace(std::move(value));
        ++count_;
    }
    [[nodiscard]] T pop() {
        T value = std::move(*slot(0));
        slot(0).reset();
        head_ = head_ + 1 == capacity_ ? 0 : head_ + 1;
        --count_;
        return value;
    }

    /// Gives `value` to a receiver that waits, or queues it if there is room.
    [[nodiscard]] bool deliver(T& value) {
        if (!receivers_.empty()) {
            static_cast<receiver&>(receivers_.front()).value_.emplace(std::move(value));
            return receivers_.wake_one();
        }
        if (count_ == capacity_) return false;
        push(std::move(value));
        return true;
    }
    /// Applies the policy of a full channel; false when the sender must wait or fail.
    [[nodiscard]] bool displace(T& value) {
        switch (policy_) {
            case when_full::wait:
            case when_full::reject:
                return false;
            case when_full::drop_oldest:
                static_cast<void>(pop());
                break;
            case when_full::drop_newest:
                ++dropped_;
                return true;
            case when_full::conflate:
                *slot(count_ - 1) = std::move(value);
                ++dropped_;
                return true;
        }
        push(std::move(value));
        ++dropped_;
        return true;
    }
    /// A value was taken: the sender that waited longest moves up.
    void admit_sender() {
        if (senders_.empty()) return;
        auto& sender = static_cast<send_awaiter&>(senders_.front());
        push(std::move(sender.value_));
        sender.sent_ = true;
        senders_.wake_one();
    }

    std::unique_ptr<std::optional<T>[]> slots_;
    std::size_t capacity_;
    std::size_t head_ = 0;
    std::size_t count_ = 0;
    std::size_t dropped_ = 0;
    when_full policy_;
    bool closed_ = false;
    wait_queue senders_;
    wait_queue receivers_;
};

template <class T>
class channel<T>::send_awaiter final : public wait_queue::waiter {
public:
    explicit send_awaiter(channel& owner, T&& value) : owner_(owner), value_(std::move(value)) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        if (note_stop(self.promise()) || owner_.closed_) return false;
        sent_ = owner_.try_send(value_);
        rejected_ = !sent_ && owner_.policy_ == when_full::reject;
        if (sent_ || rejected_) return false;
        return join(owner_.senders_, self.promise());
    }
    [[nodiscard]] result<void> await_resume() const noexcept {
        if (sent_) return {};
        if (was_stopped()) return fail(std::errc::operation_canceled);
        // Without a look at the channel: it may end as soon as it was closed.
        return fail(rejected_ ? std::errc::no_buffer_space : std::errc::broken_pipe);
    }
    void describe(std::string& out) const override { out += "channel send"; }

private:
    friend class channel;
    channel& owner_;
    T value_;
    bool sent_ = false;
    bool rejected_ = false;
};

template <class T>
class channel<T>::receiver : public wait_queue::waiter {
public:
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        if (note_stop(self.promise())) return false;
        value_ = owner_.try_receive();
        if (value_ || owner_.closed_) return false;
        return join(owner_.receivers_, self.promise());
    }
    void describe(std::string& out) const override { out += "channel receive"; }

protected:
    explicit receiver(channel& owner) noexcept : owner_(owner) {}
    receiver(receiver&&) = default;
    ~receiver() = default;

    [[nodiscard]] std::errc reason() const noexcept {
        return was_stopped() ? std::errc::operation_canceled : std::errc::broken_pipe;
    }

    channel& owner_;
    std::optional<T> value_;

private:
    friend class channel;
};

template <class T>
class channel<T>::receive_awaiter final : public receiver {
public:
    explicit receive_awaiter(channel& owner) noexcept : receiver(owner) {}
    [[nodiscard]] result<T> await_resume() {
        if (this->value_) return std::move(*this->value_);
        return fail(this->reason());
    }
};

template <class T>
class channel<T>::receive_many_awaiter final : public receiver {
public:
    explicit receive_many_awaiter(channel& owner, std::size_t most) noexcept
        : receiver(owner), most_(most) {
        WEIR_ASSERT(most > 0, "receive_many takes at least one value");
    }
    [[nodiscard]] result<std::vector<T>> await_resume() {
        // Without a value the channel may be gone: it may end as soon as it was closed.
        if (!this->value_) return fail(this->reason());
        std::vector<T> values;
        values.reserve(std::min(most_, 1 + this->owner_.size()));
        for (auto& next = this->value_; next; next = this->owner_.try_receive()) {
            values.push_back(std::move(*next));
            if (values.size() == most_) break;
        }
        return values;
    }

private:
    std::size_t most_;
};

template <class T>
bool channel<T>::try_send(T& value) {
    return !closed_ && (deliver(value) || displace(value));
}

template <class T>
std::optional<T> channel<T>::try_receive() {
    if (count_ == 0) return std::nullopt;
    std::optional<T> value(pop());
    admit_sender();
    return value;
}

}  // namespace weir
