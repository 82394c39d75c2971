// SPDX-License-Identifier: Apache-2.0
// serve: HTTP/1.1 on one connection, for those that accept connections themselves.
#pragma once

#include <weir/coro/task.hpp>
#include <weir/http/server/handler.hpp>
#include <weir/http/server/server_options.hpp>
#include <weir/net/stream_socket.hpp>

namespace weir::http {

/// Answers the requests on `socket` until it ends, then closes it. Pipelined requests are answered
/// in order, one at a time; answers of one turn of the loop leave together.
///
/// @param socket   a stream of any kind.
/// @param options  copied; `max_connections`, `drain_timeout`, `prepare` and `proxy_header_from`
///                 mean nothing here: that is for whoever accepts.
/// Errors:         none: what goes wrong ends the connection, and the access log is told.
/// Cancellation:   the connection is closed; a handler under way is stopped first.
/// Source:         RFC 9112.
[[nodiscard]] task<> serve(net::stream_socket socket, handler answer, server_options options);

}  // namespace weir::http
