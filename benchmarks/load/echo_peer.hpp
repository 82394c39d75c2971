// SPDX-License-Identifier: Apache-2.0
// echo_peer: a WebSocket or TCP connection as the echo load sees it: messages of one size go out,
// and what comes in is counted in such messages.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/ws/connection.hpp>

#include <cstddef>
#include <optional>
#include <utility>

/// Answers are messages.
class websocket_peer {
public:
    explicit websocket_peer(weir::ws::connection connection) : connection_(std::move(connection)) {}

    [[nodiscard]] auto send(weir::bytes data) {
        return connection_.send(weir::ws::message_kind::binary, data);
    }
    [[nodiscard]] auto receive() { return connection_.receive(); }
    /// Whether `arrived` says that nothing more will come.
    [[nodiscard]] static bool is_end(const weir::ws::message&) noexcept { return false; }
    /// How many messages of `size` bytes have arrived whole; nullopt = not an answer to ours.
    [[nodiscard]] std::optional<std::size_t> count(const weir::ws::message& arrived,
                                                   std::size_t size) noexcept {
        if (arrived.size() != size) return std::nullopt;
        return 1;
    }

private:
    weir::ws::connection connection_;
};

/// Answers are so many bytes.
class tcp_peer {
public:
    explicit tcp_peer(weir::net::tcp_socket socket) : socket_(std::move(socket)) {}

    [[nodiscard]] auto send(weir::bytes data) { return socket_.send_copy(data); }
    [[nodiscard]] auto receive() { return socket_.receive(); }
    [[nodiscard]] static bool is_end(const weir::buffer_lease& arrived) noexcept {
        return arrived.empty();
    }
    [[nodiscard]] std::optional<std::size_t> count(const weir::buffer_lease& arrived,
                                                   std::size_t size) noexcept {
        part_ += arrived.size();
        const std::size_t whole = part_ / size;
        part_ %= size;
        return whole;
    }

private:
    weir::net::tcp_socket socket_;
    std::size_t part_ = 0;
};
