// SPDX-License-Identifier: Apache-2.0
// bounded_map: a hash map that never outgrows its bound: what is least worth keeping leaves. The
// pure state under `cache`: no clock, no loads, no coroutine.
//
//   key --slot_index--> slot in one array: links of the policy, extra, key, value
//
// An entry costs 12 bytes of links, 11 of index and, with w_tinylfu, 5 of frequencies.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/eviction/detail/key_hash.hpp>
#include <weir/eviction/detail/slot_array.hpp>
#include <weir/eviction/slot_index.hpp>
#include <weir/eviction/w_tinylfu.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

namespace weir {

/// What a bounded_map asks about its keys and values. Derive from it to answer otherwise.
template <class K, class V>
class bounded_map_traits {
public:
    /// std::hash; that of strings takes all that views as one.
    using hash = detail::key_hash<K>;
    /// Where both are transparent (`is_transparent`), what they take is looked up as it is;
    /// otherwise it becomes a key first.
    using equal = std::equal_to<>;
    /// Stands in each entry beside key and value, made anew with each value; best of four-byte
    /// parts.
    class extra {};
    /// Whether `weight` may give anything but 1.
    static constexpr bool weighs = false;
    /// Must give the same for the same pair, always; 0 counts as 1, so that the bound bounds the
    /// number of entries, too. Whoever changes a value in place must not change its weight.
    [[nodiscard]] static std::uint64_t weight(const K& /*key*/, const V& /*value*/) noexcept {
        return 1;
    }
    /// A value leaves: its entry does, for whatever reason but the end of the map, or another
    /// value comes for the key. It may be taken away; the map must be left alone.
    template <class Extra>
    void removed(const K& /*key*/, V& /*value*/, Extra& /*with*/) noexcept {}
};

/// A map of at most so many entries, or of entries of at most so much weight. Belongs to one
/// thread; neither copies nor moves. A pointer to an entry is good until the next `put`, `erase`,
/// `resize` or `sweep`.
///
/// ```cpp
/// weir::bounded_map<int, std::string> names(1000);
/// names.put(7, "seven");
/// if (auto* found = names.find(7)) use(found->value);
/// ```
template <class K, class V, template <class> class Policy = w_tinylfu,
          class Traits = bounded_map_traits<K, V>>
class bounded_map {
    static constexpr bool is_transparent =
        detail::transparent<typename Traits::hash, typename Traits::equal>;

public:
    /// One key with its value.
    class entry : public slot_links, public Traits::extra {
    public:
        explicit entry(K key_, V value_) : key(std::move(key_)), value(std::move(value_)) {}

        [[nodiscard]] typename Traits::extra& extra() noexcept { return *this; }

        K key;  ///< not to be changed
        V value;
    };
    using policy_type = Policy<detail::slot_array<entry, Traits>>;

    /// @param max_weight  1 ... 2^32 - 2 entries where each weighs 1, otherwise 1 ... 2^63.
    explicit bounded_map(std::uint64_t max_weight, Traits traits = Traits())
        : traits_(std::move(traits)),
          max_weight_(max_weight),
          slots_(slots_for(max_weight)),
          policy_(max_weight) {
        assert_bound(max_weight);
        if (!Traits::weighs) policy_.expect_entries(max_weight);
    }
    bounded_map(const bounded_map&) = delete;
    bounded_map& operator=(const bounded_map&) = delete;
    ~bounded_map() = default;

    /// The entry of `key`, which was used now; null when there is none.
    [[nodiscard]] entry* find(const K& key) { return find_as(key); }
    template <class Q>
        requires is_transparent
    [[nodiscard]] entry* find(const Q& key) {
        return find_as(key);
    }
    /// The same without counting as a use.
    [[nodiscard]] entry* peek(const K& key) { return peek_as(key); }
    template <class Q>
        requires is_transparent
    [[nodiscard]] entry* peek(const Q& key) {
        return peek_as(key);
    }

