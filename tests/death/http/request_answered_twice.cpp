// expect: a request was answered twice
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/serve.hpp>
#include <weir/io/run.hpp>

#include <sys/socket.h>

namespace {

weir::task<weir::result<void>> answer_twice(weir::http::exchange& exchange) {
    co_await weir::ok(exchange.respond(weir::http::status::ok));
    co_return co_await exchange.respond(weir::http::status::ok);
}

weir::task<> ask(weir::net::stream_socket& to) {
    const auto text = weir::as_bytes("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    static_cast<void>(co_await to.send_copy(text));
    static_cast<void>(co_await to.receive());
}

weir::task<> converse() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) co_return;
    weir::net::stream_socket mine(fds[1]);
    auto serving = weir::http::serve(weir::net::stream_socket(fds[0]), answer_twice,
                                     weir::http::server_options());
    static_cast<void>(co_await weir::when_all(std::move(serving), ask(mine)));
}

}  // namespace

int main() { weir::run(converse()); }
