// SPDX-License-Identifier: Apache-2.0
// request_reader: reads the requests of one connection, one after the other: the shell around
// `request_parser`.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/request_parser.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/net/stream_socket.hpp>

#include <optional>

namespace weir::http {

/// Reads requests from a socket that it borrows. Belongs to one shard.
class request_reader {
public:
    /// @param from  must outlive this.
    explicit request_reader(net::stream_socket& from, const request_limits& limits = {})
        : from_(from), parser_(limits) {}

    /// Reads the next whole request. Put a `with_timeout` around it: a peer may be slow on purpose.
    ///
    /// @return        the request; nullopt = the peer ended the connection between two requests.
    /// Errors:        every http::errc (answer with `status_for`, then close);
    ///                connection_aborted (ended in the middle); those of the socket.
    /// Cancellation:  what has arrived is kept; the next call goes on.
    /// Source:        RFC 9112.
    [[nodiscard]] task<result<std::optional<request>>> next();

    /// Bytes received behind the last request: after an upgrade, those of the new protocol.
    [[nodiscard]] buffer_lease take_leftover() noexcept { return std::move(chunk_); }

private:
    net::stream_socket& from_;
    request_parser parser_;
    buffer_lease chunk_;
};

}  // namespace weir::http
