// SPDX-License-Identifier: Apache-2.0
// Joining a load that is under way: what it costs a task to ask for a key that another one loads.
// The same tasks with an event that they wait for instead say what starting and waking them costs;
// the difference is single_flight's.
#include "cases.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/single_flight.hpp>
#include <weir/sync/task_group.hpp>

#include <cstdint>

namespace benchmark {
namespace {

constexpr int tasks = 10'000;
constexpr int rounds = 10;
using flights = weir::single_flight<std::uint64_t, std::uint64_t>;

class joiners {
public:
    explicit joiners(weir::task_view owner) : all(owner) {}

    weir::task<> join() {
        const auto load = [this](const std::uint64_t&) { return wait_and_give(); };
        static_cast<void>(co_await all.run(7, load));
    }
    weir::task<weir::result<std::uint64_t>> wait_and_give() {
        static_cast<void>(co_await gate.wait());
        co_return 7;
    }
    weir::task<> wait() { static_cast<void>(co_await gate.wait()); }

    flights all;
    weir::event gate;
};

template <weir::task<> (joiners::*work)()>
weir::task<double> start_and_wake() {
    const stopwatch watch;
    for (int round = 0; round < rounds; ++round) {
        joiners some(co_await weir::this_task());
        weir::task_group group(co_await weir::this_task(), tasks);
        const auto start = [&some] { return (some.*work)(); };
        for (int i = 0; i < tasks; ++i) static_cast<void>(group.try_spawn(start));
        some.gate.set();
        static_cast<void>(co_await group.join());
    }
    co_return watch.each(rounds * tasks);
}

}  // namespace

void add_flights(contest& to) {
    to.add("a task that joins a load", "weir", in_task(start_and_wake<&joiners::join>));
    to.add("a task that waits for an event", "weir", in_task(start_and_wake<&joiners::wait>));
}

}  // namespace benchmark