    /// Keeps `value` for `key`, instead of what was kept before, and lets others leave for it.
    /// Returns null where the policy rather keeps the others, or where it is heavier than all of
    /// them may be together.
    entry* put(K key, V value) {
        const std::uint32_t hash = hash_of(key);
        const std::uint32_t slot = slot_of(key, hash);
        const std::uint64_t weight = slots::weight_of(key, value);
        const bool is_there = slot != slot_index::none;
        if (weight > max_weight_) {
            if (is_there) remove(slot, hash);
            return nullptr;
        }
        return is_there ? replace(slot, hash, std::move(value))
                        : insert(hash, std::move(key), std::move(value), weight);
    }
    /// Returns whether there was one.
    bool erase(const K& key) { return erase_as(key); }
    template <class Q>
        requires is_transparent
    bool erase(const Q& key) {
        return erase_as(key);
    }
    void clear() noexcept {
        for (std::uint32_t slot = 0; slot < slots_.used(); ++slot) {
            if (slots_.is_live(slot)) remove(slot, slots_.hash(slot));
        }
    }
    /// Looks at the next `steps` slots, round and round, and erases the entries for which
    /// `is_over(entry)` is true. Returns how many those were.
    template <class Predicate>
    std::size_t sweep(std::size_t steps, Predicate&& is_over) {
        std::size_t erased = 0;
        for (steps = std::min<std::size_t>(steps, slots_.used()); steps > 0; --steps) {
            if (swept_ >= slots_.used()) swept_ = 0;
            const std::uint32_t slot = swept_++;
            if (!slots_.is_live(slot) || !is_over(slots_.entry(slot))) continue;
            remove(slot, slots_.hash(slot));
            ++erased;
        }
        return erased;
    }
    template <class F>
    void for_each(F&& look) {
        for (std::uint32_t slot = 0; slot < slots_.used(); ++slot) {
            if (slots_.is_live(slot)) look(slots_.entry(slot));
        }
    }
    /// Another bound; a lower one lets entries leave now. Slots, once there, are kept for others.
    void resize(std::uint64_t max_weight) {
        assert_bound(max_weight);
        max_weight_ = max_weight;
        slots_.set_max_entries(slots_for(max_weight));
        policy_.resize(max_weight);
        if (!Traits::weighs) policy_.expect_entries(max_weight);
        make_room();
    }

    [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
    /// Places for entries, taken or free: a `sweep` of so many steps sees every entry.
    [[nodiscard]] std::size_t places() const noexcept { return slots_.used(); }
    [[nodiscard]] std::uint64_t weight() const noexcept { return weight_; }
    [[nodiscard]] std::uint64_t max_weight() const noexcept { return max_weight_; }
    /// Entries that have left for others.
    [[nodiscard]] std::uint64_t evictions() const noexcept { return evictions_; }
    /// Of the map itself, with room for entries, without what keys and values own elsewhere.
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return slots_.capacity() * sizeof(entry) + index_.memory_bytes() + policy_.memory_bytes();
    }
    [[nodiscard]] policy_type& policy() noexcept { return policy_; }
    [[nodiscard]] Traits& traits() noexcept { return traits_; }

private:
    using slots = detail::slot_array<entry, Traits>;

