// SPDX-License-Identifier: Apache-2.0
// memory_store: a value_store in memory: a lower tier with a bound of its own, and a stand-in for
// one over the network in tests.
#pragma once

#include <weir/base/result.hpp>
#include <weir/cache/cache_state.hpp>
#include <weir/cache/value_store.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/reactor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir {

/// Belongs to one shard; neither copies nor moves.
template <class K, class V, class Traits = cache_traits<K, V>>
class memory_store {
public:
    /// @param max_weight  entries, where each weighs 1.
    explicit memory_store(std::uint64_t max_weight) : state_(cache_options(max_weight)) {}

    /// The value of `key`, if it is here.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  nothing is changed.
    [[nodiscard]] task<result<std::optional<stored_value<V>>>> load(const K& key) {
        co_await ok(check_stopped());
        const auto now = reactor::current().now();
        const auto known = state_.look_up(key, now);
        if (known.value == nullptr) co_return std::nullopt;
        const auto end = known.fresh_until;
        constexpr auto forever = std::chrono::nanoseconds::max();
        const bool is_endless = end == std::chrono::steady_clock::time_point::max();
        co_return stored_value<V>(*known.value, is_endless ? forever : end - now);
    }
    /// Keeps `value` for `ttl`.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  nothing is changed.
    [[nodiscard]] task<result<void>> save(const K& key, const V& value,
                                          std::chrono::nanoseconds ttl) {
        co_await ok(check_stopped());
        state_.put(key, value, reactor::current().now(), ttl);
        co_return result<void>();
    }
    /// Forgets the value of `key`.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  nothing is changed.
    [[nodiscard]] task<result<void>> erase(const K& key) {
        co_await ok(check_stopped());
        state_.erase(key);
        co_return result<void>();
    }
    [[nodiscard]] std::size_t size() const noexcept { return state_.size(); }

private:
    cache_state<K, V, Traits> state_;
};

}  // namespace weir
