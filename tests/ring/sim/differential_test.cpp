// SPDX-License-Identifier: Apache-2.0
// The simulation beside Linux: random programs of socket and file operations, answer by answer.
// WEIR_PROGRAMS=100000 runs more of them, WEIR_SEED=N begins at another one, WEIR_KIND=tcp runs
// those of one kind.
#include "datagram_program.hpp"
#include "file_program.hpp"
#include "io/linux_kernel.hpp"
#include "sim/engine.hpp"
#include "sim/machine.hpp"
#include "sim/network.hpp"
#include "sim/simulated_kernel.hpp"
#include "stream_program.hpp"

#include <weir/sim/world.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string_view>
#include <thread>

namespace {

using namespace weir::sim;
using namespace weir::sim::test;
using namespace std::chrono_literals;
using lines = std::vector<std::string>;

/// What a program is about: how it is drawn and who runs it.
class program_kind {
public:
    const char* name;
    program (*make)(std::uint64_t seed);
    lines (*run)(const scene& place, const program& steps);
};

template <int Family>
lines run_streams(const scene& place, const program& steps) {
    return run_stream_program(place, steps, Family);
}
template <int Family>
lines run_datagrams(const scene& place, const program& steps) {
    return run_datagram_program(place, steps, Family);
}
const program_kind kinds[] = {
    {"tcp", make_stream_program, run_streams<AF_INET>},
    {"tcp6", make_stream_program, run_streams<AF_INET6>},
    {"unix", make_stream_program, run_streams<AF_UNIX>},
    {"udp", make_datagram_program, run_datagrams<AF_INET>},
    {"udp6", make_datagram_program, run_datagrams<AF_INET6>},
    {"file", make_file_program, run_file_program},
};

// --- the two kernels --------------------------------------------------------------------------

void let_a_millisecond_pass(weir::kernel& system) {
    static_cast<void>(system.enter(true, system.now() + 1ms));
}
void settle_quickly(weir::kernel& system) { static_cast<void>(system.enter(false, {})); }
void settle_soon(weir::kernel& system) {
    std::this_thread::sleep_for(50us);
    static_cast<void>(system.enter(false, {}));
}
/// Longer than TCP waits with an acknowledgement.
void settle_slowly(weir::kernel& system) {
    std::this_thread::sleep_for(60ms);
    static_cast<void>(system.enter(false, {}));
}

lines simulated(const program_kind& kind, const program& steps) {
    engine world(1);
    network between(world);
    machine host(world, between, 0, "host");
    between.add(host);
    simulated_kernel system(host, 64, 1024);
    return kind.run(scene(system, let_a_millisecond_pass, "folder"), steps);
}

/// One ring for all programs: to make one takes longer than a program.
class linux_side {
public:
    linux_side()
        : folder_(std::filesystem::temp_directory_path() /
                  ("weir-programs-" + std::to_string(::getpid()))) {
        auto opened = weir::linux_kernel::open(64, 1024);
        BOOST_REQUIRE(opened.has_value());
        system_ = std::move(*opened);
    }
    linux_side(const linux_side&) = delete;
    linux_side& operator=(const linux_side&) = delete;
    ~linux_side() { std::filesystem::remove_all(folder_); }

    lines run(const program_kind& kind, const program& steps, scene::settle_function settle) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directory(folder_);
        return kind.run(scene(*system_, settle, folder_), steps);
    }

private:
    std::filesystem::path folder_;
    std::unique_ptr<weir::linux_kernel> system_;
};

// --- the comparison ---------------------------------------------------------------------------

/// How many programs of a kind were answered alike, and when.
class tally {
public:
    unsigned programs = 0;
    unsigned soon = 0;       ///< not at once, but 50 us after each step
    unsigned slowly = 0;     ///< only 60 ms after each step
    unsigned sometimes = 0;  ///< in some of several runs: Linux itself answers this or that
    unsigned different = 0;
};

std::string first_difference(const lines& real, const lines& ours) {
    std::string text;
    for (std::size_t i = 0; i < std::max(real.size(), ours.size()); ++i) {
        const std::string a = i < real.size() ? real[i] : "(nothing)";
        const std::string b = i < ours.size() ? ours[i] : "(nothing)";
        text += a + "\n";
        if (a != b) return text + "^ Linux; the simulation:\n" + b;
    }
    return text;
}

void compare(linux_side& real, const program_kind& kind, std::uint64_t seed, tally& count) {
    constexpr int runs_of_a_difference = 5;
    const program steps = kind.make(seed);
    const lines ours = simulated(kind, steps);
    ++count.programs;
    if (real.run(kind, steps, settle_quickly) == ours) return;
    // A busy machine may answer late: what counts is what it answers in the end.
    if (real.run(kind, steps, settle_soon) == ours) return ++count.soon, void();
    const lines answers = real.run(kind, steps, settle_slowly);
    if (answers == ours) return ++count.slowly, void();
    bool varies = false;
    for (int i = 0; i < runs_of_a_difference; ++i) {
        const lines again = real.run(kind, steps, settle_slowly);
        if (again == ours) return ++count.sometimes, void();
        varies = varies || again != answers;
    }
    ++count.different;
    BOOST_ERROR("WEIR_KIND=" << kind.name << " WEIR_SEED=" << seed << " WEIR_PROGRAMS=1 ring_sim"
                             << (varies ? " (Linux answers this or that)" : "") << ":\n"
                             << first_difference(answers, ours));
}

unsigned programs_wanted() {
    const char* text = std::getenv("WEIR_PROGRAMS");
    return text == nullptr ? 3000U : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

std::vector<const program_kind*> kinds_wanted() {
    const char* text = std::getenv("WEIR_KIND");
    std::vector<const program_kind*> wanted;
    for (const program_kind& each : kinds) {
        if (text == nullptr || std::string_view(each.name) == text) wanted.push_back(&each);
    }
    return wanted;
}

void report(const program_kind& kind, const tally& count) {
    std::cout << kind.name << ": " << count.programs << " programs, " << count.different
              << " differ; alike only after 50 us a step: " << count.soon
              << ", after 60 ms: " << count.slowly << ", in some runs: " << count.sometimes
              << std::endl;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(differential_test)

BOOST_AUTO_TEST_CASE(linux_and_the_simulation_give_the_same_answers) {
    constexpr unsigned most_differences = 5;
    const std::uint64_t first = seed_from_environment(1);
    const auto wanted = kinds_wanted();
    BOOST_REQUIRE(!wanted.empty());
    linux_side real;
    for (std::size_t k = 0; k < wanted.size(); ++k) {
        const std::size_t share = (programs_wanted() + wanted.size() - 1 - k) / wanted.size();
        tally count;
        for (std::uint64_t i = 0; i < share && count.different < most_differences; ++i) {
            compare(real, *wanted[k], first + i, count);
        }
        report(*wanted[k], count);
    }
}

BOOST_AUTO_TEST_SUITE_END()
