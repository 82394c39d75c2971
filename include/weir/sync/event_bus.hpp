// SPDX-License-Identifier: Apache-2.0
// event_bus: each event goes to all who have subscribed before it. Each subscriber has a bounded
// queue of its own, and says what happens to one that lags: a slow one costs nobody else, unless it
// asks for that.
//
//   publish --event--> every subscriber at once, in one order for all
//                \--one that must not miss any is full--> the publisher waits its turn
//
// An event is stored once; the queues share it. Across shards: each shard has a bus of its own, and
// who publishes to all of them runs `publish` on each (`shard::run`, whose wait is backpressure).
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/detail/frame_pool.hpp>
#include <weir/coro/wait_queue.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace weir {

/// What happens to an event that finds a subscriber's queue full.
enum class when_lagging : std::uint8_t {
    wait,         ///< the publisher waits until there is room: this subscriber misses nothing
    drop_oldest,  ///< an event in the queue makes room; the next one says how many were missed
    drop_newest,  ///< it is dropped; the next one that fits says how many were missed
    close,        ///< the subscription ends with no_buffer_space after what is queued
};

/// Events of exactly the type `E`, from any number of publishers to any number of subscribers.
/// Belongs to one shard; neither copies nor moves. Its end closes it: subscribers get what is
/// queued and then the end, and may outlive it.
///
/// ```cpp
/// weir::event_bus<price> prices;
/// auto mine = prices.subscribe(100, weir::when_lagging::drop_oldest);
/// co_await prices.publish(price("ABC", 7));                               // in one task
/// while (auto each = co_await weir::ok(mine.next())) show(*each);         // in another
/// ```
template <class E>
class event_bus {
public:
    class delivery;
    class subscription;
    class publish_awaiter;
    class next_awaiter;
    /// Whether `newer` makes `queued` worthless, say because both have the same key. Must neither
    /// throw nor touch the bus.
    using supersedes_function = std::function<bool(const E& queued, const E& newer)>;

    event_bus() noexcept = default;
    event_bus(const event_bus&) = delete;
    event_bus& operator=(const event_bus&) = delete;
    ~event_bus() { close(); }

    /// Subscribes to what is published from now on.
    ///
    /// @param capacity    events that may wait for being asked for, 1 ... any; memory for so many
    ///                    pointers is taken here.
    /// @param supersedes  under `drop_oldest`: the oldest event that this holds for makes room; the
    ///                    oldest of all when it holds for none. Empty = the oldest.
    [[nodiscard]] subscription subscribe(std::size_t capacity,
                                         when_lagging policy = when_lagging::drop_oldest,
                                         supersedes_function supersedes = {});

    /// Gives `event` to all subscribers at once; waits while one of those that must not miss any
    /// has no room. Without subscribers it is dropped.
    ///
    /// Errors:        broken_pipe (closed), operation_canceled.
    /// Cancellation:  a stopped publish has reached nobody.
    /// Concurrency:   any number of publishers, first come, first served.
    /// Allocates:     one pooled block for the event.
    [[nodiscard]] publish_awaiter publish(E event) {
        return publish_awaiter(*this, std::move(event));
    }
    /// Publishes without waiting. False when closed, or when `publish` would wait; then `event` is
    /// untouched.
    [[nodiscard]] bool try_publish(E& event) {
        if (closed_ || !has_room()) return false;
        deliver(delivery(std::move(event)));
        return true;
    }

    /// Ends the bus: publishers fail from now on, subscribers get what is queued and then the end.
    void close() noexcept;

    [[nodiscard]] bool is_closed() const noexcept { return closed_; }
    /// Walks the subscribers: for tests and statistics.
    [[nodiscard]] std::size_t subscribers() const noexcept { return subscribers_.size(); }

private:
    class subscriber;

    /// Never while a publisher waits: room that comes is used at once, so nobody overtakes.
    [[nodiscard]] bool has_room() noexcept {
        bool has = true;
        subscribers_.for_each([&has](subscriber& each) { has = has && !each.holds_up(); });
        return has;
    }
    void deliver(const delivery& event) noexcept {
        subscribers_.for_each([&event](subscriber& each) { each.receive(event); });
    }
    /// There may be room again: those that have waited longest publish.
    void admit() noexcept;

    intrusive_list<subscriber> subscribers_;
    wait_queue publishers_;
    bool closed_ = false;
};

