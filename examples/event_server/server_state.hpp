// SPDX-License-Identifier: Apache-2.0
// server_state: what all shards of the event server share. Everything in it may be used by any
// shard; what belongs to one shard is in `event_server`.
#pragma once

#include "server_metrics.hpp"
#include "server_settings.hpp"

#include <weir/pubsub/rooms.hpp>
#include <weir/ws/accept.hpp>
#include <weir/ws/message.hpp>

#include <atomic>

/// Lives as long as the runtime, and longer than its shards.
class server_state {
public:
    explicit server_state(const server_settings& chosen)
        : settings(chosen), rooms(chosen.shards, chosen.rooms), metrics(chosen.shards) {
        websocket.connection.limits.max_message_bytes(server_settings::max_message_bytes);
        websocket.connection.statistics = &metrics.websocket;
        metrics.show(rooms);
    }

    const server_settings& settings;
    event_rooms rooms;
    server_metrics metrics;
    weir::ws::server_options websocket;
    std::atomic<bool> draining{false};
    std::atomic<unsigned> listening{0};  // shards that accept connections
};
