// SPDX-License-Identifier: Apache-2.0
// session_table: sessions by key, at most so many, each until nobody has used it for so long. The
// pure state under `session_store`: no clock, no coroutine; each call is told the time.
//
//   absent --emplace--> idle --pin--> pinned --last pin let go--> idle
//                        |  erased, idle too long, or evicted       |
//                        v                                          v
//                      gone              erased while pinned: not found any more, gone with the
//                                        last pin
//
// What is pinned neither expires nor is evicted: there are never two sessions of one key in use
// because the first was forgotten. When the 64 that were not used for longest are all pinned, a new
// one is refused.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/slot_map.hpp>
#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/slot_list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace weir {

/// How many sessions there are, and for how long.
class session_options {
public:
    session_options() noexcept {}
    /// 1 ... 2^32 - 2. When there are so many, the one that was not used for longest leaves for a
    /// new one.
    std::size_t max_sessions = 1'000'000;
    /// Without a use, a session is over after this.
    std::chrono::nanoseconds idle_timeout = std::chrono::hours(1);
    /// How often `session_store::sweep` looks for those that are over.
    std::chrono::nanoseconds sweep_interval = std::chrono::seconds(60);
};

/// What has happened so far.
class session_statistics {
public:
    session_statistics() noexcept = default;
    std::uint64_t created = 0;
    std::uint64_t found = 0;
    std::uint64_t missed = 0;   ///< asked for, but not there
    std::uint64_t expired = 0;  ///< not used for too long
    std::uint64_t evicted = 0;  ///< left for a new one
    std::uint64_t erased = 0;
    std::uint64_t refused = 0;  ///< not created, because nobody could go: all were pinned
};

namespace detail {

template <class S>
class session {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit session(S value_, time_point now) : value(std::move(value_)), used_at(now) {}
    [[nodiscard]] bool is_pinned() const noexcept { return pins > 0; }

    S value;
    time_point used_at;
    typename slot_map<session>::handle self;
    std::uint32_t pins = 0;
    bool is_listed = true;
};

/// An eviction policy: what was not used for longest goes first, but nothing that is pinned. When
/// so many in a row are, the newest has to go, for which room was wanted: it is never pinned yet.
template <class Slots>
class unpinned_lru {
public:
    explicit unpinned_lru(std::uint64_t /*max_weight*/) noexcept {}

    void resize(std::uint64_t /*max_weight*/) noexcept {}
    void expect_entries(std::size_t /*entries*/) noexcept {}
    void inserted(Slots& slots, std::uint32_t slot) noexcept {
        all_.push_front(slots, slot);
        newest_ = slot;
    }
    void hit(Slots& slots, std::uint32_t slot, std::uint32_t /*hash*/) noexcept {
        all_.refresh(slots, slot);
    }
    void erased(Slots& slots, std::uint32_t slot) noexcept { all_.erase(slots, slot); }
    [[nodiscard]] std::uint32_t victim(Slots& slots) noexcept {
        for (unsigned tries = max_tries; tries > 0; --tries) {
            if (!slots.entry(all_.back()).value->is_pinned()) return all_.back();
            all_.rotate(slots);
        }
        return newest_;
    }
    void settle(Slots& /*slots*/) noexcept {}
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return 0; }

private:
    static constexpr unsigned max_tries = 64;

    slot_list<Slots> all_{1};
    std::uint32_t newest_ = slot_list<Slots>::none;
};

}  // namespace detail

/// Sessions `S` by key. Belongs to one shard; neither copies nor moves. Destroying it while a
/// session is pinned is a contract violation.
///
/// ```cpp
/// weir::session_table<std::string, basket> baskets(weir::session_options{});
/// auto mine = baskets.emplace("Ada", basket(), now);        // pinned
/// if (mine) mine->add(item);
/// ```
template <class K, class S, class Hash = std::hash<K>>
class session_table {
public:
    using time_point = std::chrono::steady_clock::time_point;
    class pin;

    explicit session_table(const session_options& options)
        : options_(options), by_key_(options.max_sessions, traits(*this)) {}
    session_table(const session_table&) = delete;
    session_table& operator=(const session_table&) = delete;
    ~session_table() {
        by_key_.clear();
        WEIR_ASSERT(sessions_.empty(), "a session_table was destroyed while a session is pinned");
    }