    static void assert_bound(std::uint64_t max_weight) noexcept {
        // What is there and what comes are added up before anything leaves.
        constexpr std::uint64_t largest =
            Traits::weighs ? std::uint64_t{1} << 63U : std::uint64_t{slots::none} - 1;
        WEIR_ASSERT(max_weight > 0, "a bounded_map needs a bound of at least 1");
        WEIR_ASSERT(max_weight <= largest, "a bounded_map has a bound that it cannot count up to");
    }
    /// One more than the bound: the newest comes before another leaves.
    [[nodiscard]] static std::size_t slots_for(std::uint64_t max_weight) noexcept {
        return Traits::weighs ? slots::none - 1 : static_cast<std::size_t>(max_weight + 1);
    }
    template <class Q>
    [[nodiscard]] static std::uint32_t hash_of(const Q& key) {
        return detail::spread_hash(typename Traits::hash()(key));
    }
    template <class Q>
    [[nodiscard]] std::uint32_t slot_of(const Q& key, std::uint32_t hash) const {
        return index_.find(hash, [&](std::uint32_t slot) {
            return typename Traits::equal()(slots_.entry(slot).key, key);
        });
    }
    template <class Q>
    [[nodiscard]] entry* find_as(const Q& key) {
        const std::uint32_t hash = hash_of(key);
        const std::uint32_t slot = slot_of(key, hash);
        if (slot == slot_index::none) return nullptr;
        policy_.hit(slots_, slot, hash);
        return &slots_.entry(slot);
    }
    template <class Q>
    [[nodiscard]] entry* peek_as(const Q& key) {
        const std::uint32_t slot = slot_of(key, hash_of(key));
        return slot == slot_index::none ? nullptr : &slots_.entry(slot);
    }
    template <class Q>
    bool erase_as(const Q& key) {
        const std::uint32_t hash = hash_of(key);
        const std::uint32_t slot = slot_of(key, hash);
        if (slot == slot_index::none) return false;
        remove(slot, hash);
        return true;
    }
    /// What was kept leaves, what comes has its place: a refreshed entry is no newcomer.
    entry* replace(std::uint32_t slot, std::uint32_t hash, V value) {
        static_assert(!Traits::weighs || std::is_nothrow_move_assignable_v<V>,
                      "half a value has no weight");
        entry& kept = slots_.entry(slot);
        [[maybe_unused]] const std::uint64_t weight_before = slots_.weight(slot);
        traits_.removed(kept.key, kept.value, kept.extra());
        kept.extra() = typename Traits::extra();
        kept.value = std::move(value);
        policy_.hit(slots_, slot, hash);
        if constexpr (Traits::weighs) {
            weight_ += slots_.weight(slot) - weight_before;
            policy_.reweighed(slots_, slot, weight_before);
            return make_room_for(slot);
        } else {
            return &kept;
        }
    }
    entry* insert(std::uint32_t hash, K key, V value, std::uint64_t weight) {
        if (Traits::weighs) expect_one_more();
        if (slots_.is_full()) {
            // First, so that no insertion fails once the entry is there.
            index_.reserve(slots_.next_capacity());
            slots_.grow();
        }
        const std::uint32_t slot = slots_.emplace(std::move(key), std::move(value));
        index_.insert(hash, slot);
        weight_ += weight;
        policy_.inserted(slots_, slot);
        return make_room_for(slot);
    }
    /// Null when `slot` is among those that leave.
    entry* make_room_for(std::uint32_t slot) {
        newest_ = slot;
        make_room();
        return newest_ == slot ? &slots_.entry(slot) : nullptr;
    }
    void make_room() {
        while (weight_ > max_weight_) {
            const std::uint32_t slot = policy_.victim(slots_);
            ++evictions_;
            remove(slot, slots_.hash(slot));
        }
        policy_.settle(slots_);
    }
    void remove(std::uint32_t slot, std::uint32_t hash) noexcept {
        entry& left = slots_.entry(slot);
        weight_ -= slots_.weight(slot);
        policy_.erased(slots_, slot);
        index_.erase(hash, slot);
        if (newest_ == slot) newest_ = slots::none;
        // Last: whoever takes the value away may change what it weighs.
        traits_.removed(left.key, left.value, left.extra());
        slots_.erase(slot);
    }
    /// Where entries weigh, nobody knows beforehand how many there will be.
    void expect_one_more() {
        if (size() < expected_) return;
        const std::size_t expected = std::max<std::size_t>(64, size() * 2);
        policy_.expect_entries(expected);
        expected_ = expected;
    }

    [[no_unique_address]] Traits traits_;
    std::uint64_t max_weight_;
    std::uint64_t weight_ = 0;
    std::uint64_t evictions_ = 0;
    std::size_t expected_ = 0;
    std::uint32_t swept_ = 0;
    std::uint32_t newest_ = slots::none;
    slot_index index_;
    slots slots_;
    policy_type policy_;
};

}  // namespace weir
