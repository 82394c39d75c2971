// SPDX-License-Identifier: Apache-2.0
// A server behind proxies that say who their client is (PROXY protocol, version 1 or 2): answers
// each request with "CLIENT DESTINATION", as they were told, or with "unknown".
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/serve.hpp>
#include <weir/io/run.hpp>
#include <weir/net/proxy_header.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/sync/task_group.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <utility>

namespace {

/// Byte by byte: what follows the header is not ours to take.
weir::task<weir::result<weir::net::proxy_header>> read_header(weir::net::tcp_socket& from) {
    weir::net::proxy_header_parser parser;
    for (;;) {
        std::array<std::byte, 1> next{};
        const std::size_t size = co_await weir::ok(from.read_some(next));
        if (size == 0) co_return weir::fail(std::errc::connection_aborted);
        weir::bytes data(next);
        const auto action = weir::ok(parser.feed(data));
        if (action == weir::net::proxy_action::complete) co_return parser.header();
    }
}

std::string told_by(const weir::net::proxy_header& header) {
    if (!header.source()) return "unknown";
    return header.source()->to_string() + ' ' + header.destination()->to_string();
}

weir::task<> attend(weir::net::tcp_socket socket) {
    const auto header = co_await read_header(socket);
    if (!header) co_return;
    const std::string told = told_by(*header);
    weir::http::handler answer =
        [&told](weir::http::exchange& exchange) -> weir::task<weir::result<void>> {
        return exchange.respond(weir::http::status::ok, "text/plain", told);
    };
    co_await weir::http::serve(std::move(socket), std::move(answer), weir::http::server_options());
}

weir::task<weir::result<void>> serve() {
    const auto where = weir::ok(weir::net::endpoint::parse("127.0.0.1:0"));
    auto acceptor = weir::ok(weir::net::tcp_acceptor::listen(where));
    std::printf("listening on %s\n", acceptor.local_endpoint().to_string().c_str());
    std::fflush(stdout);
    weir::task_group connections(co_await weir::this_task(), 1000);
    while (auto socket = co_await acceptor.accept()) {
        auto started = connections.spawn(attend, std::move(*socket));
        if (!co_await started) break;
    }
    co_return co_await connections.join();
}

}  // namespace

int main() {
    const auto outcome = weir::run(serve());
    if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().message().c_str());
    return outcome ? 0 : 1;
}
