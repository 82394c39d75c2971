// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/server.hpp>

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/receive_proxy_header.hpp>

#include <algorithm>
#include <utility>

#include "server_core.hpp"

namespace weir::http {

server::server(handler answer, const server_options& options)
    : core_(std::make_unique<detail::server_core>(std::move(answer), options)) {}

server::~server() = default;

task<result<void>> server::serve(net::tcp_acceptor& acceptor) {
    task_group connections(co_await this_task(), core_->options.max_connections);
    auto race = co_await when_any(accept_all(acceptor, connections), told_to_drain());
    if (!is_draining()) {
        connections.request_stop();
        static_cast<void>(co_await connections.join());
        co_return race.outcome<0>();
    }
    acceptor.close();
    const auto patience = core_->options.idle_drain_timeout + core_->options.drain_timeout;
    static_cast<void>(co_await with_timeout(patience, connections.join()));
    co_await ok(check_stopped());
    if (connections.is_stopped()) co_return fail(std::errc::timed_out);
    co_return result<void>();
}

task<result<void>> server::accept_all(net::tcp_acceptor& acceptor, task_group& connections) {
    const auto serve_it = [this](net::tcp_socket socket) {
        const server_options& options = core_->options;
        const bool is_plain = !options.prepare && options.proxy_header_from.empty();
        return is_plain ? serve_connection(std::move(socket))
                        : prepare_and_serve(std::move(socket));
    };
    for (;;) {
        auto socket = co_await acceptor.accept();
        if (!socket) co_return fail(socket.error());
        const bool is_full = connections.in_flight() == connections.max_in_flight();
        // Who says nothing in a handshake is ended before those who have been served.
        const bool has_room = !is_full || core_->preparing.end_longest();
        if (!has_room && !core_->idle.empty()) {
            core_->statistics.idle_ended.add();
            core_->idle.front().end_if_idle();
        }
        core_->wants_room = !has_room && core_->idle.empty();
        auto started = connections.spawn(serve_it, std::move(*socket));
        const auto begun = co_await started;
        core_->wants_room = false;
        if (!begun) co_return begun;
    }
}

task<result<void>> server::told_to_drain() { co_return co_await core_->drain_begun.wait(); }

task<> server::prepare_and_serve(net::tcp_socket socket) {
    bool is_prepared = false;
    std::optional<net::endpoint> peer;
    try {
        auto preparing = core_->preparing.run(prepare(socket, peer));
        const auto prepared = co_await std::move(preparing);
        is_prepared = prepared.has_value();
    } catch (...) {
        is_prepared = false;  // it concerns nobody but this one
    }
    if (!is_prepared) {
        core_->statistics.unprepared.add();
        static_cast<void>(co_await socket.close());  // says why, where the protocol can
        co_return;
    }
    detail::server_connection connection(std::move(socket), *core_, peer);
    co_await connection.serve();
}

/// @param peer  set to whom a proxy speaks for, if one does.
task<result<void>> server::prepare(net::tcp_socket& socket, std::optional<net::endpoint>& peer) {
    const server_options& options = core_->options;
    const auto& proxies = options.proxy_header_from;
    if (!proxies.empty()) {
        const net::endpoint from = ok(socket.peer_endpoint());
        const auto has_it = [&from](const net::network& each) { return each.contains(from); };
        if (std::any_of(proxies.begin(), proxies.end(), has_it)) {
            auto receiving = net::receive_proxy_header(socket);
            const auto header =
                co_await ok(with_timeout(options.first_byte_timeout, std::move(receiving)));
            peer = header.source();
        }
    }
    if (!options.prepare) co_return result<void>();
    auto preparing = options.prepare(socket);
    co_return co_await std::move(preparing);
}

task<> server::serve_connection(net::stream_socket socket) {
    detail::server_connection connection(std::move(socket), *core_);
    co_await connection.serve();
}

void server::drain() noexcept {
    if (!is_draining()) core_->begin_drain();
    core_->drain_begun.set();
}

bool server::is_draining() const noexcept { return core_->draining; }

std::size_t server::open_connections() const noexcept { return core_->open_connections; }

const server_statistics& server::statistics() const noexcept { return core_->statistics; }

}  // namespace weir::http
