// SPDX-License-Identifier: Apache-2.0
// server_options: what a server allows its peers, and whom it tells.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/content/compression.hpp>
#include <weir/http/message/request_parser.hpp>
#include <weir/http/routing/forwarded.hpp>
#include <weir/http/server/access_record.hpp>
#include <weir/http/server/server_statistics.hpp>
#include <weir/net/network.hpp>
#include <weir/net/stream_socket.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace weir::http {

/// Limits and times of a server's connections. Each limit that ends something has an errc that
/// names it, and `server_statistics` counts it.
class server_options {
public:
    server_options() { request.max_body_bytes(std::size_t{1} << 20U); }

    /// What one request may cost; a body may have 1 MiB.
    request_limits request;
    /// Connections at once. Beyond it the one that has been idle longest makes room; when all are
    /// busy, others wait in the system's backlog.
    std::size_t max_connections = 10'000;
    /// Requests on one connection, so that a balancer can move its clients; 1 or more. Connections
    /// end up to a tenth earlier, each at another number, so that not all come back at once.
    std::size_t max_requests = 1000;
    /// From the connection to the first byte of its first request.
    std::chrono::nanoseconds first_byte_timeout = std::chrono::seconds(10);
    /// From the first byte of a request's head to its last, however many there are in between: 408.
    std::chrono::nanoseconds head_timeout = std::chrono::seconds(10);
    /// From an answer to the first byte of the next request.
    std::chrono::nanoseconds keep_alive_timeout = std::chrono::seconds(60);
    /// A body that is waited for must come at this rate on average, after `body_grace`; 0 = at any.
    /// Only the time that a handler waits for it counts. Slower: 408.
    std::uint64_t min_body_bytes_per_second = 240;
    std::chrono::nanoseconds body_grace = std::chrono::seconds(5);
    /// The longest wait for any byte of a body, however much has come before: 408.
    std::chrono::nanoseconds max_body_pause = std::chrono::seconds(30);
    /// An answer must be taken at this rate while there is more of it than the socket queues (1
    /// MiB), and at the end of a connection; it is looked at once in `send_timeout`. Slower: given
    /// up.
    std::uint64_t min_answer_bytes_per_second = 240;
    std::chrono::nanoseconds send_timeout = std::chrono::seconds(60);
    /// What is left of a body that its handler did not read may be so long; else the connection is
    /// closed after the answer.
    std::size_t max_discarded_bytes = std::size_t{256} << 10U;
    /// How long a peer that is still sending has for reading the last answer.
    std::chrono::nanoseconds close_timeout = std::chrono::seconds(2);
    /// How long requests under way have after `server::drain`, and after `idle_drain_timeout`.
    std::chrono::nanoseconds drain_timeout = std::chrono::seconds(30);
    /// How long idle connections stay open after `server::drain`, for a request that is on its way
    /// or that a balancer sends before its next check has failed: it is answered, as the last one.
    /// 0 = they end at once, and such a request is lost.
    std::chrono::nanoseconds idle_drain_timeout = std::chrono::nanoseconds::zero();
    /// Packs the bodies of answers, as far as it is asked for and worth it; nullopt = none.
    std::optional<http::compression> compression;
    /// Answers that are packed at once, 256 KiB each; when there are so many, others are sent as
    /// they are.
    std::size_t max_encoders = 64;
    /// Connections from these networks begin with a PROXY header (either version, and before TLS),
    /// within `first_byte_timeout`, or are ended; nobody else's has one. The peer of such a
    /// connection is whom the header names.
    std::vector<net::network> proxy_header_from;
    /// Who is believed in what X-Forwarded-For (or Forwarded) says of `exchange::client`.
    trusted_proxies proxies;
    /// What is done with an accepted socket before its first request, as a handshake of TLS
    /// (`tls::acceptance`); empty = nothing. It sees to its own time; an error ends the connection.
    std::function<task<result<void>>(net::stream_socket&)> prepare;
    /// Sockets that are prepared at once: a handshake takes a millisecond of the processor from
    /// those that are served. Others wait; while they do, and while the server is full, one that
    /// has been at it longer than a second is ended.
    std::size_t max_preparing = 64;
    /// Told of every request when its answer has ended; empty = nobody. It must not throw.
    std::function<void(const access_record&)> access_log;
    /// Where each server counts, in the part of the shard that it is made on
    /// (`add_server_statistics`); borrowed. Null = in one of its own.
    metrics::sharded<server_statistics>* statistics = nullptr;
};

}  // namespace weir::http
