// SPDX-License-Identifier: Apache-2.0
// The simulation beside Linux: random programs of socket operations, answer by answer.
// WEIR_PROGRAMS=100000 runs more of them, WEIR_SEED=N begins at another one.
#include "io/linux_kernel.hpp"
#include "sim/engine.hpp"
#include "sim/machine.hpp"
#include "sim/network.hpp"
#include "sim/simulated_kernel.hpp"
#include "socket_program.hpp"

#include <weir/sim/world.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace {

using namespace weir::sim;
using namespace weir::sim::test;

void settle_quickly(weir::kernel& system) { static_cast<void>(system.enter(false, {})); }
void settle_soon(weir::kernel& system) {
    std::this_thread::sleep_for(std::chrono::microseconds(50));
    static_cast<void>(system.enter(false, {}));
}
void settle_slowly(weir::kernel& system) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    static_cast<void>(system.enter(false, {}));
}

std::unique_ptr<weir::linux_kernel> open_linux() {
    auto opened = weir::linux_kernel::open(64, 1024);
    BOOST_REQUIRE(opened.has_value());
    return std::move(*opened);
}

std::vector<std::string> simulated(const socket_program& program) {
    engine world(1);
    network between(world);
    machine host(world, between, 0, "host");
    between.add(host);
    simulated_kernel system(host, 64, 1024);
    return run_program(system, program, false, settle_quickly);
}

std::string first_difference(const std::vector<std::string>& real,
                             const std::vector<std::string>& ours) {
    std::string text;
    for (std::size_t i = 0; i < std::max(real.size(), ours.size()); ++i) {
        const std::string a = i < real.size() ? real[i] : "(nothing)";
        const std::string b = i < ours.size() ? ours[i] : "(nothing)";
        text += a + "\n";
        if (a != b) return text + "^ Linux; the simulation:\n" + b;
    }
    return text;
}

unsigned programs_wanted() {
    const char* text = std::getenv("WEIR_PROGRAMS");
    return text == nullptr ? 3000U : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(differential_test)

BOOST_AUTO_TEST_CASE(linux_and_the_simulation_give_the_same_answers) {
    const std::uint64_t first = seed_from_environment(1);
    // One for all: to make a ring takes longer than a program.
    const auto system = open_linux();
    unsigned differences = 0;
    for (unsigned i = 0; i < programs_wanted() && differences < 5; ++i) {
        const socket_program program = make_program(first + i);
        const auto ours = simulated(program);
        if (run_program(*system, program, false, settle_quickly) == ours) continue;
        if (run_program(*system, program, false, settle_soon) == ours) continue;
        // A busy machine may answer late: what counts is what it answers in the end.
        const auto real = run_program(*system, program, false, settle_slowly);
        if (real == ours) continue;
        ++differences;
        BOOST_ERROR("program " << first + i << ":\n" << first_difference(real, ours));
    }
}

BOOST_AUTO_TEST_SUITE_END()