/// A shared event, or none: the end. Copies share; belongs to one shard; may outlive the bus.
template <class E>
class event_bus<E>::delivery {
public:
    delivery() noexcept = default;
    explicit delivery(E&& event) : stored_(new stored(std::move(event))) {}
    delivery(const delivery& other) noexcept : missed_(other.missed_), stored_(other.stored_) {
        if (stored_ != nullptr) ++stored_->uses;
    }
    delivery(delivery&& other) noexcept
        : missed_(std::exchange(other.missed_, 0)),
          stored_(std::exchange(other.stored_, nullptr)) {}
    delivery& operator=(delivery other) noexcept {
        std::swap(missed_, other.missed_);
        std::swap(stored_, other.stored_);
        return *this;
    }
    ~delivery() {
        if (stored_ != nullptr && --stored_->uses == 0) delete stored_;
    }

    [[nodiscard]] explicit operator bool() const noexcept { return stored_ != nullptr; }
    [[nodiscard]] const E& operator*() const noexcept { return stored_->event; }
    [[nodiscard]] const E* operator->() const noexcept { return &stored_->event; }
    /// Events that this subscriber has missed between the one before and this.
    [[nodiscard]] std::size_t missed() const noexcept { return missed_; }

private:
    friend class event_bus;

    class stored final : public detail::pooled {
    public:
        explicit stored(E&& what) : event(std::move(what)) {}
        E event;
        std::size_t uses = 1;
    };

    std::size_t missed_ = 0;
    stored* stored_ = nullptr;
};

/// The queue of one subscriber.
template <class E>
class event_bus<E>::subscriber final : public list_node {
public:
    explicit subscriber(event_bus& bus, std::size_t capacity, when_lagging policy,
                        supersedes_function supersedes)
        : bus_(bus.closed_ ? nullptr : &bus),
          slots_(std::make_unique<delivery[]>(checked(capacity))),
          capacity_(capacity),
          policy_(policy),
          supersedes_(std::move(supersedes)) {
        if (bus_ != nullptr) bus_->subscribers_.push_back(*this);
    }
    ~subscriber() {
        WEIR_ASSERT(receiver_.empty(), "a subscription ended while somebody waits at it");
        event_bus* const left = bus_;
        leave();
        if (left != nullptr) left->admit();
    }

    [[nodiscard]] bool holds_up() const noexcept {
        return policy_ == when_lagging::wait && count_ == capacity_;
    }
    void receive(const delivery& event) noexcept;
    [[nodiscard]] bool has_next() const noexcept { return count_ > 0 || bus_ == nullptr; }
    [[nodiscard]] result<delivery> take() noexcept;
    /// No further event comes.
    void leave() noexcept {
        if (is_linked()) unlink();
        bus_ = nullptr;
        receiver_.wake_one();
    }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] wait_queue& receiver() noexcept { return receiver_; }

private:
    static std::size_t checked(std::size_t capacity) noexcept {
        WEIR_ASSERT(capacity > 0, "a subscription needs room for at least one event");
        return capacity;
    }
    [[nodiscard]] delivery& slot(std::size_t offset) noexcept {
        const std::size_t index = head_ + offset;
        return slots_[index < capacity_ ? index : index - capacity_];
    }
    void push(delivery event) noexcept {
        event.missed_ = std::exchange(missed_, 0);
        slot(count_++) = std::move(event);
    }
    [[nodiscard]] delivery pop() noexcept {
        delivery event = std::move(slot(0));
        head_ = head_ + 1 == capacity_ ? 0 : head_ + 1;
        --count_;
        return event;
    }
    /// Which queued event makes room for `newer`.
    [[nodiscard]] std::size_t victim(const E& newer) noexcept {
        for (std::size_t i = 0; supersedes_ && i < count_; ++i) {
            if (supersedes_(*slot(i), newer)) return i;
        }
        return 0;
    }
    /// The one that follows says that this was missed.
    void drop(std::size_t place) noexcept {
        const std::size_t missed = slot(place).missed() + 1;
        for (std::size_t i = place; i + 1 < count_; ++i) slot(i) = std::move(slot(i + 1));
        slot(--count_) = delivery();
        (place < count_ ? slot(place).missed_ : missed_) += missed;
    }

    event_bus* bus_;  // null = no further event comes
    std::unique_ptr<delivery[]> slots_;
    std::size_t capacity_;
    std::size_t head_ = 0;
    std::size_t count_ = 0;
    std::size_t missed_ = 0;  // after the newest that is queued
    when_lagging policy_;
    bool has_lagged_ = false;
    supersedes_function supersedes_;
    wait_queue receiver_;
};

