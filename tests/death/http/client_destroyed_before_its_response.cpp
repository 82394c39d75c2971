// expect: a pool was destroyed while a lease is out
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/when_all.hpp>
#include <weir/http/client/client.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/serve.hpp>
#include <weir/io/run.hpp>
#include <weir/net/tcp_acceptor.hpp>

#include <memory>
#include <string>

namespace {

namespace http = weir::http;

weir::task<weir::result<void>> greet(http::exchange& exchange) {
    return exchange.respond(http::status::ok, "text/plain", "hello");
}

weir::task<> serve_one(weir::net::tcp_acceptor& acceptor) {
    auto socket = co_await acceptor.accept();
    co_await http::serve(std::move(*socket), greet, http::server_options());
}

weir::task<> lose(std::string where) {
    auto client = std::make_unique<http::client>(co_await weir::this_task());
    const http::client_request request("GET", *http::url::parse(where));
    const auto page = co_await client->start(request);
    client.reset();
}

weir::task<> both() {
    auto acceptor = weir::net::tcp_acceptor::listen(weir::net::endpoint::loopback(0));
    const std::string where = "http://" + acceptor->local_endpoint().to_string();
    static_cast<void>(co_await weir::when_all(serve_one(*acceptor), lose(where)));
}

}  // namespace

int main() { weir::run(both()); }
