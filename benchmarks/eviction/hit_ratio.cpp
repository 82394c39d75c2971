// SPDX-License-Identifier: Apache-2.0
// How much each policy keeps of what is asked for again: every policy in caches of 1, 5, 10 and 20
// % of the keys of each workload.
//
//   hit_ratio [--length N] [trace ...]    a trace file has one key a line
//
// Prints one JSON object a line: {"workload", "percent", "entries", hit ratios in percent of lru,
// s3_fifo, w_tinylfu, "tuned" (the best of w_tinylfu with any fixed window) and its "window"}.
#include "workload.hpp"

#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/lru.hpp>
#include <weir/eviction/s3_fifo.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace {

using benchmark::trace;

class nothing {};

/// Hits in percent of all accesses.
template <class Map>
double replay(Map& map, const trace& keys) {
    std::size_t hits = 0;
    for (const std::uint64_t key : keys) {
        if (map.find(key) != nullptr) {
            ++hits;
        } else {
            map.put(key, nothing());
        }
    }
    return 100.0 * static_cast<double>(hits) / static_cast<double>(keys.size());
}
template <template <class> class Policy>
double replay_with(std::size_t entries, const trace& keys) {
    weir::bounded_map<std::uint64_t, nothing, Policy> map(entries);
    return replay(map, keys);
}

/// The best window for these keys, known afterwards only.
std::pair<double, double> tuned(std::size_t entries, const trace& keys) {
    std::pair<double, double> best{-1, 0};
    for (const double share : {0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95}) {
        weir::bounded_map<std::uint64_t, nothing> map(entries);
        map.policy().fix_window(share);
        best = std::max(best, std::pair(replay(map, keys), share));
    }
    return best;
}

void run(const std::string& name, const trace& keys) {
    const std::size_t all = benchmark::footprint(keys);
    for (const std::size_t percent : {1U, 5U, 10U, 20U}) {
        const std::size_t entries = std::max<std::size_t>(1, all * percent / 100);
        const auto [best, window] = tuned(entries, keys);
        std::printf(
            "{\"workload\": \"%s\", \"percent\": %zu, \"entries\": %zu, \"lru\": %.2f, "
            "\"s3_fifo\": %.2f, \"w_tinylfu\": %.2f, \"tuned\": %.2f, \"window\": %g}\n",
            name.c_str(), percent, entries, replay_with<weir::lru>(entries, keys),
            replay_with<weir::s3_fifo>(entries, keys), replay_with<weir::w_tinylfu>(entries, keys),
            best, window);
        std::fflush(stdout);
    }
}

void run_generated(std::size_t length) {
    constexpr std::size_t keys = 20'000;
    for (const int tenths : {6, 7, 8, 9, 10, 11, 12}) {
        run("zipf " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10),
            benchmark::zipf(keys, tenths / 10.0, length, 1));
    }
    run("loop", benchmark::loop(keys, length));
    run("scan mixed", benchmark::scan_mixed(keys, 0.9, length, 2));
    run("shifting", benchmark::shifting(keys, 0.9, 10, length, 3));
    run("recent", benchmark::recent(length, 4));
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t length = 2'000'000;
    std::vector<std::string> files;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--length") == 0 && i + 1 < argc) {
            length = std::strtoull(argv[++i], nullptr, 10);
        } else {
            files.emplace_back(argv[i]);
        }
    }
    if (files.empty()) run_generated(length);
    for (const std::string& file : files) run(file, benchmark::read_trace(file));
}
