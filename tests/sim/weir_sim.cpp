// SPDX-License-Identifier: Apache-2.0
// weir_sim: the event server in simulated worlds, one for each seed.
//
//   weir_sim [--seeds N] [--first SEED] [--threads N]
//
// The first seed that breaks a promise is named, with the command that repeats it, and the exit
// status is 1. Each seed is run a second time now and then: its trace must be the same.
#include "scenario.hpp"

#include <CLI/CLI.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using weir::sim::test::story;

constexpr std::uint64_t repeated_each = 16;

/// What all threads add to.
class summary {
public:
    void add(std::uint64_t seed, const story& told) {
        const std::lock_guard lock(mutex_);
        ++stories;
        events += told.events_heard;
        sessions += told.sessions;
        happenings += told.happenings;
        simulated += told.simulated;
        if (told.broken.empty()) return;
        ++broken;
        std::printf("seed %llu: %s  repeat it: weir_sim --first %llu --seeds 1\n",
                    static_cast<unsigned long long>(seed), told.broken.c_str(),
                    static_cast<unsigned long long>(seed));
    }

    std::uint64_t stories = 0;
    std::uint64_t events = 0;
    std::uint64_t sessions = 0;
    std::uint64_t happenings = 0;
    std::chrono::nanoseconds simulated{0};
    std::atomic<std::uint64_t> broken{0};

private:
    std::mutex mutex_;
};

story tell_once_or_twice(std::uint64_t seed) {
    story told = weir::sim::test::tell(seed);
    if (seed % repeated_each == 0 && weir::sim::test::tell(seed).trace_hash != told.trace_hash) {
        told.broken += "a second run of the seed is another run\n";
    }
    return told;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Runs the event server in simulated worlds and checks what it promises.");
    std::uint64_t seeds = 100;
    std::uint64_t first = 1;
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    app.add_option("--seeds", seeds, "how many worlds")->check(CLI::Range(1, 100'000'000));
    app.add_option("--first", first, "the first seed");
    app.add_option("--threads", threads, "how many worlds at once")->check(CLI::Range(1, 256));
    CLI11_PARSE(app, argc, argv);

    summary all;
    std::atomic<std::uint64_t> next{first};
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; ++i) {
        workers.emplace_back([&] {
            for (std::uint64_t seed = next++; seed < first + seeds; seed = next++) {
                if (all.broken > 0) return;
                all.add(seed, tell_once_or_twice(seed));
            }
        });
    }
    for (std::thread& each : workers) each.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const std::chrono::duration<double> simulated = all.simulated;
    std::printf(
        "%llu worlds, %llu connections, %llu events heard, %llu completions, in %.1f s: %.0f "
        "worlds "
        "a minute, %.0f simulated seconds a second\n",
        static_cast<unsigned long long>(all.stories), static_cast<unsigned long long>(all.sessions),
        static_cast<unsigned long long>(all.events),
        static_cast<unsigned long long>(all.happenings), took.count(),
        static_cast<double>(all.stories) * 60 / took.count(), simulated.count() / took.count());
    return all.broken == 0 ? 0 : 1;
}
