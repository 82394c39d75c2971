// SPDX-License-Identifier: Apache-2.0
// keyed_limiter: a limit for each of many: addresses, users, tenants. Who goes on although it is
// refused is banned for a while, and one limit for all together stands in front.
//
//   free --so many violations within a time--> banned --so long--> free
//
// The number of keys that it remembers is bounded. When that is reached, a ban that is over is
// forgotten first, then the key that was seen longest ago, which has most likely rested and loses
// nothing (`forgotten_early` counts those that had not), and only when all are banned the ban that
// ends first.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/refused.hpp>
#include <weir/base/result.hpp>
#include <weir/rate/limit.hpp>
#include <weir/rate/token_bucket.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

namespace weir::rate {

/// How many keys, when they are banned, and what all may do together.
class keyed_options {
public:
    keyed_options() {}

    std::size_t max_keys = 10'000;     ///< 1 or more
    unsigned violations_to_ban = 100;  ///< refusals by its own limit; 0 = nobody is banned
    /// The violations of a key are counted anew when the first of them is as old.
    std::chrono::nanoseconds violation_window = std::chrono::seconds(60);
    std::chrono::nanoseconds ban_for = std::chrono::seconds(300);
    /// For all keys together; what it refuses is nobody's violation.
    std::optional<quota> all;
};

/// The state of many limits: no clock and no wait, time is told. Every call is O(1). Belongs to one
/// shard; neither copies nor moves.
///
/// ```cpp
/// weir::rate::keyed_limiter<std::string> clients(quota(100, 1s), {}, reactor.now());
/// const auto allowed = clients.try_take(address, 1, reactor.now());
/// if (!allowed) return too_many_requests(allowed.error().retry_after_seconds());
/// ```
template <class Key, limit L = token_bucket, class Hash = std::hash<Key>>
class keyed_limiter {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// @param each  what each key may do.
    explicit keyed_limiter(const quota& each, const keyed_options& options, time_point now)
        : options_(options), rested_(each, now) {
        WEIR_ASSERT(options.max_keys > 0, "a keyed limiter remembers at least one key");
        if (options.all) all_.emplace(*options.all, now);
        keys_.reserve(options.max_keys);
    }
    keyed_limiter(const keyed_limiter&) = delete;
    keyed_limiter& operator=(const keyed_limiter&) = delete;
    ~keyed_limiter() {
        while (!seen_.empty()) seen_.pop_front();
        while (!banned_.empty()) banned_.pop_front();
    }

    /// Takes `cost` from the limit of `key` and from that of all, or from neither.
    ///
    /// Errors:     refusal::rate_limited, refusal::banned; with the time after which to ask again.
    /// Allocates:  one block for a key that is new; nothing once there are `max_keys`, but for
    ///             what the assignment of a key allocates.
    [[nodiscard]] result<void, refused> try_take(const Key& key, std::uint64_t cost,
                                                 time_point now);
    /// Bans `key` from now on for as long as violations would.
    void ban(const Key& key, time_point now) { begin_ban(seen(key, now), now); }
    /// Ends the ban of `key`, and forgets its violations.
    void pardon(const Key& key) noexcept;

