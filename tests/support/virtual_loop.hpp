// SPDX-License-Identifier: Apache-2.0
// virtual_loop: a reactor over a simulated kernel on a host of its own, outside of any world: the
// ground under a CO_TEST. Time moves only when everything waits, and then straight to what happens
// next, so a test of an hour's timeout takes no time.
#pragma once

#include "sim/engine.hpp"
#include "sim/machine.hpp"
#include "sim/network.hpp"
#include "sim/simulated_kernel.hpp"

#include <weir/io/reactor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace weir::test {

class virtual_loop {
public:
    explicit virtual_loop(std::uint64_t seed = 1);
    explicit virtual_loop(std::uint64_t seed, const reactor_options& options);

    /// Few and small buffers, so that they run out.
    [[nodiscard]] static reactor_options small_options();

    [[nodiscard]] reactor& loop() const noexcept { return *loop_; }
    [[nodiscard]] sim::fault_plan& faults() noexcept { return world_.faults(); }
    [[nodiscard]] sim::machine& host() noexcept { return host_; }
    [[nodiscard]] reactor::time_point now() const noexcept { return world_.now(); }
    /// Lets `duration` pass while the program is busy.
    void advance(std::chrono::nanoseconds duration) noexcept {
        world_.advance_to(world_.now() + duration);
    }
    /// Whether a wait began that nothing could ever end; forgets it.
    [[nodiscard]] bool take_hang() noexcept { return kernel_->take_hang(); }
    /// Ends all that waits at the kernel with `error` (an errno value); returns how much that was.
    std::size_t fail_what_waits(int error) { return kernel_->end_requests(error); }

private:
    sim::engine world_;
    sim::network between_;
    sim::machine host_;
    sim::simulated_kernel* kernel_;
    std::unique_ptr<reactor> loop_;
};

}  // namespace weir::test
