// expect: a second accept was started while one is in flight
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/when_all.hpp>
#include <weir/io/run.hpp>
#include <weir/net/tcp_acceptor.hpp>

namespace {

weir::task<> accept_one(weir::net::tcp_acceptor& from) {
    static_cast<void>(co_await from.accept());
}

weir::task<> accept_twice() {
    auto acceptor = weir::net::tcp_acceptor::listen(weir::net::endpoint::loopback(0));
    static_cast<void>(co_await weir::when_all(accept_one(*acceptor), accept_one(*acceptor)));
}

}  // namespace

int main() { weir::run(accept_twice()); }
