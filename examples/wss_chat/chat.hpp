// SPDX-License-Identifier: Apache-2.0
// chat: rooms in which everybody hears what anybody says, on the port that serves the page.
//
//   GET /                      the page
//   GET /rooms/{room}/{name}   with an upgrade to WebSocket: the last lines, then what is said
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/task.hpp>
#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/lru.hpp>
#include <weir/http/routing/router.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/prepared_response.hpp>
#include <weir/pubsub/rooms.hpp>
#include <weir/ws/accept.hpp>
#include <weir/ws/connection.hpp>
#include <weir/ws/message.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

/// What was said, in the form in which all who hear it get it.
using line = weir::ws::prepared_message;

/// Belongs to one shard, and outlives those who visit it.
class chat {
public:
    static constexpr std::size_t max_history = 50;  // lines of a room
    static constexpr std::size_t max_histories = 100;
    static constexpr std::size_t max_line_bytes = 1024;
    static constexpr std::size_t max_name_bytes = 32;

    chat();

    /// Answers one request: this is the handler of the server.
    [[nodiscard]] weir::task<weir::result<void>> answer(weir::http::exchange& exchange);
    /// Tells everybody to go (1001).
    void close() noexcept { closing_.request_stop(); }

private:
    using handler = weir::task<weir::result<void>> (chat::*)(weir::http::exchange&,
                                                             const weir::http::route_match&);
    using rooms = weir::pubsub::rooms<line>;
    class visitor;

    [[nodiscard]] weir::task<weir::result<void>> show_page(weir::http::exchange& exchange,
                                                           const weir::http::route_match& match);
    [[nodiscard]] weir::task<weir::result<void>> enter(weir::http::exchange& exchange,
                                                       const weir::http::route_match& match);
    void say(const std::string& room, std::string_view text);

    weir::http::router<handler> routes_;
    weir::http::prepared_response page_;
    weir::ws::server_options websocket_;
    rooms rooms_;
    /// Of the rooms in which something was said last.
    weir::bounded_map<std::string, std::deque<line>, weir::lru> histories_;
    weir::stop_source closing_;
};
