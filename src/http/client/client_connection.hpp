// SPDX-License-Identifier: Apache-2.0
// client_connection: what a pool of a client lends: a socket, or the place for one, and what one
// exchange after the other is read with. It is connected by whoever has borrowed it, so that his
// budget pays for that and his error says where it was spent.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/client/client_options.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/sync/semaphore.hpp>

#include <optional>
#include <string>
#include <utility>

#include "client_exchange.hpp"

namespace weir::http::detail {

class client_connection {
public:
    explicit client_connection(const client_options& options)
        : exchange(options.response, options.max_interim_responses) {}

    [[nodiscard]] bool is_open() const noexcept { return socket.has_value(); }
    /// Whether nothing has come since the last exchange: neither bytes, which nobody asked for, nor
    /// the end.
    [[nodiscard]] bool is_quiet() const noexcept;
    void open(net::tcp_socket connected) noexcept;
    void close() noexcept;

    /// Receives until something is to be done.
    ///
    /// Errors:        those of `client_exchange`; those of the socket; operation_canceled.
    /// Cancellation:  nothing is lost; the next call goes on.
    [[nodiscard]] task<result<exchange_action>> next();
    /// The bytes of a `body` action; once.
    [[nodiscard]] buffer_lease take_piece() noexcept { return std::move(piece_); }
    /// Takes what has been received already, body or not, and drops it.
    void drop_received();
    /// Whether another exchange may follow.
    [[nodiscard]] bool is_settled() const noexcept;

    std::optional<net::tcp_socket> socket;
    client_exchange exchange;
    /// Where what is to be sent is put together.
    std::string text;
    /// Leave to be open, from the client.
    std::optional<semaphore::permit> permit;
    /// Whether an exchange has been begun on this socket before.
    bool is_used = false;

private:
    [[nodiscard]] result<exchange_action> feed();

    buffer_lease received_;
    buffer_lease piece_;
};

}  // namespace weir::http::detail
