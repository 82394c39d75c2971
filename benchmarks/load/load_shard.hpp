// SPDX-License-Identifier: Apache-2.0
// load_shard: what the connections of one shard share: the options, the counts, and the window of
// time in which messages are sent.
//
//   opening --all connections are open or refused--> running --window over--> ending
#pragma once

#include "load_options.hpp"
#include "measurements.hpp"

#include <weir/coro/stop.hpp>
#include <weir/io/shard.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/semaphore.hpp>
#include <weir/ws/connect.hpp>

#include <chrono>
#include <cstddef>
#include <string>

using load_clock = std::chrono::steady_clock;

/// Belongs to its shard, apart from `counts`, which any thread may read.
class load_shard {
public:
    explicit load_shard(const load_options& asked, shard_measurements& counted)
        : options(asked), counts(counted), payload(asked.size, 'x') {
        client.connection.limits.max_message_bytes(std::size_t{64} << 20U);
        client.socket.keepalive.reset();
    }

    /// Lets the connections begin at `begin` and go on to `end`.
    void open_window(load_clock::time_point begin, load_clock::time_point end) {
        window_begin = begin;
        window_end = end;
        go.set();
    }
    /// Ends the connections that are left.
    void end() {
        over.request_stop();
        ended.set();
    }
    [[nodiscard]] bool is_sending_over() const noexcept { return load_clock::now() >= window_end; }

    const load_options& options;
    shard_measurements& counts;
    weir::ws::client_options client;
    /// More handshakes at once would only measure the queue of the server's listener.
    weir::semaphore dialling{256};
    weir::event go;
    weir::stop_source over;
    weir::event ended;  // nobody refers to this shard any more
    const load_clock::time_point dial_begin = load_clock::now();
    load_clock::time_point window_begin;
    load_clock::time_point window_end;
    std::string payload;
};
