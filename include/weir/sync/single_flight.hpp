// SPDX-License-Identifier: Apache-2.0
// single_flight: whoever asks for a key while a load for it is under way waits for that one.
//
//   no load --run--> loading --the load ends--> every waiter has the outcome
//                       |  a waiter is stopped: it leaves; the load goes on for the others
//                       \--the last waiter is stopped--> stopping --the load ends--> over
//                                                   run meanwhile \--without a value--> loading
//                                                   anew
//
// A load belongs to nobody who waits for it, so no stop of one of them disturbs the others. The
// last one stops the load and stays until it has ended: no load outlives all that asked for it.
// (golang/sync's singleflight is the model; a cancelled leader there takes the others with it.)
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/sync/detail/shared_load.hpp>

#include <algorithm>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir {

/// Loads of `V`s by key, at most one a key at a time. Lives in the frame of the task that owns it
/// and belongs to that shard; neither copies nor moves. Must not be destroyed while somebody waits.
///
/// ```cpp
/// weir::single_flight<int, user> users(co_await weir::this_task());
/// auto load = [](int id) { return fetch_user(id); };
/// const weir::result<user> found = co_await users.run(7, load);    // in any number of tasks
/// ```
template <class K, std::copy_constructible V, class Hash = std::hash<K>,
          class Equal = std::equal_to<>>
class single_flight {
public:
    class run_awaiter;
    using load_function = std::function<task<result<V>>(const K&)>;

    /// Loads run in a scope of their own below that of `owner`, whose context values they see.
    explicit single_flight(task_view owner) noexcept : single_flight(owner.ambient()) {
        scope_.set_owner(&owner.promise());
    }
    explicit single_flight(scope& parent) noexcept : scope_(parent) {}
    single_flight(const single_flight&) = delete;
    single_flight& operator=(const single_flight&) = delete;
    ~single_flight() {
        WEIR_ASSERT(in_flight() == 0, "a single_flight was destroyed while a load is under way");
    }

    /// Waits for the outcome of the load for `key` that is under way; where there is none, begins
    /// one by calling `load`.
    ///
    /// @param load    called with the key, or with nothing, gives a `task<result<V>>`; it and the
    ///                key are kept until that task has ended. It must not ask for its own key,
    ///                which would wait for ever.
    /// @return        a copy of what the load gave.
    /// Errors:        those of the load, the same for all that waited; operation_canceled. An
    ///                exception of the load is rethrown to each.
    /// Cancellation:  ends this wait only. The last one that waits stops the load and returns when
    ///                that has ended, with its value if it has one in spite of the stop.
    /// Concurrency:   any number of tasks of the shard.
    /// Allocates:     a few blocks a load, nothing for those that join one.
    template <class F>
        requires std::invocable<F&, const K&> || std::invocable<F&>
    [[nodiscard]] run_awaiter run(K key, F load) {
        if constexpr (std::invocable<F&, const K&>) {
            return run_awaiter(*this, std::move(key), std::move(load));
        } else {
            return run_awaiter(*this, std::move(key),
                               [load = std::move(load)](const K&) mutable { return load(); });
        }
    }

    /// Whoever asks for `key` from now on gets a load of its own; those that wait already get what
    /// the one under way gives.
    void forget(const K& key) {
        const auto found = flights_.find(key);
        if (found != flights_.end()) forgotten_.push_back(flights_.extract(found));
    }

    /// Whether `run(key)` would join a load.
    [[nodiscard]] bool is_loading(const K& key) const { return flights_.contains(key); }
    /// Loads under way.
    [[nodiscard]] std::size_t in_flight() const noexcept {
        return flights_.size() + forgotten_.size();
    }

private:
    class flight;
    using waiters = intrusive_list<run_awaiter>;
    using flight_map = std::unordered_map<K, std::unique_ptr<flight>, Hash, Equal>;

    /// Begins a load with what the first of `all` brings, unless one is under way; all of them wait
    /// for it.
    void begin(const K& key, waiters& all) noexcept;
    /// Takes a load that has ended out of those under way.
    [[nodiscard]] typename flight_map::node_type take_out(const flight& ended) noexcept;
    /// The load has ended: tells everybody.
    void settle(flight& ended) noexcept;

    scope scope_;
    flight_map flights_;
    std::vector<typename flight_map::node_type> forgotten_;
};

/// One load and those that wait for it.
template <class K, std::copy_constructible V, class Hash, class Equal>
class single_flight<K, V, Hash, Equal>::flight final : public detail::shared_load<V> {
public:
    explicit flight(single_flight& owner, const K& key, load_function load)
        : detail::shared_load<V>(owner.scope_), owner_(owner), key_(key), load_(std::move(load)) {}

