// expect: a second read was started while one is in flight
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/when_all.hpp>
#include <weir/io/run.hpp>
#include <weir/net/stream_socket.hpp>

#include <sys/socket.h>

namespace {

weir::task<> read_one(weir::net::stream_socket& from) {
    static_cast<void>(co_await from.receive());
}

weir::task<> read_twice() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) co_return;
    weir::net::stream_socket a(fds[0]);
    weir::net::stream_socket b(fds[1]);
    static_cast<void>(co_await weir::when_all(read_one(a), read_one(a)));
}

}  // namespace

int main() { weir::run(read_twice()); }
