// SPDX-License-Identifier: Apache-2.0
// A service of one's own under a partition and a crash, in virtual time: minutes take milliseconds,
// and a seed that fails can be run again (WEIR_SEED=N simulated_chat).
#include "chat.hpp"

#include <weir/sim/world.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace std::chrono_literals;

/// Ends the program with the seed when a promise is broken.
void require(bool held, const char* promise, weir::sim::world& world) {
    if (held) return;
    std::printf("seed %llu: broken: %s\n%s", static_cast<unsigned long long>(world.seed()), promise,
                world.waiters().c_str());
    std::exit(1);
}

/// One story: two people talk, the network splits, the server crashes and comes back.
std::size_t tell(std::uint64_t seed) {
    weir::sim::world world(seed);
    auto& server = world.add_host("server");
    auto& ann = world.add_host("ann");
    auto& bob = world.add_host("bob");
    world.faults().rate(weir::sim::fault::short_receive, 0.2);
    server.start([](weir::shard&) -> weir::task<weir::result<void>> {
        chat::server service;
        co_return co_await service.serve(7000);
    });
    std::vector<std::string> by_ann;
    std::vector<std::string> by_bob;
    ann.start([&](weir::shard&) { return chat::take_part("server", 7000, "ann", by_ann); });
    bob.start([&](weir::shard&) { return chat::take_part("server", 7000, "bob", by_bob); });

    world.run_for(10s);
    require(by_ann.size() > 5 && by_bob.size() > 5, "both hear each other", world);

    world.partition(bob, server);
    world.run_for(world.chance().between(1s, 60s));
    world.heal(bob, server);
    const std::size_t before = by_bob.size();
    world.run_for(30s);
    require(by_bob.size() > before + 5, "bob is back after the partition", world);

    server.crash();
    world.run_for(world.chance().between(1s, 60s));
    server.restart();
    const std::size_t again = by_ann.size();
    world.run_for(30s);
    require(by_ann.size() > again + 5, "both are back after the crash", world);

    for (const auto* heard : {&by_ann, &by_bob}) {
        const auto number = [](const std::string& line) { return std::stoi(line.substr(4)); };
        const bool in_order =
            std::is_sorted(heard->begin(), heard->end(),
                           [&](const auto& a, const auto& b) { return number(a) < number(b); });
        require(in_order, "nothing is heard out of order", world);
    }
    return by_ann.size() + by_bob.size();
}

}  // namespace

int main() {
    const std::uint64_t first = weir::sim::seed_from_environment(0);
    std::size_t heard = 0;
    for (std::uint64_t i = 0; i < (first == 0 ? 50U : 1U); ++i) heard += tell(first + i);
    std::printf("%zu lines heard, every promise kept\n", heard);
}
