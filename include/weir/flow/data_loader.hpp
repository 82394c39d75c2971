// SPDX-License-Identifier: Apache-2.0
// data_loader: what many tasks ask for one by one is loaded at once, so that N tasks that want a
// row each make one query and not N. (Facebook's DataLoader is the model; it keeps what it loaded,
// too, which is a cache's business here.)
//
//   asked --the turn of the loop ends--> loading --the answer--> each has its own key's outcome
//     |        (or the delay is over)       |  a waiter is stopped: it leaves
//     \ a waiter is stopped: it leaves,     \  the last one: stops the load, stays until its end
//       its key with it
//
// A batch begins when all that was ready has run, before the kernel is entered: whoever could ask
// in this turn has asked, and the load's own requests leave with the same system call.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/flow/error.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>
#include <weir/sync/detail/shared_load.hpp>

#include <chrono>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::flow {

/// What is loaded at once.
class data_loader_options {
public:
    data_loader_options() noexcept {}

    std::size_t max_keys = 100;  ///< of a load, 1 ... any; more make more loads
    /// How long the first key of a load that is not full may wait for others; 0 = until the end of
    /// the turn.
    std::chrono::nanoseconds max_delay{0};
};

/// Loads `V`s by key, many at a time. Lives in the frame of the task that owns it and belongs to
/// that shard; neither copies nor moves. Must not be destroyed while somebody waits.
///
/// ```cpp
/// weir::flow::data_loader<int, user> users(co_await weir::this_task(), select_users);
/// const weir::result<user> found = co_await users.load(id);        // in any number of tasks
/// ```
template <class K, std::copy_constructible V, class Hash = std::hash<K>>
class data_loader final : private timer, private turn_end_hook {
public:
    class load_awaiter;
    /// The outcomes, in the order of the keys.
    using answer = std::vector<result<V>>;
    /// The keys are all different and stay until its task has ended.
    using load_function = std::function<task<result<answer>>(std::span<const K>)>;

    /// Loads run in scopes of their own below that of `owner`, whose context values they see.
    explicit data_loader(task_view owner, load_function load,
                         const data_loader_options& options = data_loader_options())
        : options_(options), load_(std::move(load)), scope_(owner.ambient()) {
        WEIR_ASSERT(options.max_keys > 0, "a load has at least one key");
        scope_.set_owner(&owner.promise());
    }
    data_loader(const data_loader&) = delete;
    data_loader& operator=(const data_loader&) = delete;
    ~data_loader() {
        WEIR_ASSERT(asked_.empty() && batches_.empty(),
                    "a data_loader was destroyed while somebody waits");
        rest();
    }

    /// Asks for `key` together with all that is asked for in this turn.
    ///
    /// @return        a copy of what the load gave for this key.
    /// Errors:        that of the key, or of the whole load; wrong_answer_size when the load did
    ///                not give one outcome for each key; operation_canceled. An exception of the
    ///                load is rethrown to each.
    /// Cancellation:  ends this wait only; a key that nobody else has asked for is not loaded, if
    ///                its load has not begun. The last one that waits for a load stops it and
    ///                returns when that has ended, with its value if it has one in spite of that.
    /// Concurrency:   any number of tasks of the shard, and of loads. Equal keys of one load are
    ///                loaded once.
    /// Allocates:     a small block a key, a few blocks a load.
    [[nodiscard]] load_awaiter load(K key) { return load_awaiter(*this, std::move(key)); }

    /// Keys whose load has not begun.
    [[nodiscard]] std::size_t asked() const noexcept { return asked_.size(); }
    /// Loads under way.
    [[nodiscard]] std::size_t in_flight() const noexcept { return batches_.size(); }

private:
    class wanted;
    class batch;
    using wanted_map = std::unordered_map<K, wanted, Hash>;

    void add(load_awaiter& asker);
    void leave(load_awaiter& asker) noexcept;
    void begin_batches() noexcept;
    void settle(batch& ended) noexcept;
    /// Waits for no end of a turn and for no time.
    void rest() noexcept {
        reactor::current().timers().disarm(*this);
        if (turn_end_hook::is_linked()) turn_end_hook::unlink();
    }
    void expired() noexcept override { begin_batches(); }
    void turn_ends() noexcept override { begin_batches(); }

    data_loader_options options_;
    load_function load_;
    scope scope_;
    wanted_map asked_;
    intrusive_list<wanted> order_;  // of what is asked
    std::list<batch> batches_;
};

/// A key's waiters, and the load that they wait for.
template <class K, std::copy_constructible V, class Hash>
class data_loader<K, V, Hash>::wanted final : public list_node {
public:
    wanted() noexcept = default;
    intrusive_list<load_awaiter> waiting;
    batch* loads = nullptr;  // null = not begun
    const K* key = nullptr;
};

