// SPDX-License-Identifier: Apache-2.0
// connect_to, connect_any: a connection to a host that may have several addresses, some of which
// may not answer ("happy eyeballs", RFC 8305).
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/net/endpoint.hpp>
#include <weir/net/socket_options.hpp>
#include <weir/net/tcp_socket.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::net {

/// How a host is connected to.
class connect_options {
public:
    connect_options() noexcept {}

    /// Options of the socket.
    socket_options socket;
    /// How long one attempt is alone before the next address is tried beside it: 10 ms ... 2 s
    /// (RFC 8305 section 5). A failed attempt is followed by the next at once.
    std::chrono::nanoseconds attempt_delay = std::chrono::milliseconds(250);
};

/// Finds the addresses of `host` and connects to the first that answers. Put a `with_timeout`
/// around it: it covers the lookup and all attempts.
///
/// @param host    a name, or an IP address in text form.
/// @return        the connected socket; all other attempts have ended and are closed by then.
/// Errors:        those of `resolve`; those of `connect`, of the first address that failed;
///                operation_canceled.
/// Cancellation:  all attempts end; a connection that was made in spite of the stop is returned.
/// Source:        RFC 8305.
[[nodiscard]] task<result<tcp_socket>> connect_to(std::string host, std::uint16_t port,
                                                  connect_options options = {});

/// Connects to the first of `addresses` that answers. They are tried in their order, except that
/// the families take turns.
///
/// @param addresses  1 ... any; none is an invalid_argument.
/// Errors:        as `connect_to`.
/// Cancellation:  as `connect_to`.
[[nodiscard]] task<result<tcp_socket>> connect_any(std::vector<endpoint> addresses,
                                                   connect_options options = {});

namespace detail {

/// Lets the families take turns, beginning with that of the first address (RFC 8305 section 4).
[[nodiscard]] std::vector<endpoint> interleave_families(const std::vector<endpoint>& addresses);

}  // namespace detail

}  // namespace weir::net
