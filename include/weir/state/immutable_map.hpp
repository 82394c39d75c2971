// SPDX-License-Identifier: Apache-2.0
// immutable_map: a hash map that nobody changes: `updated` and `erased` give another one that
// shares all but a few nodes with it.
//
//   a tree whose branches have up to 32 children: five bits of the hash choose the way at each
//   level, a bitmap says which children are there. A leaf holds one key and its value; keys with
//   the same 64 bits of hash hang on each other. A branch never holds a single leaf only, so the
//   shape depends on the keys alone. A change copies the branches on one way, and changes in place
//   what nobody else shares.
//
// Source: Bagwell, "Ideal Hash Trees" (2001); the canonical shape is from Steindorfer and Vinju,
// "Optimizing Hash-Array Mapped Tries" (2015).
#pragma once

#include <weir/state/deeply_immutable.hpp>
#include <weir/state/detail/counted.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace weir {

/// Copying costs a count. Copies may be used by any thread, each by one at a time, if `K` and `V`
/// are deeply_immutable. Pointers are good as long as a copy with the entry in it.
template <class K, class V, class Hash = std::hash<K>>
class immutable_map {
public:
    immutable_map() noexcept = default;
    immutable_map(std::initializer_list<std::pair<K, V>> entries) {
        for (const auto& [key, value] : entries) put_here(key, value);
    }

    /// One with `value` for `key`; the same one if that is what it has. O(log32 n).
    [[nodiscard]] immutable_map updated(K key, V value) const& {
        return immutable_map(*this).updated(std::move(key), std::move(value));
    }
    /// Of one that is not used any more: what nobody else shares is not copied.
    [[nodiscard]] immutable_map updated(K key, V value) && {
        if constexpr (std::equality_comparable<V>) {
            const V* before = find(key);
            if (before != nullptr && *before == value) return std::move(*this);
        }
        put_here(std::move(key), std::move(value));
        return std::move(*this);
    }
    /// One without `key`; the same one if it has no such key. O(log32 n).
    [[nodiscard]] immutable_map erased(const K& key) const& {
        return immutable_map(*this).erased(key);
    }
    [[nodiscard]] immutable_map erased(const K& key) && {
        if (!contains(key)) return std::move(*this);
        erase(root_, 0, hash_of(key), key);
        --size_;
        return std::move(*this);
    }

