// SPDX-License-Identifier: Apache-2.0
// load_batch: keys that one call loads, and each of them the outcome of a load of its own. Under
// cache::get_many.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/sync/single_flight.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::detail {

/// Gives an outcome for each key, in their order.
template <class K, class V>
using load_many_function =
    std::function<task<result<std::vector<result<V>>>>(const std::vector<K>&)>;

/// Batches under way, by address; the value says nothing.
using batch_flights = single_flight<const void*, bool>;

/// Held by all the loads that take an outcome from it.
template <class K, class V, class Hash, class Equal>
class load_batch {
public:
    explicit load_batch(batch_flights& flights, const load_many_function<K, V>& load) noexcept
        : flights_(flights), load_(load) {}

    /// Takes `key`, unless it is there already.
    void add(const K& key) {
        if (indices_.try_emplace(key, keys_.size()).second) keys_.push_back(key);
    }
    /// Where `key` is, if it is here.
    [[nodiscard]] std::optional<std::size_t> index_of(const K& key) const {
        const auto found = indices_.find(key);
        if (found == indices_.end()) return std::nullopt;
        return found->second;
    }
    /// The outcome of one key; the first that asks loads them all.
    ///
    /// Errors:        those of the load; illegal_byte_sequence.
    /// Cancellation:  the load goes on for the others.
    [[nodiscard]] task<result<V>> outcome_of(std::size_t index) {
        // The load may be over before the second asks.
        if (!loaded_) {
            const auto load = [this](const void*) { return load_all(); };
            static_cast<void>(co_await ok(flights_.run(this, load)));
        }
        if (!*loaded_) co_return fail(loaded_->error());
        co_return (**loaded_)[index];
    }

private:
    [[nodiscard]] task<result<bool>> load_all() {
        outcomes loaded = co_await load_(keys_);
        if (!loaded && is_stopped(loaded.error())) co_return fail(loaded.error());
        if (loaded && loaded->size() != keys_.size()) {
            loaded = fail(std::errc::illegal_byte_sequence);
        }
        loaded_.emplace(std::move(loaded));
        co_return true;
    }

    using outcomes = result<std::vector<result<V>>>;
    batch_flights& flights_;
    const load_many_function<K, V>& load_;
    std::vector<K> keys_;
    std::unordered_map<K, std::size_t, Hash, Equal> indices_;
    std::optional<outcomes> loaded_;
};

}  // namespace weir::detail