    /// The session of `key`, or null: good until the next call, and not over a suspension. Counts
    /// as a use.
    [[nodiscard]] S* find(const K& key, time_point now) {
        session* const found = look_up(key, now);
        return found == nullptr ? nullptr : &found->value;
    }
    /// The same, kept as long as the pin; empty when there is none.
    [[nodiscard]] pin find_pinned(const K& key, time_point now) {
        session* const found = look_up(key, now);
        return found == nullptr ? pin() : pin(*this, *found);
    }
    /// The session of `key`, which is made of `value` if there is none. Empty when there is none
    /// and nobody can go for it, because they are pinned.
    [[nodiscard]] pin emplace(K key, S value, time_point now) {
        auto* const listed = by_key_.find(key);
        if (listed != nullptr && !is_over(*listed->value, now)) {
            return pin(*this, used(*listed->value, now));
        }
        if (listed != nullptr) expire(key);
        const auto made = sessions_.emplace(std::move(value), now);
        session* const added = sessions_.find(made);
        added->self = made;
        const std::uint64_t evictions = by_key_.evictions();
        const bool is_kept = put(std::move(key), *added);
        if (!is_kept) {
            ++counts_.refused;
            return pin();
        }
        ++counts_.created;
        counts_.evicted += by_key_.evictions() - evictions;
        return pin(*this, *added);
    }
    /// Returns whether there was one. Whoever has it pinned keeps it, but nobody finds it.
    bool erase(const K& key) {
        if (!by_key_.erase(key)) return false;
        ++counts_.erased;
        return true;
    }
    /// Erases what is over of the next `steps` sessions. Returns how many those were.
    std::size_t sweep(time_point now, std::size_t steps) {
        const std::size_t over =
            by_key_.sweep(steps, [&](auto& each) { return is_over(*each.value, now); });
        counts_.expired += over;
        return over;
    }

    [[nodiscard]] std::size_t size() const noexcept { return by_key_.size(); }
    [[nodiscard]] const session_options& options() const noexcept { return options_; }
    [[nodiscard]] const session_statistics& statistics() const noexcept { return counts_; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return sessions_.memory_bytes() + by_key_.memory_bytes();
    }

private:
    using session = detail::session<S>;

    class traits : public bounded_map_traits<K, session*> {
    public:
        using hash = Hash;
        explicit traits(session_table& owner) noexcept : owner_(&owner) {}
        void removed(const K& /*key*/, session*& left,
                     typename bounded_map_traits<K, session*>::extra& /*with*/) noexcept {
            left->is_listed = false;
            owner_->let_go_if_unused(*left);
        }

    private:
        session_table* owner_;
    };

    [[nodiscard]] session* look_up(const K& key, time_point now) {
        auto* const listed = by_key_.find(key);
        if (listed == nullptr) {
            ++counts_.missed;
            return nullptr;
        }
        if (is_over(*listed->value, now)) {
            expire(key);
            ++counts_.missed;
            return nullptr;
        }
        return &used(*listed->value, now);
    }
    [[nodiscard]] session& used(session& found, time_point now) noexcept {
        ++counts_.found;
        found.used_at = now;
        return found;
    }
    /// A pinned one is in use now.
    [[nodiscard]] bool is_over(session& listed, time_point now) const noexcept {
        if (listed.is_pinned()) listed.used_at = now;
        return now - listed.used_at >= options_.idle_timeout;
    }
    void expire(const K& key) {
        by_key_.erase(key);
        ++counts_.expired;
    }
    /// Lists what was made; a session that is not listed is gone.
    [[nodiscard]] bool put(K key, session& added) {
        const auto made = added.self;
        try {
            return by_key_.put(std::move(key), &added) != nullptr;
        } catch (...) {
            sessions_.erase(made);
            throw;
        }
    }
    void let_go_if_unused(session& left) noexcept {
        if (left.pins == 0 && !left.is_listed) sessions_.erase(left.self);
    }

    session_options options_;
    session_statistics counts_;
    slot_map<session> sessions_;
    bounded_map<K, session*, detail::unpinned_lru, traits> by_key_;
};

/// Keeps one session, whatever happens to its key. Movable; may be empty. Belongs to the shard of
/// the table, which must outlive it.
template <class K, class S, class Hash>
class session_table<K, S, Hash>::pin {
public:
    pin() noexcept = default;
    pin(pin&& other) noexcept
        : table_(other.table_), session_(std::exchange(other.session_, nullptr)) {}
    pin& operator=(pin&& other) noexcept {
        std::swap(table_, other.table_);
        std::swap(session_, other.session_);
        return *this;
    }
    ~pin() {
        if (session_ == nullptr) return;
        --session_->pins;
        table_->let_go_if_unused(*session_);
    }

    explicit operator bool() const noexcept { return session_ != nullptr; }
    S& operator*() const noexcept { return session_->value; }
    S* operator->() const noexcept { return &session_->value; }
    /// Whether it is still found under its key.
    [[nodiscard]] bool is_listed() const noexcept { return session_->is_listed; }

private:
    friend class session_table;
    explicit pin(session_table& table, session& pinned) noexcept
        : table_(&table), session_(&pinned) {
        ++pinned.pins;
    }

    session_table* table_ = nullptr;
    session* session_ = nullptr;
};

}  // namespace weir
