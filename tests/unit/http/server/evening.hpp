// SPDX-License-Identifier: Apache-2.0
// Test support: a whole server that listens, visitors, and the end of the evening.
#pragma once

#include "http_peers.hpp"

#include <weir/http/server/server.hpp>
#include <weir/net/tcp_socket.hpp>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

namespace weir::http::test {

/// What one client hears that says `text` after a while and waits for the end.
inline task<std::string> visit(net::endpoint where, std::string text,
                               std::chrono::nanoseconds after = 0s) {
    static_cast<void>(co_await sleep_for(after));
    auto socket = co_await net::connect(where);
    if (!socket) co_return "not connected";
    auto said = co_await waiting_after(std::move(text))(*socket);
    static_cast<void>(co_await socket->close());
    co_return without_dates(std::move(said));
}

/// Serves while the clients run; the server is drained when `drain_after` is over.
class evening {
public:
    explicit evening(const server_options& options, handler answer = name_it)
        : server_(std::move(answer), options), acceptor_(weir::test::listen_on_loopback()) {}

    [[nodiscard]] net::endpoint where() const { return acceptor_.local_endpoint(); }
    [[nodiscard]] http::server& server() noexcept { return server_; }
    [[nodiscard]] bool is_listening() const noexcept { return acceptor_.is_open(); }
    [[nodiscard]] std::error_code outcome() const noexcept { return outcome_; }
    [[nodiscard]] std::chrono::nanoseconds took() const noexcept { return took_; }

    task<> serve() {
        const auto begun = weir::test::now();
        const auto ended = co_await server_.serve(acceptor_);
        outcome_ = weir::test::error_of(ended);
        took_ = weir::test::now() - begun;
    }
    task<> drain_after(std::chrono::nanoseconds time) {
        static_cast<void>(co_await sleep_for(time));
        server_.drain();
    }

private:
    http::server server_;
    net::tcp_acceptor acceptor_;
    std::error_code outcome_;
    std::chrono::nanoseconds took_{};
};

}  // namespace weir::http::test
