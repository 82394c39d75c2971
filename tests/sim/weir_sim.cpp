// SPDX-License-Identifier: Apache-2.0
// weir_sim: the event server in simulated worlds, one for each seed.
//
//   weir_sim [--seeds N] [--first SEED] [--seconds S] [--threads N]
//
// The first seed that breaks a promise, or that the program does not survive, is named with the
// command that repeats it, and the exit status is not 0. Each sixteenth seed is told a second time:
// its trace must be the same, and nothing may be left in memory.
#include "scenario.hpp"

#include "allocation_count.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using weir::sim::test::story;
using weir::test::memory_state;

constexpr std::uint64_t repeated_each = 16;
thread_local std::uint64_t seed_in_work = 0;

/// A failed assertion or a sanitizer's report ends the process: which seed was it?
void name_seed(int signal) {
    char text[128];
    const auto seed = static_cast<unsigned long long>(seed_in_work);
    const int size = std::snprintf(text, sizeof text,
                                   "seed %llu ended the program\n  repeat it: weir_sim --first "
                                   "%llu --seeds 1\n",
                                   seed, seed);
    static_cast<void>(!::write(STDERR_FILENO, text, static_cast<std::size_t>(size)));
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

/// What all threads add to.
class summary {
public:
    void add(std::uint64_t seed, const story& told) {
        const std::lock_guard lock(mutex_);
        ++stories;
        events += told.events_heard;
        dropped += told.events_dropped;
        sessions += told.sessions;
        happenings += told.happenings;
        simulated += told.simulated;
        if (told.broken.empty()) return;
        ++broken;
        std::printf("seed %llu: %s  repeat it: weir_sim --first %llu --seeds 1\n",
                    static_cast<unsigned long long>(seed), told.broken.c_str(),
                    static_cast<unsigned long long>(seed));
    }
    void print(std::chrono::duration<double> took) const {
        const std::chrono::duration<double> virtual_time = simulated;
        std::printf(
            "%llu worlds, %llu connections, %llu events heard, %llu dropped, %llu completions, in "
            "%.1f s: %.0f worlds a minute, %.0f simulated seconds a second\n",
            static_cast<unsigned long long>(stories), static_cast<unsigned long long>(sessions),
            static_cast<unsigned long long>(events), static_cast<unsigned long long>(dropped),
            static_cast<unsigned long long>(happenings), took.count(),
            static_cast<double>(stories) * 60 / took.count(), virtual_time.count() / took.count());
    }

    std::uint64_t stories = 0;
    std::uint64_t events = 0;
    std::uint64_t dropped = 0;
    std::uint64_t sessions = 0;
    std::uint64_t happenings = 0;
    std::chrono::nanoseconds simulated{0};
    std::atomic<std::uint64_t> broken{0};

private:
    std::mutex mutex_;
};

/// Tells the story of `seed` again and compares.
void tell_again(std::uint64_t seed, story& told) {
    bool loses = false;
    // A cache that grew looks like a loss; it does so once.
    for (int i = 0; i < 2; ++i) {
        const memory_state before = memory_state::now();
        const bool differs = weir::sim::test::tell(seed).trace_hash != told.trace_hash;
        loses = memory_state::now().has_lost_since(before);
        if (differs) told.broken += "a second run of the seed is another run\n";
        if (differs || !loses) return;
    }
    told.broken += "memory is left behind\n";
}

story tell(std::uint64_t seed) {
    seed_in_work = seed;
    story told = weir::sim::test::tell(seed);
    if (seed % repeated_each == 0 && told.broken.empty()) tell_again(seed, told);
    return told;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Runs the event server in simulated worlds and checks what it promises.");
    std::uint64_t seeds = 100;
    std::uint64_t first = 1;
    double seconds = 3600;
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    app.add_option("--seeds", seeds, "how many worlds")->check(CLI::Range(1, 100'000'000));
    app.add_option("--first", first, "the first seed");
    app.add_option("--seconds", seconds, "no world begins after so long")
        ->check(CLI::Range(1, 86'400));
    app.add_option("--threads", threads, "how many worlds at once")->check(CLI::Range(1, 256));
    CLI11_PARSE(app, argc, argv);
    std::signal(SIGABRT, name_seed);

    summary all;
    std::atomic<std::uint64_t> next{first};
    const auto begin = std::chrono::steady_clock::now();
    const auto took = [begin] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin);
    };
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; ++i) {
        workers.emplace_back([&] {
            while (all.broken == 0 && took().count() < seconds) {
                const std::uint64_t seed = next++;
                if (seed >= first + seeds) return;
                all.add(seed, tell(seed));
            }
        });
    }
    for (std::thread& each : workers) each.join();
    all.print(took());
    return all.broken == 0 ? 0 : 1;
}
