// SPDX-License-Identifier: Apache-2.0
// value_store: what a tiered_cache asks of its lower tiers, and two of them as one.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>

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
/// near one. Both must outlive it.
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
        auto farther = co_await ok(far_.load(key));
        if (farther) static_cast<void>(co_await near_.save(key, farther->value, farther->left));
        co_return farther;
    }
    /// Keeps `value` in both, in the far one first.
    ///
    /// Errors:        those of the stores; the far one may have it then.
    /// Cancellation:  as the stores.
    [[nodiscard]] task<result<void>> save(const K& key, const V& value,
                                          std::chrono::nanoseconds ttl) {
        co_await ok(far_.save(key, value, ttl));
        co_return co_await near_.save(key, value, ttl);
    }
    /// Forgets the value of `key`, in both, in the far one first: nobody brings it back from there.
    ///
    /// Errors:        those of the stores.
    /// Cancellation:  as the stores.
    [[nodiscard]] task<result<void>> erase(const K& key) {
        const auto erased = co_await far_.erase(key);
        co_await ok(near_.erase(key));
        co_return erased;
    }

private:
    Near& near_;
    Far& far_;
};

}  // namespace weir
