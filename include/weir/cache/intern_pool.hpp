// SPDX-License-Identifier: Apache-2.0
// intern_pool: one copy of values that come again and again (topics, field names, whole messages).
// Whoever holds an `interned` shares the copy; comparing two is comparing addresses.
//
//   held:    at least one `interned` refers to it
//   resting: none does; kept for whoever comes next, until it has rested too long or there are too
//            many: then the one that has rested longest goes
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/intrusive_list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <unordered_set>
#include <utility>

namespace weir {

template <class T, class Hash, class Equal>
class intern_pool;

/// A share in a pooled value; a value itself, two words, not atomic. Must not outlive its pool.
template <class T, class Hash = std::hash<T>, class Equal = std::equal_to<>>
class interned {
public:
    interned() noexcept = default;
    interned(const interned& other) noexcept : entry_(other.entry_) {
        if (entry_ != nullptr) ++entry_->holders;
    }
    interned(interned&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
    interned& operator=(interned other) noexcept {
        std::swap(entry_, other.entry_);
        return *this;
    }
    ~interned() {
        if (entry_ != nullptr) entry_->owner->release(*entry_);
    }

    [[nodiscard]] explicit operator bool() const noexcept { return entry_ != nullptr; }
    [[nodiscard]] const T& operator*() const noexcept { return entry_->value; }
    [[nodiscard]] const T* operator->() const noexcept { return &entry_->value; }
    friend bool operator==(const interned& a, const interned& b) noexcept = default;

private:
    friend class intern_pool<T, Hash, Equal>;
    using entry = typename intern_pool<T, Hash, Equal>::entry;
    explicit interned(const entry& shared) noexcept : entry_(&shared) { ++shared.holders; }

    const entry* entry_ = nullptr;
};

/// What an intern_pool has done; a snapshot.
class intern_statistics {
public:
    intern_statistics() noexcept = default;

    std::uint64_t hits = 0;       ///< values that were there
    std::uint64_t misses = 0;     ///< values that were not
    std::uint64_t refused = 0;    ///< of those: not taken, because all places were held
    std::uint64_t evictions = 0;  ///< rested too long, or left for others
    std::size_t held = 0;
    std::size_t resting = 0;
};

/// Values by themselves, at most so many. Belongs to one thread; neither copies nor moves.
///
/// ```cpp
/// weir::intern_pool<std::string> topics(1000);
/// const auto topic = topics.intern("room:lobby");
/// ```
template <class T, class Hash = std::hash<T>, class Equal = std::equal_to<>>
class intern_pool {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using handle = interned<T, Hash, Equal>;

    /// @param max_values  held and resting together, 1 ... any.
    /// @param max_rest    how long a value rests before `sweep` drops it.
    explicit intern_pool(std::size_t max_values = 1000,
                         std::chrono::nanoseconds max_rest = std::chrono::minutes(5))
        : max_values_(max_values), max_rest_(max_rest) {
        WEIR_ASSERT(max_values > 0, "an intern_pool needs room for at least one value");
    }
    intern_pool(const intern_pool&) = delete;
    intern_pool& operator=(const intern_pool&) = delete;
    ~intern_pool() {
        while (!resting_.empty()) resting_.pop_front();
        WEIR_ASSERT(held_ == 0, "an intern_pool was destroyed while values are held");
    }

    /// A share in the value that equals `value`; makes it where there was none. Empty where
    /// `max_values` are held: nobody waits, and nothing that is in use is dropped.
    template <class U>
    [[nodiscard]] handle intern(U&& value) {
        auto found = entries_.find(value);
        if (found != entries_.end()) {
            ++counted_.hits;
            return share(*found);
        }
        ++counted_.misses;
        if (entries_.size() == max_values_ && !drop_oldest()) {
            ++counted_.refused;
            return handle();
        }
        return share(*entries_.emplace(*this, T(std::forward<U>(value))).first);
    }
    /// A share in the value that equals `value`, if it is there.
    template <class U>
    [[nodiscard]] handle find(const U& value) {
        const auto found = entries_.find(value);
        return found == entries_.end() ? handle() : share(*found);
    }
    /// Drops what rests since `max_rest` and longer. What rests when it is called for the first
    /// time rests from then on.
    void sweep(time_point now) {
        while (!resting_.empty()) {
            const entry& oldest = resting_.front();
            if (oldest.rests_since == time_point()) break;
            if (now - oldest.rests_since < max_rest_) break;
            drop_oldest();
        }
        resting_.for_each([&](const entry& each) {
            if (each.rests_since == time_point()) each.rests_since = now;
        });
    }

    [[nodiscard]] intern_statistics statistics() const noexcept {
        intern_statistics now = counted_;
        now.held = held_;
        now.resting = entries_.size() - held_;
        return now;
    }

private:
    friend class interned<T, Hash, Equal>;

    /// In a node of the set, so its address stays. Only `value` is part of what it is.
    class entry : public list_node {
    public:
        explicit entry(intern_pool& owner_, T value_) : owner(&owner_), value(std::move(value_)) {}

        intern_pool* owner;
        T value;
        mutable std::size_t holders = 0;
        mutable time_point rests_since{};
    };
    static const T& value_of(const entry& of) noexcept { return of.value; }
    template <class U>
    static const U& value_of(const U& value) noexcept {
        return value;
    }
    struct entry_hash {
        using is_transparent = void;
        template <class U>
        std::size_t operator()(const U& value) const {
            return Hash()(value_of(value));
        }
    };
    struct entry_equal {
        using is_transparent = void;
        template <class U, class W>
        bool operator()(const U& a, const W& b) const {
            return Equal()(value_of(a), value_of(b));
        }
    };

    [[nodiscard]] handle share(const entry& found) noexcept {
        if (found.holders == 0) {
            ++held_;
            if (found.is_linked()) const_cast<entry&>(found).unlink();
        }
        return handle(found);
    }
    void release(const entry& from) noexcept {
        if (--from.holders > 0) return;
        --held_;
        from.rests_since = time_point();
        resting_.push_back(const_cast<entry&>(from));
    }
    bool drop_oldest() {
        if (resting_.empty()) return false;
        ++counted_.evictions;
        entry& oldest = resting_.pop_front();
        entries_.erase(entries_.find(oldest));
        return true;
    }

    std::size_t max_values_;
    std::chrono::nanoseconds max_rest_;
    std::size_t held_ = 0;
    intern_statistics counted_;
    std::unordered_set<entry, entry_hash, entry_equal> entries_;
    intrusive_list<entry> resting_;
};

}  // namespace weir
