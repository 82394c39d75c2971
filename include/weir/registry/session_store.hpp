// SPDX-License-Identifier: Apache-2.0
// session_store: sessions in memory over a place that keeps them longer: a session that was saved
// is found again after it has left memory, or by the process that comes next.
//
// A session is saved when its user says so; what was not saved ends with its place in memory.
#pragma once

#include <weir/base/intrusive_list.hpp>
#include <weir/base/refusal.hpp>
#include <weir/base/result.hpp>
#include <weir/cache/value_store.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/registry/session_table.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace weir {

/// A place for sessions that keeps none.
template <class K, class S>
class no_session_backend {
public:
    no_session_backend() noexcept = default;
    /// Finds nothing.
    ///
    /// Errors:        none.
    /// Cancellation:  not a cancel point.
    [[nodiscard]] task<result<std::optional<stored_value<S>>>> load(const K& /*key*/) {
        co_return std::nullopt;
    }
    /// Keeps nothing.
    ///
    /// Errors:        none.
    /// Cancellation:  not a cancel point.
    [[nodiscard]] task<result<void>> save(const K& /*key*/, const S& /*value*/,
                                          std::chrono::nanoseconds /*ttl*/) {
        co_return result<void>();
    }
    /// Has nothing to erase.
    ///
    /// Errors:        none.
    /// Cancellation:  not a cancel point.
    [[nodiscard]] task<result<void>> erase(const K& /*key*/) { co_return result<void>(); }
};

/// Sessions `S` by key, over a backend that must outlive it. Belongs to one shard; neither copies
/// nor moves.
///
/// ```cpp
/// weir::session_store<std::string, basket, redis_baskets> baskets(options, in_redis);
/// auto mine = co_await weir::ok(baskets.open_or_create(cookie, basket()));
/// mine->add(item);
/// co_await weir::ok(baskets.save(cookie, mine));
/// ```
template <class K, class S, value_store<K, S> Backend = no_session_backend<K, S>,
          class Hash = std::hash<K>>
class session_store {
public:
    using table_type = session_table<K, S, Hash>;
    using pin = typename table_type::pin;

    explicit session_store(const session_options& options, Backend& backend)
        : table_(options), backend_(backend) {}
    session_store(const session_store&) = delete;
    session_store& operator=(const session_store&) = delete;
    ~session_store() = default;

    /// The session of `key`, from memory or else from the backend.
    ///
    /// @return        a pin; empty when there is no such session.
    /// Errors:        refusal::exhausted when it is not in memory and those there are pinned; those
    ///                of the backend; operation_canceled.
    /// Cancellation:  nothing is changed.
    /// Concurrency:   several may ask for one key; all get the same session. One that is erased
    ///                while it is loaded is not found.
    /// Allocates:     nothing for a session in memory but the pooled frame.
    [[nodiscard]] task<result<pin>> open(K key) {
        co_await ok(check_stopped());
        if (pin here = table_.find_pinned(key, now())) co_return here;
        loading under_way(key);
        loads_.push_back(under_way);
        auto loaded = co_await backend_.load(key);
        if (!loaded) co_return fail(loaded.error());
        if (under_way.is_erased || !*loaded) co_return pin();
        co_return kept(table_.emplace(std::move(key), std::move((*loaded)->value), now()));
    }
    /// The session of `key` as `open` gives it, or a new one of `value`, which is not saved yet.
    ///
    /// @return        a pin, never an empty one.
    /// Errors:        as `open`.
    /// Cancellation:  nothing is changed.
    [[nodiscard]] task<result<pin>> open_or_create(K key, S value) {
        pin here = co_await ok(open(key));
        if (here) co_return here;
        co_return kept(table_.emplace(std::move(key), std::move(value), now()));
    }
    /// Saves `session`, the one of `key`, for `idle_timeout` from now. One that was erased is not
    /// saved.
    ///
    /// Errors:        those of the backend; then it may have saved it.
    /// Cancellation:  as the backend.
    /// Concurrency:   not at the same time as `erase` of the key: the backend may do one after the
    ///                other or the other way round.
    [[nodiscard]] task<result<void>> save(const K& key, const pin& session) {
        co_await ok(check_stopped());
        if (!session.is_listed()) co_return result<void>();
        co_return co_await backend_.save(key, *session, table_.options().idle_timeout);
    }
    /// Forgets the session of `key`, in memory at once, and in the backend.
    ///
    /// Errors:        those of the backend; then it may still be there.
    /// Cancellation:  as the backend; in memory it is gone.
    [[nodiscard]] task<result<void>> erase(const K& key) {
        table_.erase(key);
        loads_.for_each([&](loading& each) { each.is_erased |= each.key == key; });
        co_return co_await backend_.erase(key);
    }
    /// Erases from memory, every `sweep_interval`, what is over, until it is stopped. For a
    /// `task_group`; without it what is over goes when it is asked for, or for a new one.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  is how it ends.
    [[nodiscard]] task<result<void>> sweep() {
        while (true) {
            co_await ok(sleep_for(table_.options().sweep_interval));
            // In pieces, so that others have their turn.
            for (std::size_t left = table_.size(); left > 0;) {
                const std::size_t steps = std::min<std::size_t>(left, swept_at_once);
                table_.sweep(now(), steps);
                left -= steps;
                co_await ok(yield());
            }
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }
    [[nodiscard]] const session_statistics& statistics() const noexcept {
        return table_.statistics();
    }
    /// What is in memory, for a look without a suspension.
    [[nodiscard]] table_type& table() noexcept { return table_; }

private:
    static constexpr std::size_t swept_at_once = 4096;

    /// Stands in the frame of a load.
    class loading : public list_node {
    public:
        explicit loading(const K& key_) : key(key_) {}
        ~loading() {
            if (is_linked()) unlink();
        }
        K key;
        bool is_erased = false;
    };

    [[nodiscard]] static std::chrono::steady_clock::time_point now() noexcept {
        return reactor::current().now();
    }
    [[nodiscard]] static result<pin> kept(pin made) {
        if (!made) return fail(refusal::exhausted);
        return made;
    }

    table_type table_;
    Backend& backend_;
    intrusive_list<loading> loads_;
};

}  // namespace weir
