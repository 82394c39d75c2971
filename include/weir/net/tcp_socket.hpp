// SPDX-License-Identifier: Apache-2.0
// tcp_socket: a connected stream socket, and how a client makes one.
#pragma once

#include <weir/net/endpoint.hpp>
#include <weir/net/socket_options.hpp>
#include <weir/net/stream_socket.hpp>

namespace weir::net {

/// A connected TCP socket. See `stream_socket`.
class tcp_socket : public stream_socket {
public:
    using stream_socket::stream_socket;
};

/// Connects to `where` (IPv4, IPv6 or unix). Put a `with_timeout` around it: the kernel alone gives
/// up after minutes.
///
/// @return        the connected socket.
/// Errors:        connection_refused, host_unreachable, network_unreachable, timed_out,
///                no_such_file_or_directory (unix), too_many_files_open, operation_canceled.
/// Cancellation:  the attempt ends and its descriptor is closed; a connection that was made in
///                spite of the stop is returned.
/// Source:        io_uring_prep_connect(3).
[[nodiscard]] task<result<tcp_socket>> connect(endpoint where, socket_options options = {});
/// The same from a chosen local address, for example to spread many connections over several.
///
/// Errors:        as `connect`; address_in_use, address_not_available.
/// Cancellation:  as `connect`.
[[nodiscard]] task<result<tcp_socket>> connect_from(endpoint local, endpoint where,
                                                    socket_options options = {});

}  // namespace weir::net
