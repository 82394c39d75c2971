// SPDX-License-Identifier: Apache-2.0
// fanout_load: one connection to the event server that subscribes to the room and perhaps publishes
// to it. Every event carries the moment at which it should have been published, so each delivery
// is timed end to end.
#pragma once

#include "load_shard.hpp"

#include <weir/coro/task.hpp>
#include <weir/sync/event.hpp>
#include <weir/ws/connection.hpp>

#include <cstddef>
#include <string>
#include <string_view>

/// The load of one connection. Lives in the frame of the task that runs it.
class fanout_load {
public:
    explicit fanout_load(load_shard& load, weir::ws::connection peer, std::size_t index);

    /// Subscribes, then takes (and a publisher makes) events until a stop.
    [[nodiscard]] weir::task<> run();

private:
    [[nodiscard]] weir::task<bool> subscribe();
    [[nodiscard]] weir::task<> receive_all();
    [[nodiscard]] weir::task<> publish_all();
    [[nodiscard]] weir::task<bool> publish(load_clock::time_point moment);
    void take(std::string_view event);

    load_shard& load_;
    weir::ws::connection peer_;
    std::size_t index_;
    bool is_publisher_;
    std::size_t in_flight_ = 0;  // own events that have not come back
    weir::event room_;
    std::string text_;
};
