// SPDX-License-Identifier: Apache-2.0
// server_core: what the connections of one server share.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/http/server/handler.hpp>
#include <weir/http/server/server_options.hpp>
#include <weir/http/server/server_statistics.hpp>
#include <weir/io/of_this_shard.hpp>
#include <weir/io/reactor.hpp>
#include <weir/sync/event.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "encoder_pool.hpp"
#include "file_buffers.hpp"
#include "http/message/date_text.hpp"
#include "preparations.hpp"
#include "server_connection.hpp"

namespace weir::http::detail {

class server_core {
public:
    explicit server_core(http::handler given, server_options with)
        : handler(std::move(given)),
          options(std::move(with)),
          statistics(options.statistics == nullptr ? own_statistics
                                                   : of_this_shard(*options.statistics)),
          encoders(options.compression ? options.max_encoders : 0,
                   options.compression.value_or(compression()).level()),
          preparing(options.max_preparing) {
        WEIR_ASSERT(options.max_preparing > 0, "a server prepares at least one socket at once");
        WEIR_ASSERT(handler != nullptr, "a server needs a handler");
        WEIR_ASSERT(options.max_requests > 0, "a connection needs at least one request");
    }

    void begin_drain() noexcept {
        draining = true;
        const auto stay = options.idle_drain_timeout;
        idle_until = stay.count() > 0 ? reactor::current().now() + stay : reactor::time_point();
        idle.for_each([](server_connection& each) { each.hasten_idle_end(); });
    }

    http::handler handler;
    server_options options;
    server_statistics own_statistics;
    server_statistics& statistics;
    date_text date;
    file_buffers file_pieces;
    encoder_pool encoders;
    preparations preparing;
    /// Where answers are put together. Nobody keeps anything in it over a suspension.
    std::string scratch;
    /// Connections without a request under way; the one that has been idle longest comes first.
    intrusive_list<server_connection> idle;
    std::uint64_t connections = 0;  // so far
    std::size_t open_connections = 0;
    event drain_begun;
    bool draining = false;
    reactor::time_point idle_until{};  // of a draining server
    /// Somebody has connected to a full server of which nobody was idle: who is next makes room.
    bool wants_room = false;
};

}  // namespace weir::http::detail
