// SPDX-License-Identifier: Apache-2.0
// socket_options: what a TCP or unix socket is told when it is made. An acceptor's options are
// inherited by the sockets that it accepts, so they cost nothing per connection.
#pragma once

#include <weir/base/result.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace weir {
class kernel;
}

namespace weir::net {

/// When to probe a silent peer: after `idle`, every `interval`, giving up after `count` probes.
class keepalive {
public:
    explicit keepalive(std::chrono::seconds silence, std::chrono::seconds every,
                       unsigned probes) noexcept
        : idle(silence), interval(every), count(probes) {}

    std::chrono::seconds idle;      ///< 1 s ... 32767 s
    std::chrono::seconds interval;  ///< 1 s ... 32767 s
    unsigned count;                 ///< 1 ... 127
};

/// Options of a stream socket. The defaults suit small messages over connections that may die
/// silently. Those that do not apply to a unix socket are ignored there.
class socket_options {
public:
    socket_options() noexcept {}

    /// TCP_NODELAY: do not hold small segments back.
    bool nodelay = true;
    /// Probes a dead peer out within about a minute; nullopt = never.
    std::optional<net::keepalive> keepalive{
        net::keepalive(std::chrono::seconds(30), std::chrono::seconds(10), 3)};
    /// TCP_USER_TIMEOUT: how long sent bytes may stay unacknowledged; zero = the system's default.
    std::chrono::milliseconds user_timeout{0};
    /// SO_RCVBUF / SO_SNDBUF in bytes; 0 = the system tunes them itself.
    std::size_t receive_buffer_bytes = 0;
    std::size_t send_buffer_bytes = 0;
    /// TCP_CONGESTION, for example "cubic"; empty = the system's default.
    std::string congestion_control;

    // Of acceptors:
    /// Connections that wait for `accept`, 1 ... net.core.somaxconn.
    unsigned backlog = 4096;
    /// SO_REUSEADDR: bind although old connections linger.
    bool reuse_address = true;
    /// SO_REUSEPORT: several shards listen on one port, and the kernel spreads connections.
    bool reuse_port = false;
    /// IPV6_V6ONLY: an IPv6 acceptor takes no IPv4 connections.
    bool ipv6_only = false;
};

namespace detail {

/// Applies what concerns every stream socket of `family`. Errors: those of setsockopt(2).
[[nodiscard]] result<void> apply_options(kernel& system, int fd, int family,
                                         const socket_options& options);

}  // namespace detail

}  // namespace weir::net
