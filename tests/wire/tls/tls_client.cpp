// SPDX-License-Identifier: Apache-2.0
// A client for the tests: connects over TLS, says what was agreed on, sends a line and prints the
// answer, up to the end of the line.
//
// tls_client HOST PORT NAME CA_FILE [LINE [TIMES [CHAIN_FILE KEY_FILE]]]
#include <weir/coro/ok.hpp>
#include <weir/io/run.hpp>
#include <weir/net/connect.hpp>
#include <weir/tls/handshake.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace {

using arguments = std::vector<std::string>;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(2);
}

weir::tls::client_context context_of(const arguments& given) {
    std::ifstream file(given[3]);
    weir::tls::client_options options;
    options.trusted = weir::tls::trust::only(std::string(std::istreambuf_iterator<char>(file), {}));
    options.protocols = {"http/1.1"};
    if (given.size() > 7) {
        auto own = weir::tls::certificate::from_files(given[6], given[7]);
        if (!own) give_up(own.error().what());
        options.own = *own;
    }
    auto made = weir::tls::client_context::make(std::move(options));
    if (!made) give_up(made.error().what());
    return *made;
}

weir::task<weir::result<std::string>> read_line(weir::net::tcp_socket& from) {
    std::string line;
    while (!line.ends_with('\n')) {
        auto piece = co_await weir::ok(from.receive());
        if (piece.empty()) break;
        line += weir::as_text(piece.data());
    }
    co_return line;
}

weir::task<weir::result<void>> talk(const arguments& given, weir::tls::client_context context) {
    const auto port = static_cast<std::uint16_t>(std::stoul(given[1]));
    auto socket = co_await weir::ok(weir::net::connect_to(given[0], port));
    const auto info = co_await weir::ok(weir::tls::connect(socket, context, given[2]));
    std::printf("%s %s protocol=%s resumed=%d peer=%s\n",
                info.version == weir::tls::version::tls_1_3 ? "1.3" : "1.2", info.cipher.c_str(),
                info.protocol.c_str(), info.is_resumed ? 1 : 0, info.peer_subject.c_str());
    if (given.size() > 4) {
        const std::string line = given[4] + '\n';
        co_await weir::ok(socket.send_copy(weir::as_bytes(line)));
        const std::string answer = co_await weir::ok(read_line(socket));
        std::printf("%s", answer.c_str());
    }
    co_return co_await socket.close();
}

weir::task<weir::result<void>> talk_often(const arguments& given) {
    const weir::tls::client_context context = context_of(given);
    const unsigned long times = given.size() > 5 ? std::stoul(given[5]) : 1;
    for (unsigned long i = 0; i < times; ++i) co_await weir::ok(talk(given, context));
    co_return {};
}

}  // namespace

int main(int argc, char** argv) {
    const arguments given(argv + 1, argv + argc);
    if (given.size() < 4) give_up("tls_client HOST PORT NAME CA_FILE [LINE [TIMES [CHAIN KEY]]]");
    const auto outcome = weir::run(talk_often(given));
    if (!outcome) std::printf("%s\n", outcome.error().message().c_str());
    return outcome ? 0 : 1;
}