/// What one has subscribed to; its end is the end of that. Moves, does not copy. Must not be
/// destroyed while somebody waits in `next`.
template <class E>
class event_bus<E>::subscription {
public:
    /// Waits for the next event.
    ///
    /// @return        the event and how many were missed before it; none when the bus is closed and
    ///                the queue empty, and at every call after it.
    /// Errors:        no_buffer_space when it was closed because it lagged; operation_canceled.
    /// Cancellation:  nothing is lost: the event stays for the next call.
    /// Concurrency:   one call at a time.
    /// Allocates:     nothing.
    [[nodiscard]] next_awaiter next() noexcept { return next_awaiter(*subscriber_); }

    /// Events that wait for being asked for.
    [[nodiscard]] std::size_t size() const noexcept { return subscriber_->size(); }

private:
    friend class event_bus;
    explicit subscription(std::unique_ptr<subscriber> made) noexcept
        : subscriber_(std::move(made)) {}

    std::unique_ptr<subscriber> subscriber_;
};

template <class E>
class event_bus<E>::publish_awaiter final : public wait_queue::waiter {
public:
    explicit publish_awaiter(event_bus& bus, E&& event) : bus_(bus), event_(std::move(event)) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        if (note_stop(self.promise()) || bus_.closed_) return false;
        if (!bus_.has_room()) return join(bus_.publishers_, self.promise());
        publish();
        return false;
    }
    [[nodiscard]] result<void> await_resume() const noexcept {
        if (is_published_) return {};
        return fail(was_stopped() ? std::errc::operation_canceled : std::errc::broken_pipe);
    }
    void describe(std::string& out) const override { out += "room at subscribers"; }

private:
    friend class event_bus;
    void publish() noexcept {
        is_published_ = true;
        bus_.deliver(event_);
    }

    event_bus& bus_;
    delivery event_;
    bool is_published_ = false;
};

template <class E>
class event_bus<E>::next_awaiter final : public wait_queue::waiter {
public:
    explicit next_awaiter(subscriber& from) noexcept : from_(from) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        WEIR_ASSERT(from_.receiver().empty(), "a second next of a subscription while one waits");
        if (note_stop(self.promise()) || from_.has_next()) return false;
        return join(from_.receiver(), self.promise());
    }
    [[nodiscard]] result<delivery> await_resume() noexcept {
        if (was_stopped()) return fail(std::errc::operation_canceled);
        return from_.take();
    }
    void describe(std::string& out) const override { out += "event of a bus"; }

private:
    subscriber& from_;
};

template <class E>
auto event_bus<E>::subscribe(std::size_t capacity, when_lagging policy,
                             supersedes_function supersedes) -> subscription {
    return subscription(
        std::make_unique<subscriber>(*this, capacity, policy, std::move(supersedes)));
}

template <class E>
void event_bus<E>::close() noexcept {
    closed_ = true;
    publishers_.wake_all();
    subscribers_.for_each([](subscriber& each) { each.leave(); });
}

template <class E>
void event_bus<E>::admit() noexcept {
    while (!publishers_.empty() && has_room()) {
        static_cast<publish_awaiter&>(publishers_.front()).publish();
        publishers_.wake_one();
    }
}

template <class E>
void event_bus<E>::subscriber::receive(const delivery& event) noexcept {
    if (count_ == capacity_) {
        switch (policy_) {
            case when_lagging::wait:
                WEIR_ASSERT(false, "an event was published past one who must not miss any");
                break;
            case when_lagging::drop_oldest:
                drop(victim(*event));
                break;
            case when_lagging::drop_newest:
                ++missed_;
                return;
            case when_lagging::close:
                has_lagged_ = true;
                return leave();
        }
    }
    push(event);
    receiver_.wake_one();
}

template <class E>
auto event_bus<E>::subscriber::take() noexcept -> result<delivery> {
    if (count_ > 0) {
        delivery event = pop();
        if (bus_ != nullptr) bus_->admit();
        return event;
    }
    if (has_lagged_) return fail(std::errc::no_buffer_space);
    delivery end;
    end.missed_ = std::exchange(missed_, 0);
    return end;
}

}  // namespace weir
