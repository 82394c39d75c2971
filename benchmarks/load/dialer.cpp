// SPDX-License-Identifier: Apache-2.0
#include "dialer.hpp"

#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace {

using namespace std::chrono_literals;

constexpr auto connect_timeout = 20s;

/// 127.0.0.1, 127.0.0.2, ... so that ports do not run out; unspecified where one source is enough.
weir::net::endpoint source_of(const load_options& options, std::size_t index) {
    const std::size_t sources = options.sources();
    if (sources < 2) return weir::net::endpoint();
    const std::size_t number = index % sources + 1;
    const auto made =
        weir::net::endpoint::ip(fmt::format("127.0.{}.{}", number / 250, number % 250 + 1), 0);
    return made ? *made : weir::net::endpoint();
}

weir::task<weir::result<weir::net::tcp_socket>> connect(load_shard& load, std::size_t index) {
    const weir::net::endpoint source = source_of(load.options, index);
    co_return co_await weir::with_timeout(
        connect_timeout,
        weir::net::connect_from(source, load.options.server(), load.client.socket));
}

/// Waits for this connection's moment in the ramp-up.
weir::task<> await_turn(load_shard& load, std::size_t index) {
    const auto ramp_up = load.options.ramp_up();
    if (ramp_up <= 0ns) co_return;
    const double part = static_cast<double>(index) / static_cast<double>(load.options.connections);
    const auto delay = std::chrono::duration_cast<std::chrono::nanoseconds>(ramp_up * part);
    static_cast<void>(co_await weir::sleep_until(load.dial_begin + delay));
}

}  // namespace

weir::task<weir::result<weir::net::tcp_socket>> dial_tcp(load_shard& load, std::size_t index) {
    co_await await_turn(load, index);
    auto permit = co_await load.dialling.acquire();
    if (!permit) co_return weir::fail(permit.error());
    const auto began = load_clock::now();
    auto socket = co_await connect(load, index);
    if (socket) {
        load.counts.connect.record(load_clock::now() - began);
    } else if (!weir::is_stopped(socket.error())) {
        load.counts.note(trouble::refused, socket.error());
    }
    co_return socket;
}

weir::task<weir::result<weir::ws::connection>> dial_websocket(load_shard& load, std::size_t index) {
    co_await await_turn(load, index);
    auto permit = co_await load.dialling.acquire();
    if (!permit) co_return weir::fail(permit.error());
    const auto began = load_clock::now();
    auto socket = co_await connect(load, index);
    if (!socket) {
        if (!weir::is_stopped(socket.error())) load.counts.note(trouble::refused, socket.error());
        co_return weir::fail(socket.error());
    }
    auto peer =
        co_await weir::ws::start_client(std::move(*socket), load.options.where(), load.client);
    if (peer) {
        load.counts.connect.record(load_clock::now() - began);
    } else if (!weir::is_stopped(peer.error())) {
        load.counts.note(trouble::refused, peer.error());
    }
    co_return peer;
}
