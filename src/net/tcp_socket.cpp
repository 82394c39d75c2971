// SPDX-License-Identifier: Apache-2.0
#include <weir/net/tcp_socket.hpp>

#include "io/kernel.hpp"

#include <weir/base/error.hpp>
#include <weir/base/unique_fd.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/op/connect.hpp>
#include <weir/io/reactor.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

namespace weir::net {

namespace {

result<void> bind_without_port(kernel& system, int fd, const endpoint& local) {
#ifdef IP_BIND_ADDRESS_NO_PORT
    // Leaves the choice of the port to connect(2), which may reuse one towards another peer.
    const int on = 1;
    static_cast<void>(system.set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on));
#endif
    const int bound = system.bind(fd, local.native(), local.native_size());
    if (bound < 0) return fail(error_from_errno(-bound));
    return {};
}

}  // namespace

task<result<tcp_socket>> connect_from(endpoint local, endpoint where, socket_options options) {
    if (auto running = co_await check_stopped(); !running) co_return fail(running.error());
    if (where.family() == family::unspecified) co_return fail(std::errc::invalid_argument);
    kernel& system = reactor::current().system();
    const int family = where.native()->sa_family;
    const int opened = system.socket(family, SOCK_STREAM, 0);
    if (opened < 0) co_return fail(error_from_errno(-opened));
    unique_fd fd(opened);
    if (auto applied = detail::apply_options(system, opened, family, options); !applied) {
        co_return fail(applied.error());
    }
    if (local.family() != net::family::unspecified) {
        if (auto bound = bind_without_port(system, opened, local); !bound) {
            co_return fail(bound.error());
        }
    }
    const result<void> connected =
        co_await op::connect(opened, where.native(), where.native_size());
    if (!connected) co_return fail(connected.error());
    co_return tcp_socket(fd.release());
}

task<result<tcp_socket>> connect(endpoint where, socket_options options) {
    return connect_from(endpoint(), where, std::move(options));
}

}  // namespace weir::net
