// SPDX-License-Identifier: Apache-2.0
// A gateway for devices: a tiny binary protocol over WebSocket, readings written in batches.
//
//   iot_gateway --listen 127.0.0.1:8080
//
// SIGTERM or SIGINT: devices are told to go, and every reading that was taken is written.
#include "../listen_options.hpp"
#include "gateway.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/io/signal.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <utility>

namespace {

void print(const gateway::readings& batch) {
    for (const reading& each : batch) {
        std::printf("device %u #%u: %.2f C, %u %%, %u hPa\n", each.device, unsigned{each.sequence},
                    each.celsius(), unsigned{each.humidity}, unsigned{each.pressure});
    }
    std::printf("batch of %zu\n", batch.size());
    std::fflush(stdout);
}

weir::task<weir::result<void>> serve_and_write(gateway& devices, weir::net::tcp_acceptor acceptor) {
    const auto [served, written] =
        co_await weir::when_all(devices.serve_all(std::move(acceptor)), devices.write_all());
    co_return served ? written : served;
}

weir::task<weir::result<void>> run(const listen_options& listening, weir::signal_set& signals) {
    auto acceptor = weir::ok(listening.listen());
    gateway devices(&print);
    const auto race =
        co_await weir::when_any(serve_and_write(devices, std::move(acceptor)), signals.next());
    static_cast<void>(race);
    devices.close();
    co_return co_await weir::shield(devices.write_all(), std::chrono::seconds(1));
}

}  // namespace

int main(int argc, char** argv) {
    const listen_options options(argc, argv);
    weir::signal_set signals(SIGINT, SIGTERM);
    weir::runtime runtime(options.runtime());
    const auto ended = runtime.run([&](weir::shard&) { return run(options, signals); });
    if (!ended) std::fprintf(stderr, "iot_gateway: %s\n", ended.error().message().c_str());
    return ended ? 0 : 1;
}
