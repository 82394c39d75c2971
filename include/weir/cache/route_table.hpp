// SPDX-License-Identifier: Apache-2.0
// route_table: where messages for a key go, found once and remembered, until somebody joins or
// leaves. A lookup is one search in a hash map; nothing is remembered longer than it is true.
//
//   key --kept?--> destinations
//          no: resolve(key), and keep the answer
//   joined / left (key): that key's route goes      gone (destination): every route with it goes
#pragma once

#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/lru.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace weir {

/// What a route_table has done; a snapshot.
class route_statistics {
public:
    route_statistics() noexcept = default;

    std::uint64_t hits = 0;
    std::uint64_t misses = 0;         ///< resolved
    std::uint64_t invalidations = 0;  ///< routes that went because of a change
    std::uint64_t expirations = 0;
    std::uint64_t evictions = 0;  ///< routes that went for others
    std::size_t routes = 0;
};

/// Routes of one shard. `Destination` is small and can be hashed (a number, a pointer). Belongs to
/// one thread; neither copies nor moves. A route is good until the next call.
///
/// ```cpp
/// weir::route_table<std::string, int> routes(1000, [&](const std::string& topic) {
///     return members_of(topic);                                // a std::vector<int>
/// });
/// for (const int member : routes.route("room:1", now)) deliver(member);
/// ```
template <class K, class Destination, class Hash = std::hash<K>>
class route_table {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using destinations = std::vector<Destination>;
    using resolve_function = std::function<destinations(const K&)>;

    /// @param max_routes  kept at once, 1 ... 2^32 - 2; the one not used for longest goes first.
    /// @param ttl         after which a route is resolved anew in any case.
    explicit route_table(std::size_t max_routes, resolve_function resolve,
                         std::chrono::nanoseconds ttl = std::chrono::minutes(5))
        : resolve_(std::move(resolve)), ttl_(ttl), routes_(max_routes, route_traits(*this)) {}

    /// Where messages for `key` go now.
    [[nodiscard]] std::span<const Destination> route(const K& key, time_point now) {
        if (auto* found = routes_.find(key)) {
            if (now < found->value.until) {
                ++counted_.hits;
                return found->value.to;
            }
            ++counted_.expirations;
            routes_.erase(key);
        }
        ++counted_.misses;
        return resolve_and_keep(key, now);
    }
    /// Hands out each of `items` to all that it goes to, but each destination once: with all its
    /// items, in their order. `key_of(item)` gives a `const K&`,
    /// `deliver(destination, std::span<const Item* const>)` takes them.
    template <class Item, class KeyOf, class Deliver>
    void route_all(std::span<const Item> items, time_point now, KeyOf key_of, Deliver deliver) {
        std::unordered_map<Destination, std::vector<const Item*>> by_destination;
        destinations order;
        for (const Item& item : items) {
            for (const Destination& to : route(key_of(item), now)) {
                auto& list = by_destination[to];
                if (list.empty()) order.push_back(to);
                list.push_back(&item);
            }
        }
        for (const Destination& to : order) {
            deliver(to, std::span<const Item* const>(by_destination[to]));
        }
    }
    /// Resolves those of `keys` that are not kept.
    void warm(std::span<const K> keys, time_point now) {
        for (const K& key : keys) {
            if (!is_kept(key)) static_cast<void>(resolve_and_keep(key, now));
        }
    }

    /// Somebody has joined or left `key`.
    void invalidate(const K& key) {
        if (routes_.erase(key)) ++counted_.invalidations;
    }
    /// `destination` is gone, from wherever it was.
    void invalidate_destination(const Destination& destination) {
        const auto found = users_.find(destination);
        if (found == users_.end()) return;
        const auto keys = std::move(found->second);
        users_.erase(found);
        for (const K& key : keys) invalidate(key);
    }
    void clear() noexcept { routes_.clear(); }
    /// Drops the routes whose time is over. O(as many routes as there ever were).
    void sweep(time_point now) {
        counted_.expirations += routes_.sweep(
            routes_.places(), [&](const auto& each) { return each.value.until <= now; });
    }

    [[nodiscard]] bool is_kept(const K& key) { return routes_.peek(key) != nullptr; }
    [[nodiscard]] route_statistics statistics() const noexcept {
        route_statistics now = counted_;
        now.evictions = routes_.evictions();
        now.routes = routes_.size();
        return now;
    }

private:
    class kept_route {
    public:
        explicit kept_route(destinations to_, time_point until_)
            : to(std::move(to_)), until(until_) {}
        destinations to;
        time_point until;
    };
    class route_traits : public bounded_map_traits<K, kept_route> {
    public:
        using hash = Hash;
        explicit route_traits(route_table& owner) noexcept : owner_(&owner) {}
        void removed(const K& key, kept_route& route,
                     typename bounded_map_traits<K, kept_route>::extra& /*with*/) noexcept {
            owner_->forget_users(key, route.to);
        }

    private:
        route_table* owner_;
    };

    [[nodiscard]] std::span<const Destination> resolve_and_keep(const K& key, time_point now) {
        destinations to = resolve_(key);
        for (const Destination& each : to) users_[each].insert(key);
        const bool is_endless = ttl_ > time_point::max() - now;
        const time_point until = is_endless ? time_point::max() : now + ttl_;
        return routes_.put(key, kept_route(std::move(to), until))->value.to;
    }
    void forget_users(const K& key, const destinations& to) noexcept {
        for (const Destination& each : to) {
            const auto found = users_.find(each);
            if (found == users_.end()) continue;
            found->second.erase(key);
            if (found->second.empty()) users_.erase(found);
        }
    }

    resolve_function resolve_;
    std::chrono::nanoseconds ttl_;
    route_statistics counted_;
    std::unordered_map<Destination, std::unordered_set<K, Hash>> users_;  // in which routes it is
    bounded_map<K, kept_route, lru, route_traits> routes_;
};

}  // namespace weir