    [[nodiscard]] bool is_banned(const Key& key, time_point now) const {
        const auto found = keys_.find(key);
        return found != keys_.end() && found->second.banned_until > now;
    }
    /// Keys that are remembered, 0 ... `max_keys`.
    [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
    /// Keys that were forgotten although forgetting allows them more: `max_keys` is too small.
    [[nodiscard]] std::uint64_t forgotten_early() const noexcept { return forgotten_early_; }

private:
    class entry : public list_node {
    public:
        explicit entry(const L& rested) : state(rested) {}
        /// Becomes one of a key that was never seen.
        void begin_anew(const L& rested) {
            state = rested;
            violations = 0;
            banned_until = time_point::min();
        }

        L state;
        const Key* key = nullptr;  // in the same node
        unsigned violations = 0;
        time_point counted_from{};
        time_point banned_until = time_point::min();
    };

    [[nodiscard]] refused limited(L& by, std::uint64_t cost, time_point now) const noexcept {
        return refused(refusal::rate_limited, retry_after(by, cost, now));
    }
    [[nodiscard]] entry& seen(const Key& key, time_point now);
    [[nodiscard]] entry& remember(const Key& key, time_point now);
    [[nodiscard]] entry& least_missed(time_point now) noexcept;
    [[nodiscard]] bool is_one_too_many(entry& violator, time_point now) noexcept;
    void begin_ban(entry& banned, time_point now) noexcept;

    keyed_options options_;
    L rested_;  // what a new key begins with
    std::optional<L> all_;
    std::unordered_map<Key, entry, Hash> keys_;
    intrusive_list<entry> seen_;    // the one seen longest ago first
    intrusive_list<entry> banned_;  // the ban that ends first first
    std::uint64_t forgotten_early_ = 0;
};

template <class Key, limit L, class Hash>
result<void, refused> keyed_limiter<Key, L, Hash>::try_take(const Key& key, std::uint64_t cost,
                                                            time_point now) {
    // Before the keys, so that a flood of new ones does not wash out those that are known.
    if (all_ && all_->ready_at(cost, now) > now) return fail(limited(*all_, cost, now));
    entry& asking = seen(key, now);
    if (asking.banned_until <= now) {
        if (asking.state.try_take(cost, now)) {
            if (all_) static_cast<void>(all_->try_take(cost, now));
            return {};
        }
        if (!is_one_too_many(asking, now)) return fail(limited(asking.state, cost, now));
        begin_ban(asking, now);
    }
    return fail(refused(refusal::banned, asking.banned_until - now));
}

template <class Key, limit L, class Hash>
void keyed_limiter<Key, L, Hash>::pardon(const Key& key) noexcept {
    const auto found = keys_.find(key);
    if (found == keys_.end()) return;
    entry& pardoned = found->second;
    pardoned.violations = 0;
    pardoned.banned_until = time_point::min();
    pardoned.unlink();
    seen_.push_back(pardoned);
}

template <class Key, limit L, class Hash>
typename keyed_limiter<Key, L, Hash>::entry& keyed_limiter<Key, L, Hash>::seen(const Key& key,
                                                                               time_point now) {
    const auto found = keys_.find(key);
    entry& known = found != keys_.end() ? found->second : remember(key, now);
    if (known.banned_until > now) return known;
    if (known.is_linked()) known.unlink();
    seen_.push_back(known);
    return known;
}

template <class Key, limit L, class Hash>
typename keyed_limiter<Key, L, Hash>::entry& keyed_limiter<Key, L, Hash>::remember(const Key& key,
                                                                                   time_point now) {
    if (keys_.size() < options_.max_keys) {
        const auto place = keys_.try_emplace(key, rested_).first;
        place->second.key = &place->first;
        return place->second;
    }
    entry& forgotten = least_missed(now);
    // In the place of the one that is forgotten: the map gets back its own node.
    forgotten.unlink();
    forgotten.begin_anew(rested_);
    auto node = keys_.extract(*forgotten.key);
    node.key() = key;
    keys_.insert(std::move(node));
    return forgotten;
}

template <class Key, limit L, class Hash>
typename keyed_limiter<Key, L, Hash>::entry& keyed_limiter<Key, L, Hash>::least_missed(
    time_point now) noexcept {
    const bool has_served_ban = !banned_.empty() && banned_.front().banned_until <= now;
    if (has_served_ban || seen_.empty()) return banned_.front();
    entry& oldest = seen_.front();
    if (!oldest.state.is_rested(now)) ++forgotten_early_;
    return oldest;
}

template <class Key, limit L, class Hash>
bool keyed_limiter<Key, L, Hash>::is_one_too_many(entry& violator, time_point now) noexcept {
    if (violator.violations == 0 || now - violator.counted_from >= options_.violation_window) {
        violator.violations = 0;
        violator.counted_from = now;
    }
    return ++violator.violations == options_.violations_to_ban;
}

template <class Key, limit L, class Hash>
void keyed_limiter<Key, L, Hash>::begin_ban(entry& banned, time_point now) noexcept {
    banned.violations = 0;
    banned.banned_until = now + options_.ban_for;
    banned.unlink();
    banned_.push_back(banned);
}

}  // namespace weir::rate
