// SPDX-License-Identifier: Apache-2.0
// indexed_map: an immutable_map and, over it, a flat index with the keys in it, which is looked up
// several times as fast. Another map takes its place with the work of what differs.
#pragma once

#include <weir/eviction/detail/slot_array.hpp>
#include <weir/eviction/slot_index.hpp>
#include <weir/state/immutable_map.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace weir::detail {

template <class K, class V, class Hash>
class indexed_map {
public:
    using map_type = immutable_map<K, V, Hash>;

    indexed_map() = default;
    indexed_map(const indexed_map&) = delete;
    indexed_map& operator=(const indexed_map&) = delete;
    ~indexed_map() = default;

    [[nodiscard]] const V* find(const K& key) const {
        const std::uint32_t slot = slot_of(key, hash_of(key));
        return slot == slot_index::none ? nullptr : entries_[slot].value;
    }
    [[nodiscard]] const map_type& map() const noexcept { return map_; }

    /// Takes `next` in place of what was there; if memory runs out, nothing has changed.
    void advance(map_type next) {
        std::vector<const K*> leaving;
        std::vector<entry> coming;
        map_.for_each_difference(next, [&](const K& key, const V* /*before*/, const V* after) {
            if (after == nullptr) {
                leaving.push_back(&key);
            } else {
                coming.push_back(entry(key, after));
            }
        });
        entries_.reserve(next.size());
        index_.reserve(next.size());
        for (const K* key : leaving) erase(*key);
        for (entry& each : coming) put(std::move(each));
        map_ = std::move(next);
    }

private:
    class entry {
    public:
        explicit entry(const K& key_, const V* value_) : key(key_), value(value_) {}
        K key;
        const V* value;  // in map_
    };

    [[nodiscard]] static std::uint32_t hash_of(const K& key) { return spread_hash(Hash()(key)); }
    [[nodiscard]] std::uint32_t slot_of(const K& key, std::uint32_t hash) const {
        return index_.find(hash, [&](std::uint32_t slot) { return entries_[slot].key == key; });
    }
    void put(entry&& made) {
        const std::uint32_t hash = hash_of(made.key);
        const std::uint32_t slot = slot_of(made.key, hash);
        if (slot != slot_index::none) {
            entries_[slot].value = made.value;
            return;
        }
        index_.insert(hash, static_cast<std::uint32_t>(entries_.size()));
        entries_.push_back(std::move(made));
    }
    /// The last one takes the place of the one that leaves.
    void erase(const K& key) {
        const std::uint32_t hash = hash_of(key);
        const std::uint32_t slot = slot_of(key, hash);
        const auto last = static_cast<std::uint32_t>(entries_.size() - 1);
        index_.erase(hash, slot);
        if (slot != last) {
            const std::uint32_t hash_of_last = hash_of(entries_[last].key);
            index_.erase(hash_of_last, last);
            index_.insert(hash_of_last, slot);
            entries_[slot] = std::move(entries_[last]);
        }
        entries_.pop_back();
    }

    map_type map_;
    slot_index index_;
    std::vector<entry> entries_;
};

}  // namespace weir::detail
