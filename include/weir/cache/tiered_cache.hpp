// SPDX-License-Identifier: Apache-2.0
// tiered_cache: a cache in front of a slower store (value_store) in front of the source. A miss
// here is looked for there, and only then loaded; what is loaded is kept in both.
//
//   get --> cache --miss--> store --has none, or fails--> load --> store (at once or behind)
//
// A store that fails is passed over: it makes things slower, never wrong, and is counted.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/cache/cache.hpp>
#include <weir/cache/value_store.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace weir {

/// When a loaded value is written to the store.
enum class store_writes : std::uint8_t {
    through,  ///< before it is given to those who wait for it
    behind,   ///< afterwards, beside other work
};

/// How a tiered_cache uses its store.
class tier_options {
public:
    using duration = std::chrono::nanoseconds;
    tier_options() noexcept {}

    /// How long the store keeps a value.
    duration ttl = duration::max();
    /// The store is passed over when it does not answer so soon.
    duration timeout = std::chrono::seconds(1);
    store_writes writes = store_writes::through;
    /// Writes behind at once; beyond it a value is not written, and that is counted.
    std::size_t max_behind = 64;
};

/// What a tiered_cache has done beyond its first tier; a snapshot.
class tier_statistics {
public:
    tier_statistics() noexcept = default;

    std::uint64_t hits = 0;      ///< that the store had
    std::uint64_t misses = 0;    ///< that were loaded
    std::uint64_t failures = 0;  ///< of the store, in reading or writing
    std::uint64_t skipped = 0;   ///< writes that did not fit behind
};

/// A cache with a store behind it. Lives in the frame of the task that owns it and belongs to that
/// shard; the store must outlive it. `co_await close()` before it ends.
///
/// ```cpp
/// weir::file_store<int, std::string> disk(weir::file_store_options("pages"));
/// weir::tiered_cache<int, std::string, decltype(disk)> pages(
///     co_await weir::this_task(), weir::cache_options(1000), disk, fetch_page);
/// const auto page = co_await pages.get(7);
/// co_await pages.close();
/// ```
template <class K, class V, value_store<K, V> Store, class Traits = cache_traits<K, V>>
class tiered_cache {
public:
    using near_cache = cache<K, V, Traits>;
    using load_function = std::function<task<result<V>>(const K&)>;

    explicit tiered_cache(task_view owner, cache_options options, Store& store, load_function load,
                          tier_options tier = tier_options())
        : store_(store),
          load_(std::move(load)),
          tier_(tier),
          behind_(owner, std::max<std::size_t>(1, tier.max_behind), on_error::collect_all),
          near_(owner, options, [this](const K& key, load_terms<K>& terms) {
              return load_from_below(key, terms);
          }) {}

    /// The value of `key`: from the cache, from the store, or loaded. As `cache::get`.
    ///
    /// Errors:        those of the load; timed_out; operation_canceled.
    /// Cancellation:  ends this wait; the load goes on for the others.
    [[nodiscard]] auto get(K key) { return near_.get(std::move(key)); }

    /// Keeps `value` in both tiers, in the store first.
    ///
    /// Errors:        those of the store, which may have it, or what was there; operation_canceled.
    /// Cancellation:  as after an error.
    [[nodiscard]] task<result<void>> put(K key, V value) {
        supersede(key);
        auto saved = co_await with_timeout(tier_.timeout, store_.save(key, value, tier_.ttl));
        // What was read from the store or written to it meanwhile is over, too.
        supersede(key);
        if (!saved) co_return saved;
        near_.put(key, std::move(value));
        co_return result<void>();
    }
    /// The value of `key` is over in both tiers, and what is being loaded for it will not be kept.
    ///
    /// Errors:        those of the store, which may have it still; operation_canceled.
    /// Cancellation:  the store may have it still.
    [[nodiscard]] task<result<void>> erase(K key) {
        supersede(key);
        auto erased = co_await with_timeout(tier_.timeout, store_.erase(key));
        // What was read from the store meanwhile is over, too.
        supersede(key);
        co_return erased;
    }
    /// Forgets the value of `key` here only: another process has changed it in the store.
    void forget(const K& key) { near_.erase(key); }

    /// Ends refreshes, then waits for what is being written behind.
    ///
    /// Errors:        none.
    /// Cancellation:  writes behind are stopped, and waited for.
    [[nodiscard]] task<> close() {
        // In this order: a refresh that ends with a value begins to write it.
        co_await near_.close();
        static_cast<void>(co_await behind_.join());
    }

    /// The first tier, for tags, warming and statistics. What is invalidated there is looked for in
    /// the store next.
    [[nodiscard]] near_cache& near() noexcept { return near_; }
    [[nodiscard]] const tier_statistics& statistics() const noexcept { return counted_; }

private:
    /// A write under way: in the frame that awaits it.
    class running_write : public list_node {
    public:
        explicit running_write(tiered_cache& owner, const K& key) noexcept : key_(key) {
            owner.writes_.push_back(*this);
        }
        running_write(const running_write&) = delete;
        running_write& operator=(const running_write&) = delete;
        ~running_write() { unlink(); }

        const K& key_;
        bool is_superseded_ = false;
    };

    [[nodiscard]] task<result<V>> load_from_below(const K& key, load_terms<K>& terms) {
        auto stored = co_await with_timeout(tier_.timeout, store_.load(key));
        if (stored && *stored) {
            ++counted_.hits;
            // It is no younger here than there.
            terms.max_ttl = (*stored)->left;
            co_return std::move((*stored)->value);
        }
        if (!stored && is_stopped(stored.error())) co_return fail(stored.error());
        if (!stored) ++counted_.failures;
        ++counted_.misses;
        V value = co_await ok(load_(key));
        if (terms.is_superseded) co_return value;
        if (tier_.writes == store_writes::through) {
            co_await save(key, value);
        } else {
            save_behind(key, value);
        }
        co_return value;
    }
    [[nodiscard]] task<> save(const K& key, const V& value) {
        const running_write write(*this, key);
        const auto saved = co_await with_timeout(tier_.timeout, store_.save(key, value, tier_.ttl));
        if (!saved) ++counted_.failures;
        // Whether this or what superseded it came to the store last, is not known.
        if (write.is_superseded_) {
            static_cast<void>(co_await shield(store_.erase(key), tier_.timeout));
        }
    }
    void supersede(const K& key) {
        near_.erase(key);
        writes_.for_each([&](running_write& each) {
            if (typename Traits::equal()(each.key_, key)) each.is_superseded_ = true;
        });
    }
    void save_behind(const K& key, const V& value) {
        const auto start = [this](K of, V kept) {
            return save_copy(std::move(of), std::move(kept));
        };
        const bool has_room = behind_.try_spawn(start, key, value);
        if (!has_room) ++counted_.skipped;
    }
    [[nodiscard]] task<> save_copy(K key, V value) {
        try {
            co_await save(key, value);
        } catch (...) {
            ++counted_.failures;
        }
    }

    Store& store_;
    load_function load_;
    tier_options tier_;
    tier_statistics counted_;
    intrusive_list<running_write> writes_;
    task_group behind_;
    near_cache near_;
};

}  // namespace weir
