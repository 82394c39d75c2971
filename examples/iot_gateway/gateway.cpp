// SPDX-License-Identifier: Apache-2.0
#include "gateway.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/ws/accept.hpp>

#include <utility>

namespace {

const weir::ws::server_options& device_options() {
    static const weir::ws::server_options options = [] {
        weir::ws::server_options all;
        all.connection.limits.max_message_bytes(1024);  // a device has little to say
        return all;
    }();
    return options;
}

constexpr std::size_t max_devices = 100'000;

}  // namespace

weir::task<> gateway::serve(weir::ws::connection peer) {
    device from(++devices_);
    while (auto message = co_await peer.receive()) {
        if (message->is_text()) {
            static_cast<void>(co_await peer.close(weir::ws::close_code::unsupported_data));
            co_return;
        }
        arrival arrived(from, weir::reactor::current().now());
        auto outcome = handle(arrived, message->data());
        if (arrived.taken) {
            const auto added = co_await waiting_.add(*arrived.taken);
            if (!added) co_return;
        }
        const auto told = co_await weir::ws::reply_to(peer, std::move(outcome));
        if (!told) co_return;
    }
}

weir::task<> gateway::open_and_serve(weir::net::tcp_socket socket) {
    auto peer = co_await weir::ws::accept(std::move(socket), device_options());
    if (peer) co_await serve(std::move(*peer));
}

weir::task<weir::result<void>> gateway::serve_all(weir::net::tcp_acceptor acceptor) {
    weir::task_group devices(co_await weir::this_task(), max_devices);
    const auto open = [this](weir::net::tcp_socket socket) {
        return open_and_serve(std::move(socket));
    };
    weir::result<void> accepted;
    while (accepted) {
        auto socket = co_await acceptor.accept();
        accepted = socket ? weir::result<void>() : weir::fail(socket.error());
        if (!socket) break;
        auto started = devices.spawn(open, std::move(*socket));
        accepted = co_await started;
    }
    devices.request_stop();
    static_cast<void>(co_await devices.join());
    co_return accepted;
}

weir::task<weir::result<void>> gateway::write_all() {
    while (auto batch = co_await weir::ok(waiting_.next())) write_(*batch);
    co_return weir::result<void>();
}
