// SPDX-License-Identifier: Apache-2.0
// server: an HTTP/1.1 server on one shard.
//
//   serving --drain--> draining: nothing more is accepted, idle connections end, at once or after
//      |               idle_drain_timeout, and requests get their answer, with `Connection: close`
//      |                  `--all have ended, or drain_timeout--> over
//      `--a stop--> over: whatever is under way is stopped
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/server/handler.hpp>
#include <weir/http/server/server_options.hpp>
#include <weir/http/server/server_statistics.hpp>
#include <weir/net/endpoint.hpp>
#include <weir/net/stream_socket.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/sync/task_group.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace weir::http {

namespace detail {
class server_core;
}  // namespace detail

/// Accepts connections and answers their requests. Belongs to one shard: every shard has its own,
/// each with an acceptor for the same port. Must outlive what it serves.
///
/// ```cpp
/// weir::http::server server(greet);
/// auto acceptor = weir::ok(weir::net::tcp_acceptor::listen(where));
/// co_await weir::ok(server.serve(acceptor));   // until server.drain(), or a stop
/// ```
class server {
public:
    explicit server(handler answer, const server_options& options = server_options());
    server(const server&) = delete;
    server& operator=(const server&) = delete;
    ~server();

    /// Serves what `acceptor` accepts, and closes it when it drains.
    ///
    /// Errors:        timed_out (drained, but some were cut off at the deadline);
    ///                operation_canceled; those of the acceptor.
    /// Cancellation:  handlers are stopped and connections closed; then this ends.
    [[nodiscard]] task<result<void>> serve(net::tcp_acceptor& acceptor);

    /// Serves one connection that somebody else has accepted, as part of this server.
    ///
    /// Errors:        none; as `http::serve`.
    /// Cancellation:  as `http::serve`.
    [[nodiscard]] task<> serve_connection(net::stream_socket socket);

    /// Begins the orderly end. Once begun it goes on.
    void drain() noexcept;
    [[nodiscard]] bool is_draining() const noexcept;
    /// Connections that are open, those that were handed over included.
    [[nodiscard]] std::size_t open_connections() const noexcept;
    /// Where it counts: with `server_options::statistics` others of the shard may count there, too.
    [[nodiscard]] const server_statistics& statistics() const noexcept;

private:
    [[nodiscard]] task<result<void>> accept_all(net::tcp_acceptor& acceptor,
                                                task_group& connections);
    [[nodiscard]] task<> prepare_and_serve(net::tcp_socket socket);
    [[nodiscard]] task<result<void>> prepare(net::tcp_socket& socket,
                                             std::optional<net::endpoint>& peer);
    [[nodiscard]] task<result<void>> told_to_drain();

    std::unique_ptr<detail::server_core> core_;
};

}  // namespace weir::http
