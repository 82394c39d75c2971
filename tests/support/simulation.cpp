// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include "sim/stream_descriptor.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/detail/branch.hpp>
#include <weir/coro/task_tree.hpp>
#include <weir/sim/world.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace weir::test {

namespace {

constexpr std::uint64_t seeds = 5;

/// What Linux may do at any time without anybody being at fault. The first seed goes without.
void trouble(sim::fault_plan& faults) {
    for (const sim::fault each :
         {sim::fault::short_receive, sim::fault::short_send, sim::fault::no_receive_buffer,
          sim::fault::full_completion_queue, sim::fault::lost_cancel, sim::fault::spurious_wake_up,
          sim::fault::reordered_completions, sim::fault::late_notification,
          sim::fault::copied_send}) {
        faults.rate(each, 0.1);
    }
}

virtual_loop* running_place = nullptr;

class simulated_run final : private detail::branch_owner {
public:
    explicit simulated_run(task<> body, std::uint64_t seed, const reactor_options& options)
        : place_(seed, options), seed_(seed), main_(std::move(body)) {
        if (seed > 1) trouble(place_.faults());
    }
    void run() {
        running_place = &place_;
        main_.start(*this, place_.loop().root());
        while (!place_.loop().has_ended(done_)) {
            place_.loop().turn(true);
            if (place_.take_hang() && !place_.loop().has_ended(done_)) give_up();
        }
        running_place = nullptr;
        main_.take();
    }

private:
    [[noreturn]] void give_up() {
        const task_tree tree = task_tree::capture(place_.loop().root(), place_.loop().now());
        std::fprintf(stderr, "%s: with WEIR_SEED=%llu it waits for ever; the tasks are\n%s",
                     boost::unit_test::framework::current_test_case().full_name().c_str(),
                     static_cast<unsigned long long>(seed_), tree.to_text().c_str());
        std::abort();
    }
    void branch_finished(detail::scope_root&) noexcept override { done_ = true; }
    [[nodiscard]] detail::promise_base* starter() const noexcept override { return nullptr; }

    virtual_loop place_;
    std::uint64_t seed_;
    detail::branch<task<>> main_;
    bool done_ = false;
};

}  // namespace

std::array<int, 2> socket_pair() {
    std::array<int, 2> ends{-1, -1};
    if (running_place != nullptr) {
        sim::machine& host = running_place->host();
        const auto a = std::make_shared<sim::stream_descriptor>(host, AF_UNIX);
        const auto b = std::make_shared<sim::stream_descriptor>(host, AF_UNIX);
        sim::stream_descriptor::connect_pair(a, b);
        ends = {host.add(a), host.add(b)};
    } else if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        ends = {-1, -1};
    }
    return ends;
}

bool is_simulated() noexcept {
    const char* wanted = std::getenv("WEIR_KERNEL");
    return wanted != nullptr && std::string_view(wanted) == "simulated";
}

void run_simulated(const std::function<task<>()>& body, const reactor_options& options) {
    const std::uint64_t chosen = sim::seed_from_environment(0);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const std::uint64_t used = chosen == 0 ? seed : chosen;
        BOOST_TEST_CONTEXT("WEIR_SEED=" << used) {
            simulated_run one(body(), used, options);
            one.run();
        }
        if (chosen != 0) return;
    }
}

}  // namespace weir::test
