// expect: a socket was used after it was closed or moved away
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/bytes.hpp>
#include <weir/io/run.hpp>
#include <weir/net/stream_socket.hpp>

#include <sys/socket.h>

namespace {

weir::task<> use_after_close() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) co_return;
    weir::net::stream_socket a(fds[0]);
    weir::net::stream_socket b(fds[1]);
    static_cast<void>(co_await a.close());
    static_cast<void>(co_await a.send_copy(weir::as_bytes("x")));
}

}  // namespace

int main() { weir::run(use_after_close()); }
