// SPDX-License-Identifier: Apache-2.0
// receive_proxy_header: reads what a proxy says about a connection before anything else, TLS
// included.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/net/proxy_header.hpp>
#include <weir/net/stream_socket.hpp>

#include <cstddef>

namespace weir::net {

/// Receives the PROXY header of either version that `socket` must begin with. What follows it stays
/// to be received. Put a `with_timeout` around it: a peer may say nothing for ever.
///
/// @param max_bytes  of a header of version 2.
/// Errors:        bad_message (no such header, or a malformed one), message_size, connection_reset
///                (the peer ended before it was complete): close without an answer. Those of the
///                socket; operation_canceled.
/// Cancellation:  ends at once; the socket is only good for closing.
/// Concurrency:   nobody else reads meanwhile.
/// Source:        The PROXY protocol, versions 1 and 2 (haproxy, proxy-protocol.txt).
[[nodiscard]] task<result<proxy_header>> receive_proxy_header(
    stream_socket& socket, std::size_t max_bytes = proxy_header_parser::default_max_bytes);

}  // namespace weir::net
