// SPDX-License-Identifier: Apache-2.0
// traffic_limiter: the limits of a server's clients: a keyed_limiter for each class of traffic, and
// one limit for all of it, of which the urgent may take more than the others. Who is banned for one
// class is banned for all.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/refused.hpp>
#include <weir/base/result.hpp>
#include <weir/rate/keyed_limiter.hpp>
#include <weir/rate/limit.hpp>
#include <weir/rate/priority.hpp>
#include <weir/rate/token_bucket.hpp>
#include <weir/rate/traffic.hpp>
#include <weir/rate/traffic_limits.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace weir::rate {

/// The state of all these limits: no clock and no wait, time is told. Every call is O(1). Belongs
/// to one shard; neither copies nor moves.
///
/// ```cpp
/// weir::rate::traffic_limiter<weir::rate::source_network> clients(traffic_limits(), loop.now());
/// const auto allowed = clients.try_take(source, traffic::message, loop.now());
/// if (!allowed) return refuse(allowed.error());
/// ```
template <class Key, limit L = token_bucket, class Hash = std::hash<Key>>
class traffic_limiter {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit traffic_limiter(const traffic_limits& limits, time_point now)
        : limits_(checked(limits)),
          all_(limits.all, now),
          clients_{of(traffic::message, now), of(traffic::connection, now),
                   of(traffic::tool_call, now), of(traffic::subscription, now)} {}

    /// Takes `cost` from what `client` has of the class and from that of all, or from neither.
    ///
    /// Errors:     refusal::rate_limited, refusal::banned; with the time after which to ask again.
    /// Allocates:  as keyed_limiter.
    [[nodiscard]] result<void, refused> try_take(const Key& client, traffic kind, time_point now,
                                                 priority urgency = priority::normal,
                                                 std::uint64_t cost = 1) {
        // Before the clients, so that a flood of new ones does not wash out those that are known.
        const std::uint64_t needed = cost + kept_from(urgency);
        if (all_.ready_at(needed, now) > now) {
            return fail(refused(refusal::rate_limited, retry_after(all_, needed, now)));
        }
        const auto taken = clients_[static_cast<std::size_t>(kind)].try_take(client, cost, now);
        if (taken) {
            static_cast<void>(all_.try_take(cost, now));
        } else if (taken.error().why() == refusal::banned) {
            ban_everywhere(client, now);
        }
        return taken;
    }

    /// Bans `client` from now on for as long as violations would.
    void ban(const Key& client, time_point now) {
        for (limiter& each : clients_) each.ban(client, now);
    }
    void pardon(const Key& client) noexcept {
        for (limiter& each : clients_) each.pardon(client);
    }
    /// From at least one class.
    [[nodiscard]] bool is_banned(const Key& client, time_point now) const {
        for (const limiter& each : clients_) {
            if (each.is_banned(client, now)) return true;
        }
        return false;
    }
    /// For its counts.
    [[nodiscard]] const keyed_limiter<Key, L, Hash>& clients(traffic kind) const noexcept {
        return clients_[static_cast<std::size_t>(kind)];
    }

private:
    using limiter = keyed_limiter<Key, L, Hash>;

    static const traffic_limits& checked(const traffic_limits& limits) noexcept {
        WEIR_ASSERT(0 <= limits.kept_for_urgent &&
                        limits.kept_for_urgent <= limits.kept_from_background &&
                        limits.kept_from_background <= 1,
                    "what is kept is a part of all, and more is kept from the less urgent");
        return limits;
    }
    [[nodiscard]] limiter of(traffic kind, time_point now) const {
        keyed_options clients = limits_.clients;
        clients.all.reset();
        return limiter(limits_.of(kind), clients, now);
    }
    /// How much of the limit of all must be left after something of that urgency.
    [[nodiscard]] std::uint64_t kept_from(priority urgency) const noexcept {
        if (urgency == priority::urgent) return 0;
        const double part =
            urgency == priority::normal ? limits_.kept_for_urgent : limits_.kept_from_background;
        return static_cast<std::uint64_t>(part * static_cast<double>(limits_.all.burst()));
    }
    void ban_everywhere(const Key& client, time_point now) {
        for (limiter& each : clients_) {
            if (!each.is_banned(client, now)) each.ban(client, now);
        }
    }

    traffic_limits limits_;
    L all_;
    std::array<limiter, traffic_classes> clients_;
};

}  // namespace weir::rate