    /// The value of `key`, or null. O(log32 n).
    [[nodiscard]] const V* find(const K& key) const {
        const leaf* found = find_below(root_.get(), 0, hash_of(key), key);
        return found == nullptr ? nullptr : &found->value;
    }
    [[nodiscard]] bool contains(const K& key) const { return find(key) != nullptr; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// `look(key, value)` for each entry, in no particular order.
    template <class F>
    void for_each(F&& look) const {
        each_leaf(root_.get(), [&](const leaf& each) { look(each.key, each.value); });
    }
    /// `look(key, before, after)` for each key whose entry is another one in `after` than here;
    /// null = there is none. What both share is not looked at: O(changes * log n) between a map and
    /// one made from it.
    template <class F>
    void for_each_difference(const immutable_map& after, F&& look) const {
        differ(root_.get(), after.root_.get(), 0, look);
    }

    /// Whether both are one object.
    [[nodiscard]] bool is_same(const immutable_map& other) const noexcept {
        return root_ == other.root_;
    }
    friend bool operator==(const immutable_map& a, const immutable_map& b)
        requires std::equality_comparable<V>
    {
        if (a.size() != b.size()) return false;
        bool is_equal = true;
        a.for_each_difference(b, [&](const K&, const V* before, const V* after) {
            is_equal = is_equal && before != nullptr && after != nullptr && *before == *after;
        });
        return is_equal;
    }

private:
    static constexpr unsigned bits = 5;

    class node : public detail::counted {
    public:
        static void destroy(node* object) noexcept {
            if (object->is_leaf) {
                delete static_cast<leaf*>(object);
            } else {
                delete static_cast<branch*>(object);
            }
        }
        const bool is_leaf;

    protected:
        explicit node(bool is_leaf_) noexcept : is_leaf(is_leaf_) {}
        node(const node&) noexcept = default;
        ~node() = default;
    };
    using node_ptr = detail::counted_ptr<node>;

    class leaf : public node {
    public:
        explicit leaf(std::uint64_t hash_, K&& key_, V&& value_, node_ptr next_ = nullptr)
            : node(true),
              hash(hash_),
              key(std::move(key_)),
              value(std::move(value_)),
              next(std::move(next_)) {}
        std::uint64_t hash;
        K key;
        V value;
        node_ptr next;  // a leaf with the same hash
    };
    class branch : public node {
    public:
        branch() noexcept : node(false) {}
        [[nodiscard]] std::size_t place_of(std::uint32_t bit) const noexcept {
            return static_cast<std::size_t>(std::popcount(bitmap & (bit - 1)));
        }
        [[nodiscard]] const node* child(std::uint32_t bit) const noexcept {
            return (bitmap & bit) == 0 ? nullptr : children[place_of(bit)].get();
        }
        /// The place of a child, which is made empty if it is not there.
        [[nodiscard]] node_ptr& open(std::uint32_t bit) {
            const auto at = children.begin() + static_cast<std::ptrdiff_t>(place_of(bit));
            if ((bitmap & bit) != 0) return *at;
            node_ptr& opened = *children.insert(at, nullptr);
            bitmap |= bit;
            return opened;
        }
        void close(std::uint32_t bit) noexcept {
            children.erase(children.begin() + static_cast<std::ptrdiff_t>(place_of(bit)));
            bitmap &= ~bit;
        }
        std::uint32_t bitmap = 0;
        std::vector<node_ptr> children;
    };

    [[nodiscard]] static const leaf& as_leaf(const node& at) noexcept {
        return static_cast<const leaf&>(at);
    }
    [[nodiscard]] static const branch& as_branch(const node& at) noexcept {
        return static_cast<const branch&>(at);
    }
    /// Spreads what std::hash gives, which may be the number itself (SplitMix64's finaliser).
    [[nodiscard]] static std::uint64_t hash_of(const K& key) {
        std::uint64_t hash = Hash()(key);
        hash = (hash ^ (hash >> 30U)) * 0xBF58476D1CE4E5B9U;
        hash = (hash ^ (hash >> 27U)) * 0x94D049BB133111EBU;
        return hash ^ (hash >> 31U);
    }
    [[nodiscard]] static std::uint32_t bit_of(std::uint64_t hash, unsigned shift) noexcept {
        return std::uint32_t{1} << ((hash >> shift) & 31U);
    }

    [[nodiscard]] static const leaf* find_below(const node* at, unsigned shift, std::uint64_t hash,
                                                const K& key) {
        for (; at != nullptr && !at->is_leaf; shift += bits) {
            at = as_branch(*at).child(bit_of(hash, shift));
        }
        for (; at != nullptr; at = as_leaf(*at).next.get()) {
            if (as_leaf(*at).hash != hash) return nullptr;
            if (as_leaf(*at).key == key) return &as_leaf(*at);
        }
        return nullptr;
    }

    void put_here(K key, V value) {
        const std::uint64_t hash = hash_of(key);
        if (put(root_, 0, hash, std::move(key), std::move(value))) ++size_;
    }
    /// Returns whether the key is new.
    static bool put(node_ptr& at, unsigned shift, std::uint64_t hash, K&& key, V&& value) {
        if (!at) {
            at = node_ptr(new leaf(hash, std::move(key), std::move(value)));
            return true;
        }
        if (at->is_leaf && as_leaf(*at).hash == hash) {
            return put_in_chain(at, std::move(key), std::move(value));
        }
        if (at->is_leaf) {
            auto split = std::make_unique<branch>();
            split->open(bit_of(as_leaf(*at).hash, shift)) = at;
            at = node_ptr(split.release());
        }
        branch& here = at.template unshared<branch>();
        const std::uint32_t bit = bit_of(hash, shift);
        if ((here.bitmap & bit) == 0) {
            node_ptr made(new leaf(hash, std::move(key), std::move(value)));
            here.open(bit) = std::move(made);
            return true;
        }
        return put(here.open(bit), shift + bits, hash, std::move(key), std::move(value));
    }
    static bool put_in_chain(node_ptr& at, K&& key, V&& value) {
        const std::uint64_t hash = as_leaf(*at).hash;
        if (as_leaf(*at).key == key) {
            node_ptr next = as_leaf(*at).next;
            at = node_ptr(new leaf(hash, std::move(key), std::move(value), std::move(next)));
            return false;
        }
        node_ptr& next = at.template unshared<leaf>().next;
        if (next) return put_in_chain(next, std::move(key), std::move(value));
        next = node_ptr(new leaf(hash, std::move(key), std::move(value)));
        return true;
    }
    /// Takes out `key`, which is there.
    static void erase(node_ptr& at, unsigned shift, std::uint64_t hash, const K& key) {
        if (at->is_leaf) return erase_in_chain(at, key);
        branch& here = at.template unshared<branch>();
        const std::uint32_t bit = bit_of(hash, shift);
        node_ptr& child = here.open(bit);
        erase(child, shift + bits, hash, key);
        if (!child) here.close(bit);
        if (here.children.size() == 1 && here.children.front()->is_leaf) {
            node_ptr last = here.children.front();
            at = std::move(last);
        }
    }
    static void erase_in_chain(node_ptr& at, const K& key) {
        if (!(as_leaf(*at).key == key)) {
            return erase_in_chain(at.template unshared<leaf>().next, key);
        }
        node_ptr next = as_leaf(*at).next;
        at = std::move(next);
    }

    template <class F>
    static void each_leaf(const node* at, F&& look) {
        if (at == nullptr) return;
        if (at->is_leaf) {
            for (; at != nullptr; at = as_leaf(*at).next.get()) look(as_leaf(*at));
        } else {
            for (const node_ptr& child : as_branch(*at).children) each_leaf(child.get(), look);
        }
    }
    template <class F>
    static void differ(const node* before, const node* after, unsigned shift, F& look) {
        if (before == after) return;
        if (before != nullptr && after != nullptr && !before->is_leaf && !after->is_leaf) {
            const branch& a = as_branch(*before);
            const branch& b = as_branch(*after);
            for (std::uint32_t rest = a.bitmap | b.bitmap; rest != 0; rest &= rest - 1) {
                const std::uint32_t bit = rest & (~rest + 1);
                differ(a.child(bit), b.child(bit), shift + bits, look);
            }
            return;
        }
        each_leaf(before, [&](const leaf& each) {
            const leaf* now = find_below(after, shift, each.hash, each.key);
            if (now != &each) look(each.key, &each.value, now == nullptr ? nullptr : &now->value);
        });
        each_leaf(after, [&](const leaf& each) {
            if (find_below(before, shift, each.hash, each.key) != nullptr) return;
            look(each.key, static_cast<const V*>(nullptr), &each.value);
        });
    }

    node_ptr root_;
    std::size_t size_ = 0;
};

template <class K, class V, class Hash>
inline constexpr bool is_immutable_value<immutable_map<K, V, Hash>> =
    deeply_immutable<K> && deeply_immutable<V>;

}  // namespace weir
