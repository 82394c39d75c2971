// SPDX-License-Identifier: Apache-2.0
// host: a simulated computer that runs one application: the same coroutines that `runtime::run`
// would run, on simulated shards.
#pragma once

#include <weir/base/result.hpp>
#include <weir/io/detail/shard_main.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/shard.hpp>
#include <weir/net/endpoint.hpp>
#include <weir/sim/disk.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace weir::sim {

class application;
class engine;
class machine;
class network;
class world;

/// How a host runs its application. Sizes are small: a world may have many hosts.
class host_options {
public:
    host_options();

    unsigned shards = 1;
    std::size_t max_open_files = 20'000;
    std::size_t max_posted = 65'536;
    reactor_options reactor;
};

/// A computer in a `world`, which owns it. It starts with an empty disk and runs nothing.
class host {
public:
    explicit host(engine& time, network& between, unsigned index, std::string name);
    host(const host&) = delete;
    host& operator=(const host&) = delete;
    ~host();

    [[nodiscard]] const std::string& name() const noexcept;
    /// Its IPv4 address, reachable from every host that is not cut off. `resolve(name())` gives it,
    /// too. 127.0.0.0/8 and ::1 are the host itself, as everywhere.
    [[nodiscard]] net::endpoint address(std::uint16_t port) const;
    [[nodiscard]] net::endpoint ipv6_address(std::uint16_t port) const;

    /// Runs `main(shard)`, which gives a `task<>` or a `task<result<void>>`, on every shard, as
    /// `runtime::run` does; the world lets it go on. It is kept for `restart`. One at a time.
    /// Throws what a `main` throws before it first waits.
    template <class Main>
        requires std::is_invocable_v<Main&, shard&>
    void start(Main main, const host_options& options = host_options()) {
        start_application([body = std::make_shared<Main>(std::move(main))](
                              shard& here) { return weir::detail::call_shard_main(*body, here); },
                          options);
    }
    /// Asks the application to end, as `runtime::request_stop` does.
    void request_stop();
    /// The power fails: no socket says goodbye, memory is gone, and of what was written and not
    /// synced the disk keeps what chance leaves. The tasks are taken down without any effect
    /// outside: every request they make fails, and time passes for them alone.
    void crash();
    /// Its process does nothing any more until `resume`, as after SIGSTOP or in a long page fault.
    /// Its kernel goes on: connections are made and bytes arrive as long as there is room for them,
    /// which makes it a slow reader.
    void pause();
    void resume();
    /// Starts again with what `start` was given; crashes first if it still runs.
    void restart();

    [[nodiscard]] bool is_running() const noexcept;
    /// What the application has ended with; none while it runs, before, and after a crash.
    [[nodiscard]] const std::optional<result<void>>& outcome() const noexcept { return outcome_; }
    /// Who waits for what, for a message about a test that hangs.
    [[nodiscard]] std::string waiters() const;

    [[nodiscard]] sim::disk& disk() noexcept;
    /// Moves this host's clock on by itself, as after a sleep of a virtual machine.
    void jump_clock(std::chrono::nanoseconds by);
    /// Descriptors that its process has open, the loops' own included.
    [[nodiscard]] std::size_t open_descriptors() const noexcept;

private:
    friend class world;

    void start_application(weir::detail::shard_main main, const host_options& options);
    [[nodiscard]] machine& inside() noexcept { return *machine_; }
    [[nodiscard]] application* running() const noexcept { return application_.get(); }
    void collect_ended();

    std::unique_ptr<machine> machine_;
    weir::detail::shard_main main_;
    host_options options_;
    std::unique_ptr<application> application_;
    std::optional<result<void>> outcome_;
};

}  // namespace weir::sim
