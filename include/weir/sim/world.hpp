// SPDX-License-Identifier: Apache-2.0
// world: hosts, the network between them, and time. Whole applications run in it on one thread, in
// virtual time, from one seed: the same seed gives the same run, under every compiler.
//
//   weir::sim::world world(seed);
//   auto& server = world.add_host("server");
//   auto& client = world.add_host("client");
//   server.start([](weir::shard&) { return serve(7000); });
//   client.start([&](weir::shard&) { return talk(server.address(7000)); });
//   world.run_for(10s);
//   world.partition(server, client);
//
// Time moves only when everything waits, and then at once to what happens next.
#pragma once

#include <weir/base/random.hpp>
#include <weir/net/endpoint.hpp>
#include <weir/sim/faults.hpp>
#include <weir/sim/host.hpp>
#include <weir/sim/link.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir::sim {

/// Everything that a simulation has. Belongs to the thread that made it; one a thread at a time,
/// and none while the thread runs a reactor. Destroying it crashes what still runs.
class world {
public:
    explicit world(std::uint64_t seed);
    world(const world&) = delete;
    world& operator=(const world&) = delete;
    ~world();

    [[nodiscard]] std::uint64_t seed() const noexcept;
    /// Virtual time since the beginning.
    [[nodiscard]] std::chrono::nanoseconds elapsed() const noexcept;
    /// The moment that it is now for every host whose clock did not jump.
    [[nodiscard]] std::chrono::steady_clock::time_point now() const noexcept;
    /// For decisions of the test; its draws do not shift those of the simulation.
    [[nodiscard]] random& chance() noexcept;
    [[nodiscard]] fault_plan& faults() noexcept;

    /// Adds a host; it lives as long as the world.
    host& add_host(std::string name);
    /// Makes `name` resolve to `addresses`, of which there may be none (host not found).
    void answer_name(std::string name, std::vector<net::endpoint> addresses);

    /// The link between two hosts, to be changed at any time between two runs.
    [[nodiscard]] link_options& link(host& a, host& b);
    /// Nothing passes between the two any more. Streams keep what is on its way and send it again
    /// after `heal`; datagrams are lost.
    void partition(host& a, host& b);
    void heal(host& a, host& b);
    /// Every connection between the two breaks now (ECONNRESET on both sides).
    void reset_connections(host& a, host& b);

    /// Lets everything go on for `duration`.
    void run_for(std::chrono::nanoseconds duration);
    /// Lets everything go on until `condition` holds, which is asked after each thing that happens;
    /// false when `limit` has passed without it.
    bool run_until(const std::function<bool()>& condition, std::chrono::nanoseconds limit);
    /// Lets everything go on until every application has ended; false as above.
    bool run_to_end(std::chrono::nanoseconds limit);

    /// Who waits for what on every host.
    [[nodiscard]] std::string waiters() const;
    /// Equal for two runs if and only if the same happened in both.
    [[nodiscard]] std::uint64_t trace_hash() const noexcept;
    /// Things that have happened so far: requests that completed, and direct calls.
    [[nodiscard]] std::uint64_t happenings() const noexcept;

private:
    class inside;

    std::unique_ptr<inside> inside_;
};

/// The number in the environment variable `WEIR_SEED`, or `otherwise`. With a test that prints its
/// seed when it fails, `WEIR_SEED=... the-test` repeats the run.
[[nodiscard]] std::uint64_t seed_from_environment(std::uint64_t otherwise);

}  // namespace weir::sim
