// SPDX-License-Identifier: Apache-2.0
#include "client_connection.hpp"

#include <weir/net/detail/receiver.hpp>

namespace weir::http::detail {

bool client_connection::is_quiet() const noexcept {
    return received_.empty() && socket->core().receiver().is_quiet();
}

void client_connection::open(net::tcp_socket connected) noexcept {
    socket = std::move(connected);
    is_used = false;
}

void client_connection::close() noexcept {
    piece_.reset();
    received_.reset();
    socket.reset();
}

task<result<exchange_action>> client_connection::next() {
    for (;;) {
        const auto action = feed();
        if (!action || *action != exchange_action::receive) co_return action;
        auto arrived = co_await socket->receive();
        if (!arrived) co_return fail(arrived.error());
        if (arrived->empty()) co_return exchange.end_of_stream();
        received_ = std::move(*arrived);
    }
}

result<exchange_action> client_connection::feed() {
    const mutable_bytes all = received_.data();
    bytes rest = all;
    const auto action = exchange.feed(rest);
    if (action && *action == exchange_action::body) {
        const bytes run = exchange.piece();
        const auto begin = static_cast<std::size_t>(run.data() - all.data());
        piece_ = received_.share(all.subspan(begin, run.size()));
    }
    if (rest.empty()) {
        received_.reset();  // others wait for this memory
    } else {
        received_.narrow(all.last(rest.size()));
    }
    return action;
}

void client_connection::drop_received() {
    for (;;) {
        const auto action = feed();
        piece_.reset();
        if (!action || *action == exchange_action::receive) return;
        if (*action == exchange_action::complete) return;
    }
}

bool client_connection::is_settled() const noexcept {
    return is_open() && exchange.is_reusable() && is_quiet();
}

}  // namespace weir::http::detail
