// SPDX-License-Identifier: Apache-2.0
// value_store: what a tiered_cache asks of its lower tiers, and two of them as one.
#pragma once

#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <concepts>
#include <optional>
#include <utility>

namespace weir {

/// A value with the time that it has left; `duration::max()` = for ever.
template <class V>
class stored_value {
public:
    explicit stored_value(V value_, std::chrono::nanoseconds left_)
        : value(std::move(value_)), left(left_) {}
    V value;
    std::chrono::nanoseconds left;
};

/// Keeps values beyond a process's cache: in memory, on disk, in another process. It may forget any
/// of them at any time, but never gives another value than the last that was saved.
template <class S, class K, class V>
concept value_store =
    requires(S& store, const K& key, const V& value, std::chrono::nanoseconds ttl) {
        /// Nothing = it has none.
        { store.load(key) } -> std::same_as<task<result<std::optional<stored_value<V>>>>>;
        { store.save(key, value, ttl) } -> std::same_as<task<result<void>>>;
        { store.erase(key) } -> std::same_as<task<result<void>>>;
    };

/// Two stores as one: what the near one does not have is looked for in the far one and kept in the
/// near one, unless it was saved or erased meanwhile. Both must outlive it. Belongs to one shard;
/// neither copies nor moves.
template <class K, class V, value_store<K, V> Near, value_store<K, V> Far>
class stacked_store {
public:
    explicit stacked_store(Near& near, Far& far) noexcept : near_(near), far_(far) {}

    /// The value of `key`, if one of them has it. A near store that fails is passed over.
    ///
    /// Errors:        those of the far store.
    /// Cancellation:  as the stores.
    [[nodiscard]] task<result<std::optional<stored_value<V>>>> load(const K& key) {
        auto found = co_await near_.load(key);
        if (found && *found) co_return found;
        const running_load load(*this, key);
        auto farther = co_await ok(far_.load(key));
        if (!farther || load.is_superseded_) co_return farther;
        static_cast<void>(co_await near_.save(key, farther->value, farther->left));
        // Whether this or what superseded it came last, is not known.
        if (load.is_superseded_) static_cast<void>(co_await shield(near_.erase(key), patience));
        co_return farther;
    }
    /// Keeps `value` in both, in the far one first.
    ///
    /// Errors:        those of the stores; the far one may have it then.
    /// Cancellation:  as the stores.
    [[nodiscard]] task<result<void>> save(const K& key, const V& value,
                                          std::chrono::nanoseconds ttl) {
        const auto saved = co_await far_.save(key, value, ttl);
        supersede(key);
        if (!saved) co_return saved;
        co_return co_await near_.save(key, value, ttl);
    }
    /// Forgets the value of `key`, in both, in the far one first: nobody brings it back from there.
    ///
    /// Errors:        those of the stores.
    /// Cancellation:  as the stores.
    [[nodiscard]] task<result<void>> erase(const K& key) {
        const auto erased = co_await far_.erase(key);
        supersede(key);
        co_await ok(near_.erase(key));
        co_return erased;
    }

private:
    /// How long the near store may take to forget what should not be there.
    static constexpr std::chrono::seconds patience{1};

    /// A value on its way from far to near: in the frame that brings it.
    class running_load : public list_node {
    public:
        explicit running_load(stacked_store& owner, const K& key) noexcept : key_(key) {
            owner.loads_.push_back(*this);
        }
        running_load(const running_load&) = delete;
        running_load& operator=(const running_load&) = delete;
        ~running_load() { unlink(); }

        const K& key_;
        bool is_superseded_ = false;
    };

    /// What was read from the far store so far may not be what it has now.
    void supersede(const K& key) noexcept {
        loads_.for_each([&](running_load& each) {
            if (each.key_ == key) each.is_superseded_ = true;
        });
    }

    Near& near_;
    Far& far_;
    intrusive_list<running_load> loads_;
};

}  // namespace weir
