// SPDX-License-Identifier: Apache-2.0
// client_options: what a client allows itself and the servers that it asks.
#pragma once

#include <weir/http/client/client_statistics.hpp>
#include <weir/http/client/redirect_policy.hpp>
#include <weir/http/content/content_decoder.hpp>
#include <weir/http/message/request_parser.hpp>
#include <weir/net/connect.hpp>
#include <weir/tls/context.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>

namespace weir::http {

/// Limits and times of a client. Each limit that ends something has an error that names it, and
/// `client_statistics` counts it.
class client_options {
public:
    client_options() {}

    /// Open at a time to one scheme, host and port; 1 or more. Beyond it requests wait.
    std::size_t max_connections_per_origin = 16;
    /// Open at a time to all of them; 1 or more. Beyond it the one whose origin was asked longest
    /// ago makes room; when all are busy, requests wait.
    std::size_t max_connections = 256;
    /// Origins that are remembered, 40 KiB each; 1 or more. When all are busy, a request to another
    /// one is refused (refusal::exhausted).
    std::size_t max_origins = 64;
    /// Requests that wait for a connection to one origin; beyond it: refusal::exhausted.
    std::size_t max_waiting = 1000;
    /// How long a connection is kept that nobody uses.
    std::chrono::nanoseconds idle_timeout = std::chrono::seconds(30);
    /// How long a connection is used at all, so that addresses that have changed are seen.
    std::chrono::nanoseconds max_lifetime = std::chrono::minutes(30);

    /// For everything that a request does: wait for a connection, find the host, connect, shake
    /// hands, send, redirects and the retry included; until the head of the response with `start`,
    /// until the end of its body with `get` and `send`.
    std::chrono::nanoseconds budget = std::chrono::seconds(30);
    /// The longest wait for the next bytes of a body that is read piece by piece.
    std::chrono::nanoseconds max_silence = std::chrono::seconds(60);
    /// How long a server may let a request that expects `100 Continue` wait; then the body is sent.
    std::chrono::nanoseconds expect_timeout = std::chrono::seconds(1);

    /// What a response's head, chunk extensions and trailers may cost; the line limit is that of
    /// the status line, the limit of the body is not looked at.
    request_limits response;
    /// 1xx in front of one response.
    unsigned max_interim_responses = 8;
    /// A body that is collected by `get` or `send`, as it is after decoding: errc::body_over_limit.
    std::size_t max_body_bytes = std::size_t{1} << 20U;
    /// Asks for packed bodies and unpacks them; the caller sees them as they were meant.
    bool decodes = true;
    /// What unpacking may cost, however the body is read.
    decoding_limits decoding;

    redirect_policy redirects;
    /// Sends a request once more, on a new connection, when the one that it was sent on had been
    /// kept and turned out to be closed: only requests that are idempotent, of which nothing of a
    /// response has come, and whose body can be sent again.
    bool retries = true;

    /// Empty = no such field.
    std::string user_agent = "weir";
    /// For https; without one, those are trusted whom the system trusts. It should offer "http/1.1"
    /// or no protocol at all.
    std::optional<tls::client_context> tls;
    net::connect_options connecting;
    /// Where each client counts, in the part of the shard that it is made on
    /// (`add_client_statistics`); borrowed. Null = in one of its own.
    metrics::sharded<client_statistics>* statistics = nullptr;
};

static_assert(!std::is_aggregate_v<client_options>);

}  // namespace weir::http
