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

using event_rooms = weir::pubsub::rooms<weir::ws::prepared_message>;

/// Lives as long as the runtime, and longer than its shards.
class server_state {
public:
    explicit server_state(const server_settings& chosen)
        : settings(chosen), rooms(chosen.shards, chosen.rooms), metrics(chosen.shards) {
        websocket.connection.limits.max_message_bytes(server_settings::max_message_bytes);
        publish_room_counters();
    }

    const server_settings& settings;
    event_rooms rooms;
    server_metrics metrics;
    weir::ws::server_options websocket;
    std::atomic<bool> draining{false};
    std::atomic<unsigned> listening{0};  // shards that accept connections

private:
    void publish_room_counters() {
        using weir::pubsub::rooms_statistics;
        const auto add = [this](const char* name, const char* help,
                                auto rooms_statistics::* field) {
            metrics.add_counter(name, help, [this, field] {
                return static_cast<double>(rooms.statistics().*field);
            });
        };
        add("event_server_published_total", "Events published.", &rooms_statistics::published);
        add("event_server_delivered_total", "Events given to clients.",
            &rooms_statistics::delivered);
        add("event_server_dropped_total", "Events dropped for slow clients.",
            &rooms_statistics::dropped);
        add("event_server_slow_clients_total", "Clients closed because they were too slow.",
            &rooms_statistics::fell_behind);
        add("event_server_busy_total", "Publishes refused because a shard was behind.",
            &rooms_statistics::refused);
    }
};
