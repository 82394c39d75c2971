// SPDX-License-Identifier: Apache-2.0
// A server for the tests: echoes over TLS, with options that no example needs.
//
// tls_server CHAIN_FILE KEY_FILE [alpn=PROTOCOL]... [requires=CA_FILE] [asks=CA_FILE]
//            [ticket-seconds=N]
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/run.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/tls/handshake.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace {

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(2);
}

weir::tls::trust trust_in(const std::string& file_name) {
    std::ifstream file(file_name);
    return weir::tls::trust::only(std::string(std::istreambuf_iterator<char>(file), {}));
}

void apply(std::string_view option, weir::tls::server_options& to) {
    const auto equals = option.find('=');
    if (equals == option.npos) give_up("what is " + std::string(option) + "?");
    const std::string_view name = option.substr(0, equals);
    const std::string value(option.substr(equals + 1));
    if (name == "alpn") {
        to.protocols.push_back(value);
    } else if (name == "requires" || name == "asks") {
        to.clients = name == "asks" ? weir::tls::client_certificates::asked
                                    : weir::tls::client_certificates::required;
        to.client_trust = trust_in(value);
    } else if (name == "ticket-seconds") {
        to.ticket_lifetime = std::chrono::seconds(std::stol(value));
    } else {
        give_up("what is " + std::string(option) + "?");
    }
}

weir::tls::server_context context_of(int argc, char** argv) {
    auto own = weir::tls::certificate::from_files(argv[1], argv[2]);
    if (!own) give_up(own.error().what());
    weir::tls::server_options options(*own);
    for (int i = 3; i < argc; ++i) apply(argv[i], options);
    auto made = weir::tls::server_context::make(std::move(options));
    if (!made) give_up(made.error().what());
    return *made;
}

weir::task<> echo(weir::net::tcp_socket socket, weir::tls::server_context context) {
    const auto agreed = co_await weir::tls::accept(socket, context);
    for (bool goes_on = agreed.has_value(); goes_on;) {
        auto piece = co_await socket.receive();
        goes_on = piece && !piece->empty();
        if (!goes_on) break;
        const auto sent = co_await socket.send(std::move(*piece));
        goes_on = sent.has_value();
    }
    static_cast<void>(co_await socket.close());  // says why, where there is a reason
}

weir::task<weir::result<void>> serve(weir::tls::server_context context) {
    const auto where = weir::ok(weir::net::endpoint::parse("127.0.0.1:0"));
    auto acceptor = weir::ok(weir::net::tcp_acceptor::listen(where));
    std::printf("listening on %s\n", acceptor.local_endpoint().to_string().c_str());
    std::fflush(stdout);
    weir::task_group connections(co_await weir::this_task(), 1000);
    while (auto socket = co_await acceptor.accept()) {
        auto started = connections.spawn(echo, std::move(*socket), context);
        if (!co_await started) break;
    }
    co_return co_await connections.join();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) give_up("tls_server CHAIN_FILE KEY_FILE [OPTION=VALUE]...");
    const auto outcome = weir::run(serve(context_of(argc, argv)));
    if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().message().c_str());
    return outcome ? 0 : 1;
}
