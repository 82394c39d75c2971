// SPDX-License-Identifier: Apache-2.0
// event_server: one shard of the server: accepts connections, speaks HTTP on them, and hands those
// that ask for an upgrade to a `client`.
//
//   serving --drain--> draining: the port is closed; clients are told to go, spread over a moment
//           --all have gone, or the deadline--> over
#pragma once

#include "client.hpp"
#include "command.hpp"
#include "server_state.hpp"

#include <weir/base/result.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/request_reader.hpp>
#include <weir/http/server/server_statistics.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstddef>
#include <optional>

/// Belongs to its shard.
class event_server {
public:
    explicit event_server(server_state& server);

    /// Serves `where` until it has been drained, or a stop.
    [[nodiscard]] weir::task<weir::result<void>> serve(weir::net::endpoint where);

    /// Begins to end: called once, on this shard.
    void drain() noexcept { drain_.set(); }

    /// Bytes that wait for the client of this shard for which most do.
    [[nodiscard]] std::size_t longest_queue() const noexcept;

private:
    void announce(const weir::net::endpoint& where);
    [[nodiscard]] weir::task<> accept_all(weir::net::tcp_acceptor& acceptor,
                                          weir::task_group& connections);
    [[nodiscard]] weir::task<> drain_when_told(weir::net::tcp_acceptor& acceptor);
    [[nodiscard]] weir::task<> serve_connection(weir::net::tcp_socket socket);
    /// In HTTP, and then perhaps as a client's WebSocket.
    [[nodiscard]] weir::task<> converse(weir::net::tcp_socket socket);
    /// Answers requests until the connection ends, or gives the one that asks for an upgrade.
    [[nodiscard]] weir::task<std::optional<weir::http::request>> serve_requests(
        weir::net::tcp_socket& socket, weir::http::request_reader& reader);
    [[nodiscard]] bool is_full() const noexcept { return clients_.size() >= max_clients_; }
    [[nodiscard]] bool refuses() const noexcept { return is_full() || server_.draining.load(); }

    server_state& server_;
    unsigned shard_;
    weir::http::server_statistics& counted_;  // here
    std::size_t max_clients_;
    command_parser parser_;
    client::list clients_;
    weir::event drain_;
    weir::scope::time_point deadline_{};  // of draining
    weir::stop_source requests_;          // ends those who have not become clients
};
