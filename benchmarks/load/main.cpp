// SPDX-License-Identifier: Apache-2.0
// weir-load: loads a server with WebSocket or TCP connections and judges what it sees.
//
//   weir-load --url ws://127.0.0.1:9001/ --connections 512 --size 125 --duration 10
//   weir-load --url ws://127.0.0.1:9001/ --rate 50000
//   weir-load --url ws://127.0.0.1:8080/ws --mode fanout --connections 1000 --rate 100
//   weir-load --url ws://127.0.0.1:8080/ws --mode connect --connections 60000 --ramp-up 20
#include "load_options.hpp"
#include "load_run.hpp"

#include <weir/io/open_files.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/signal.hpp>

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>

namespace {

constexpr std::size_t spare_files = 256;  // rings, logs and what the process had before

void raise_limit(std::size_t connections) {
    const auto limit = weir::raise_open_files(connections + spare_files);
    if (!limit || *limit < connections + spare_files) {
        fmt::print(stderr, "weir-load: only {} open files are allowed; see ulimit -Hn\n",
                   limit ? *limit : 0);
    }
}

bool write_json(const load_options& options, const load_result& result) {
    if (options.json_file.empty()) return true;
    std::ofstream file(options.json_file);
    file << result.json();
    file.close();
    if (!file) fmt::print(stderr, "weir-load: cannot write {}\n", options.json_file);
    return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
    const load_options options(argc, argv);
    raise_limit(options.connections);
    fmt::print("weir-load {}\n", options.summary());
    std::fflush(stdout);

    weir::signal_set signals(SIGINT, SIGTERM);
    weir::runtime_options settings;
    settings.shards = options.shards;
    settings.stall_threshold = std::chrono::nanoseconds(0);  // opening thousands at once is one
    weir::runtime runtime(settings);
    load_run run(options, signals);
    const auto ended = runtime.run([&](weir::shard& here) { return run.serve(here); });
    if (!ended) fmt::print(stderr, "weir-load: {}\n", ended.error().message());

    const load_result& result = run.finish();
    fmt::print("{}", result.table());
    const bool written = write_json(options, result);
    if (!ended || !written || !result.succeeded()) return 1;
    return options.enforce && result.verdict() == weir::metrics::slo_level::critical ? 3 : 0;
}
