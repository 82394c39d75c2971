// SPDX-License-Identifier: Apache-2.0
// A WebSocket client: sends each argument as a text message and prints the answers.
#include <weir/coro/ok.hpp>
#include <weir/io/run.hpp>
#include <weir/io/timeout.hpp>
#include <weir/ws/connect.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

weir::task<weir::result<void>> talk(std::string address, std::vector<std::string> lines) {
    const weir::ws::client_options options;
    const auto where = weir::ok(weir::ws::url::parse(address));
    auto server = co_await weir::ok(weir::ws::connect(where, options));
    for (const std::string& line : lines) {
        co_await weir::ok(server.send_text(line));
        auto answer = co_await weir::ok(weir::with_timeout(5s, server.receive()));
        std::printf("%.*s\n", static_cast<int>(answer.size()), answer.text().data());
    }
    co_return co_await server.close();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: ws_client ws://HOST:PORT/PATH MESSAGE...\n");
        return 2;
    }
    const auto outcome = weir::run(talk(argv[1], std::vector<std::string>(argv + 2, argv + argc)));
    if (!outcome) std::fprintf(stderr, "ws_client: %s\n", outcome.error().message().c_str());
    return outcome ? 0 : 1;
}
