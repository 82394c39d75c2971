// SPDX-License-Identifier: Apache-2.0
// accept, upgrade: the server's side of the opening handshake.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/request_parser.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/ws/connection.hpp>
#include <weir/ws/connection_options.hpp>
#include <weir/ws/protocol/handshake.hpp>

namespace weir::ws {

/// How a server takes WebSocket connections: one object for all of them, which must outlive them.
class server_options {
public:
    server_options() {}

    connection_options connection;
    upgrade_rules rules;
    http::request_limits request;
};

/// Reads an upgrade request from `socket` and answers it, within `handshake_timeout`. A request
/// that breaks a rule gets its HTTP answer, and the connection is closed.
///
/// @param options  borrowed as long as the connection lives.
/// Errors:         timed_out; every http::errc and handshake_errc; connection_errc::not_an_upgrade;
///                 connection_aborted; those of the socket.
/// Cancellation:   the socket is closed.
/// Source:         RFC 6455 4.2.
[[nodiscard]] task<result<connection>> accept(net::stream_socket socket,
                                              const server_options& options);

/// Answers an upgrade request that was read already, for servers that speak HTTP on the same port.
///
/// @param leftover  bytes received behind the request.
/// @param options   borrowed as long as the connection lives.
/// Errors:          every handshake_errc (the HTTP answer was sent); those of the socket.
/// Cancellation:    the socket is closed.
[[nodiscard]] task<result<connection>> upgrade(net::stream_socket socket, http::request request,
                                               buffer_lease leftover,
                                               const server_options& options);

}  // namespace weir::ws