/// One load.
template <class K, std::copy_constructible V, class Hash>
class data_loader<K, V, Hash>::batch final : public weir::detail::shared_load<answer> {
public:
    explicit batch(data_loader& owner)
        : weir::detail::shared_load<answer>(owner.scope_), owner_(owner) {}

    /// Takes over a key and those that wait for it.
    void add(typename wanted_map::node_type&& node) {
        node.mapped().loads = this;
        node.mapped().waiting.for_each([this](load_awaiter&) { ++waiting; });
        keys_.push_back(node.key());
        nodes_.push_back(std::move(node));
    }
    [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }

    /// Returns false when it has ended at once.
    [[nodiscard]] bool begin() noexcept {
        return this->start([this] { return owner_.load_(std::span<const K>(keys_)); });
    }
    /// Tells everybody what has come of it.
    void tell() noexcept {
        if (this->value && *this->value && (*this->value)->size() != keys_.size()) {
            this->value.emplace(fail(errc::wrong_answer_size));
        }
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            auto& waiters = nodes_[i].mapped().waiting;
            while (!waiters.empty()) tell(waiters.pop_front(), i);
        }
    }

    std::size_t waiting = 0;

private:
    void tell(load_awaiter& waiter, std::size_t index) noexcept {
        if (this->exception) return waiter.take(this->exception);
        if (!*this->value) return waiter.take(fail((*this->value).error()));
        waiter.take((**this->value)[index]);
    }
    void load_ended() noexcept override { owner_.settle(*this); }

    data_loader& owner_;
    std::vector<typename wanted_map::node_type> nodes_;
    std::vector<K> keys_;
};

template <class K, std::copy_constructible V, class Hash>
class data_loader<K, V, Hash>::load_awaiter final : public wait_point, public list_node {
public:
    explicit load_awaiter(data_loader& owner, K key) : owner_(owner), key_(std::move(key)) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        if (self.promise().ambient().is_stopped()) {
            outcome_.emplace(fail(std::errc::operation_canceled));
            return false;
        }
        owner_.add(*this);
        suspend(self.promise());
        return true;
    }
    [[nodiscard]] result<V> await_resume() {
        if (exception_) std::rethrow_exception(exception_);
        return std::move(*outcome_);
    }
    void request_stop() noexcept override {
        if (wanted_->loads != nullptr && wanted_->loads->waiting == 1)
            return wanted_->loads->stop();
        owner_.leave(*this);
        take(fail(std::errc::operation_canceled));
    }
    void describe(std::string& out) const override { out += "data loader"; }

private:
    friend class data_loader;

    void take(const result<V>& outcome) noexcept {
        try {
            outcome_.emplace(outcome);
        } catch (...) {
            exception_ = std::current_exception();  // of the copy
        }
        wake();
    }
    void take(const std::exception_ptr& exception) noexcept {
        exception_ = exception;
        wake();
    }

    data_loader& owner_;
    K key_;
    wanted* wanted_ = nullptr;
    std::optional<result<V>> outcome_;
    std::exception_ptr exception_;
};

template <class K, std::copy_constructible V, class Hash>
void data_loader<K, V, Hash>::add(load_awaiter& asker) {
    const auto [place, is_new] = asked_.try_emplace(asker.key_);
    wanted& key = place->second;
    if (is_new) {
        key.key = &place->first;
        order_.push_back(key);
    }
    key.waiting.push_back(asker);
    asker.wanted_ = &key;
    reactor& loop = reactor::current();
    if (options_.max_delay <= std::chrono::nanoseconds(0) || asked_.size() >= options_.max_keys) {
        loop.at_turn_end(*this);
    } else if (!timer::is_armed()) {
        loop.timers().arm(*this, loop.now() + options_.max_delay);
    }
}

template <class K, std::copy_constructible V, class Hash>
void data_loader<K, V, Hash>::leave(load_awaiter& asker) noexcept {
    asker.unlink();
    wanted& key = *asker.wanted_;
    if (key.loads != nullptr) {
        --key.loads->waiting;
    } else if (key.waiting.empty()) {
        key.unlink();
        asked_.erase(asked_.find(*key.key));
        if (asked_.empty()) rest();
    }
}

template <class K, std::copy_constructible V, class Hash>
void data_loader<K, V, Hash>::begin_batches() noexcept {
    rest();
    while (!order_.empty()) {
        batch& begun = batches_.emplace_back(*this);
        while (!order_.empty() && begun.size() < options_.max_keys) {
            begun.add(asked_.extract(*order_.pop_front().key));
        }
        if (!begun.begin()) settle(begun);
    }
}

template <class K, std::copy_constructible V, class Hash>
void data_loader<K, V, Hash>::settle(batch& ended) noexcept {
    ended.tell();
    batches_.remove_if([&ended](const batch& each) { return &each == &ended; });
}

}  // namespace weir::flow
