// SPDX-License-Identifier: Apache-2.0
// server_metrics: what the event server counts, and shows on /metrics.
#pragma once

#include <weir/http/server/server_statistics.hpp>
#include <weir/metrics/registry.hpp>
#include <weir/pubsub/rooms.hpp>
#include <weir/ws/connection_statistics.hpp>
#include <weir/ws/message.hpp>

#include <string>

using event_rooms = weir::pubsub::rooms<weir::ws::prepared_message>;

/// The metrics by name. Each shard counts in its own cell.
class server_metrics {
public:
    explicit server_metrics(unsigned shards);

    /// Shows what `rooms` count, as long as they live.
    void show(const event_rooms& rooms);

    [[nodiscard]] std::string text() const { return registry_.text(); }

private:
    weir::metrics::registry registry_;

public:
    weir::metrics::sharded<weir::metrics::gauge>& clients;
    weir::metrics::sharded<weir::metrics::counter>& refused;
    weir::metrics::sharded<weir::metrics::counter>& messages;
    weir::metrics::sharded<weir::metrics::counter>& errors;
    weir::metrics::sharded<weir::metrics::histogram>& publishing;
    weir::metrics::sharded<weir::http::server_statistics>& http;
    weir::metrics::sharded<weir::ws::connection_statistics>& websocket;
};

/// Resident memory of this process. Source: proc(5), /proc/self/statm.
[[nodiscard]] double resident_bytes();
