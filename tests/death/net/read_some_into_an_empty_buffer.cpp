// expect: read_some needs room for at least one byte
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/run.hpp>
#include <weir/net/stream_socket.hpp>

#include <sys/socket.h>

namespace {

weir::task<> read_nothing() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) co_return;
    weir::net::stream_socket a(fds[0]);
    weir::net::stream_socket b(fds[1]);
    static_cast<void>(co_await a.read_some({}));
}

}  // namespace

int main() { weir::run(read_nothing()); }
