// SPDX-License-Identifier: Apache-2.0
// raw_connection: a connection that has left HTTP: what another protocol needs to go on with it.
#pragma once

#include <weir/http/message/request.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/net/stream_socket.hpp>

#include <utility>

namespace weir::http {

/// A connection that was handed over, with the request that asked for it. Moves, does not copy.
class raw_connection {
public:
    explicit raw_connection(net::stream_socket stream, http::request asked, buffer_lease rest)
        : socket(std::move(stream)), request(std::move(asked)), leftover(std::move(rest)) {}

    net::stream_socket socket;
    http::request request;
    buffer_lease leftover;  ///< received behind the request: of the new protocol
};

}  // namespace weir::http
