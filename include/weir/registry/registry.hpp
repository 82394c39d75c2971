// SPDX-License-Identifier: Apache-2.0
// registry: what is known under which key, read much more often than changed: handlers, tools,
// routes, members. Changes come in batches, of which a reader sees all or nothing.
//
//   apply(batch) --> next immutable_map --> the index follows, generation + 1
//                        |
//                        '-- snapshot(): one that never changes, for whoever takes his time, and
//                            for the views of other shards (registry_view)
#pragma once

#include <weir/registry/detail/indexed_map.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace weir {

/// Changes of a registry, one after the other.
template <class K, class V>
class registry_batch {
public:
    registry_batch() noexcept = default;
    registry_batch& put(K key, V value) {
        changes_.emplace_back(std::move(key), std::move(value));
        return *this;
    }
    registry_batch& erase(K key) {
        changes_.emplace_back(std::move(key), std::nullopt);
        return *this;
    }
    [[nodiscard]] std::size_t size() const noexcept { return changes_.size(); }
    [[nodiscard]] bool empty() const noexcept { return changes_.empty(); }

    /// What becomes of `entries`.
    template <class Hash>
    [[nodiscard]] immutable_map<K, V, Hash> applied_to(immutable_map<K, V, Hash> entries) && {
        for (auto& [key, value] : changes_) {
            entries = value ? std::move(entries).updated(std::move(key), std::move(*value))
                            : std::move(entries).erased(key);
        }
        return entries;
    }

private:
    std::vector<std::pair<K, std::optional<V>>> changes_;
};

/// Entries by key. Belongs to one shard, but for `generation`; neither copies nor moves. Its size
/// is that of what is put into it: bound that where it comes from outside.
///
/// ```cpp
/// weir::registry<std::string, int> tools;
/// tools.apply(weir::registry_batch<std::string, int>().put("search", 1).put("fetch", 2));
/// if (const int* id = tools.find("search")) call(*id);
/// ```
template <class K, class V, class Hash = std::hash<K>>
class registry {
public:
    using batch = registry_batch<K, V>;
    using map_type = immutable_map<K, V, Hash>;

    registry() = default;
    registry(const registry&) = delete;
    registry& operator=(const registry&) = delete;
    ~registry() = default;

    /// The value of `key`, good until the next change; null when there is none. Allocates nothing.
    [[nodiscard]] const V* find(const K& key) const { return entries_.find(key); }
    /// Makes all of the changes, in their order, or, if memory runs out, none. Returns whether
    /// anything is different now.
    bool apply(batch changes) {
        map_type next = std::move(changes).applied_to(entries_.map());
        if (next.is_same(entries_.map())) return false;
        entries_.advance(std::move(next));
        // What another shard reads here it reads to learn that there is something to ask for.
        generation_.fetch_add(1, std::memory_order_release);
        return true;
    }
    bool put(K key, V value) { return apply(batch().put(std::move(key), std::move(value))); }
    bool erase(K key) { return apply(batch().erase(std::move(key))); }

    /// The entries as they are now, which no later change reaches.
    [[nodiscard]] map_type snapshot() const noexcept { return entries_.map(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.map().size(); }
    /// Any thread. Another number than before says that something has changed.
    [[nodiscard]] std::uint64_t generation() const noexcept {
        return generation_.load(std::memory_order_acquire);
    }

private:
    detail::indexed_map<K, V, Hash> entries_;
    std::atomic<std::uint64_t> generation_{0};
};

}  // namespace weir
