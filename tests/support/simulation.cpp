// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include "complaints.hpp"
#include "sim/stream_descriptor.hpp"
#include "virtual_run.hpp"

#include <weir/sim/world.hpp>

#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <chrono>
#include <cstdlib>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::test {

namespace {

constexpr std::uint64_t seed_count = 5;
constexpr std::chrono::milliseconds budget{80};

/// What Linux may do at any time without anybody being at fault. The first seed goes without.
void trouble(sim::fault_plan& faults, std::uint64_t seed) {
    if (seed == 1) return;
    for (const sim::fault each :
         {sim::fault::short_receive, sim::fault::short_send, sim::fault::no_receive_buffer,
          sim::fault::full_completion_queue, sim::fault::lost_cancel, sim::fault::spurious_wake_up,
          sim::fault::reordered_completions, sim::fault::late_notification,
          sim::fault::copied_send}) {
        faults.rate(each, 0.1);
    }
}

std::vector<std::uint64_t> seeds() {
    if (const std::uint64_t chosen = sim::seed_from_environment(0); chosen != 0) return {chosen};
    std::vector<std::uint64_t> all(seed_count);
    std::iota(all.begin(), all.end(), 1U);
    return all;
}

unsigned long failed_checks() {
    const auto test = boost::unit_test::framework::current_test_case().p_id;
    return boost::unit_test::results_collector.results(test).p_assertions_failed;
}

}  // namespace

std::array<int, 2> socket_pair() {
    std::array<int, 2> ends{-1, -1};
    if (virtual_loop* place = current_place_or_null()) {
        sim::machine& host = place->host();
        const auto a = std::make_shared<sim::stream_descriptor>(host, AF_UNIX);
        const auto b = std::make_shared<sim::stream_descriptor>(host, AF_UNIX);
        sim::stream_descriptor::connect_pair(a, b);
        ends = {host.add(a), host.add(b)};
    } else if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        ends = {-1, -1};
    }
    return ends;
}

std::uint64_t sends_cut_short() noexcept {
    virtual_loop* place = current_place_or_null();
    return place == nullptr ? 0 : place->faults().struck(sim::fault::short_send);
}

bool is_simulated() noexcept {
    const char* wanted = std::getenv("WEIR_KERNEL");
    return wanted != nullptr && std::string_view(wanted) == "simulated";
}

void run_simulated(const std::function<task<>()>& body, const reactor_options& options) {
    run_conditions how;
    how.options = options;
    how.seeds = seeds();
    how.trouble = trouble;
    how.single_steps = false;
    how.breaks_what_waits = true;
    how.budget = budget;
    how.environment = "WEIR_KERNEL=simulated ";
    body_runs runs(body, std::move(how));
    const std::size_t before = complaints();
    const unsigned long wrong = failed_checks();
    runs.run_undisturbed();
    if (complaints() == before && failed_checks() == wrong) runs.run_disturbed();
}

}  // namespace weir::test