    /// Returns false when it has ended at once.
    [[nodiscard]] bool begin() noexcept {
        return this->start([this] { return load_(key_); });
    }
    void stop_for_the_last() noexcept {
        is_stopping = true;
        this->stop();
    }
    [[nodiscard]] const K& key() const noexcept { return key_; }

    waiters waiting;
    waiters successors;  // have come while it was stopping
    bool is_stopping = false;

private:
    void load_ended() noexcept override { owner_.settle(*this); }

    single_flight& owner_;
    const K& key_;
    load_function load_;
};

template <class K, std::copy_constructible V, class Hash, class Equal>
class single_flight<K, V, Hash, Equal>::run_awaiter final : public wait_point, public list_node {
public:
    explicit run_awaiter(single_flight& owner, K key, load_function load)
        : owner_(owner), key_(std::move(key)), load_(std::move(load)) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        if (self.promise().ambient().is_stopped()) {
            outcome_.emplace(fail(std::errc::operation_canceled));
            return false;
        }
        const auto under_way = owner_.flights_.find(key_);
        if (under_way != owner_.flights_.end()) {
            stand_in(*under_way->second);
        } else {
            waiters alone;
            alone.push_back(*this);
            owner_.begin(key_, alone);
        }
        if (is_done()) return false;
        suspend(self.promise());
        return true;
    }
    [[nodiscard]] result<V> await_resume() {
        if (exception_) std::rethrow_exception(exception_);
        return std::move(*outcome_);
    }

    void request_stop() noexcept override {
        const bool is_last =
            is_among_waiting_ && &flight_->waiting.front() == &flight_->waiting.back();
        if (is_last) return flight_->stop_for_the_last();
        unlink();
        outcome_.emplace(fail(std::errc::operation_canceled));
        wake();
    }
    void describe(std::string& out) const override { out += "single flight"; }

private:
    friend class single_flight;

    [[nodiscard]] bool is_done() const noexcept { return outcome_ || exception_; }
    void stand_in(flight& joined) noexcept {
        flight_ = &joined;
        is_among_waiting_ = !joined.is_stopping;
        (is_among_waiting_ ? joined.waiting : joined.successors).push_back(*this);
    }
    /// The outcome is there, for one that waits or that is just about to.
    void take(const flight& ended) noexcept {
        unlink();
        exception_ = ended.exception;
        try {
            if (!exception_) outcome_.emplace(*ended.value);
        } catch (...) {
            exception_ = std::current_exception();  // of the copy
        }
        if (is_waiting()) wake();
    }

    single_flight& owner_;
    K key_;
    load_function load_;
    flight* flight_ = nullptr;
    bool is_among_waiting_ = false;
    std::optional<result<V>> outcome_;
    std::exception_ptr exception_;
};

template <class K, std::copy_constructible V, class Hash, class Equal>
void single_flight<K, V, Hash, Equal>::begin(const K& key, waiters& all) noexcept {
    const auto [place, is_free] = flights_.try_emplace(key);
    if (is_free) {
        place->second = std::make_unique<flight>(*this, place->first, std::move(all.front().load_));
    }
    flight& joined = *place->second;
    while (!all.empty()) all.pop_front().stand_in(joined);
    if (is_free && !joined.begin()) settle(joined);
}

template <class K, std::copy_constructible V, class Hash, class Equal>
auto single_flight<K, V, Hash, Equal>::take_out(const flight& ended) noexcept ->
    typename flight_map::node_type {
    const auto found = flights_.find(ended.key());
    if (found != flights_.end() && found->second.get() == &ended) return flights_.extract(found);
    const auto forgotten =
        std::find_if(forgotten_.begin(), forgotten_.end(),
                     [&](const auto& each) { return each.mapped().get() == &ended; });
    auto node = std::move(*forgotten);
    forgotten_.erase(forgotten);
    return node;
}

template <class K, std::copy_constructible V, class Hash, class Equal>
void single_flight<K, V, Hash, Equal>::settle(flight& ended) noexcept {
    // Out of the map first: whoever is told may ask again.
    const auto kept = take_out(ended);
    while (!ended.waiting.empty()) ended.waiting.front().take(ended);
    if (ended.successors.empty()) return;
    const bool has_value = ended.value && *ended.value;
    if (!has_value) return begin(kept.key(), ended.successors);
    while (!ended.successors.empty()) ended.successors.front().take(ended);
}

}  // namespace weir
