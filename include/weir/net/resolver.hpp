// SPDX-License-Identifier: Apache-2.0
// resolve: from a host name to the addresses that a connection may be tried to.
//
// The system's own resolver is asked (getaddrinfo(3)), because only it knows /etc/hosts, the name
// service switch and the local policy; it blocks, so it runs on a few threads beside the shards.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/net/endpoint.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace weir::net {

/// Why a name has no address.
enum class resolve_errc {
    host_not_found = 1,  ///< nobody has that name, or it has no address
    try_again,           ///< no name server answered; it may later
    server_failure,      ///< a name server refused or is broken
    invalid_name,        ///< text that cannot be a host name
};

/// The category of `resolve_errc`. `try_again` equals resource_unavailable_try_again.
[[nodiscard]] const std::error_category& resolve_category() noexcept;
/// Lets a `resolve_errc` be used as a `std::error_code`.
[[nodiscard]] std::error_code make_error_code(resolve_errc error) noexcept;

/// Finds the addresses of `host`. An IP address in text form, with or without brackets, is taken
/// as it stands, at once.
///
/// @param host    1 ... 253 bytes, without NUL.
/// @return        one address or more, each once, in the order of RFC 6724: the best first.
/// Errors:        `resolve_errc`; operation_canceled; those of the system, unmapped.
/// Cancellation:  returns at once; a lookup that has begun is left to its thread.
/// Concurrency:   any number of lookups; four run at once, the others wait for their turn. A name
///                server that does not answer holds a thread for as long as resolv.conf(5) says.
/// Allocates:     the addresses, and what getaddrinfo takes.
/// Source:        getaddrinfo(3), RFC 6724.
[[nodiscard]] task<result<std::vector<endpoint>>> resolve(std::string host, std::uint16_t port);

}  // namespace weir::net

template <>
struct std::is_error_code_enum<weir::net::resolve_errc> : std::true_type {};
