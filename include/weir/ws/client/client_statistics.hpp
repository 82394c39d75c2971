// SPDX-License-Identifier: Apache-2.0
// client_statistics: what a client has counted since it was made.
#pragma once

#include <weir/metrics/counter.hpp>
#include <weir/metrics/gauge.hpp>
#include <weir/metrics/sharded.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace weir::metrics {
class registry;
}

namespace weir::ws {

/// Counts of one client, or of several on one shard. That writes; any thread may read.
class client_statistics {
public:
    client_statistics() noexcept = default;

    metrics::counter attempts;       ///< to connect
    metrics::counter connections;    ///< that became WebSocket connections
    metrics::counter messages_sent;  ///< handed to a connection
    metrics::counter bytes_sent;     ///< of their payloads
    metrics::counter messages_received;
    metrics::counter bytes_received;
    metrics::counter messages_dropped;  ///< that left the outbox unsent
    metrics::counter messages_unread;   ///< that left the inbox unread
    metrics::counter replies;           ///< that found their requests
    metrics::counter late_replies;      ///< whose requests had been given up; dropped
    metrics::counter requests_lost;     ///< whose connections broke

    /// Of the last ping that was answered; 0 = none was.
    [[nodiscard]] std::chrono::nanoseconds round_trip() const noexcept {
        return std::chrono::nanoseconds(round_trip_.value());
    }
    void note_round_trip(std::chrono::nanoseconds took) noexcept { round_trip_.set(took.count()); }

private:
    metrics::gauge round_trip_;
};

/// Shows in a registry what the WebSocket clients of all its shards do, as `weir_ws_client_...`:
/// each message that a full queue or a break has cost by its reason,
/// `weir_ws_client_losses_total{reason="outbox"}`.
///
/// ```cpp
/// setup.statistics = &weir::ws::add_client_statistics(registry, label("venue", "north"));
/// ```
/// @param shown_in  borrowed by every client that counts there: it must outlive them. As with all
///                  of its metrics: before the shards start.
/// @param labels    of `metrics::label`, joined by commas; needed where this is done twice.
[[nodiscard]] metrics::sharded<client_statistics>& add_client_statistics(
    metrics::registry& shown_in, std::string_view labels = {});

}  // namespace weir::ws
