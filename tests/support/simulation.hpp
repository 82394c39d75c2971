// SPDX-License-Identifier: Apache-2.0
// simulation: the tests of `tests/ring` once more, over the simulated kernel: with WEIR_KERNEL set
// to "simulated" each body runs from several seeds, with the faults that change no outcome: short
// transfers, other orders, completions that come late. A body that would wait for ever ends the
// program with the list of those who wait, and with the seed: WEIR_SEED=N repeats that run alone.
//
// Tests that speak to Linux itself (plain sockets, /proc, threads) carry the label "linux" and are
// left out there.
#pragma once

#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>

#include <array>
#include <functional>

namespace weir::test {

[[nodiscard]] bool is_simulated() noexcept;

/// The time of the running loop, virtual or real.
[[nodiscard]] inline reactor::time_point now() noexcept { return reactor::current().now(); }

/// socketpair(2) of unix stream sockets, on whatever kernel the running loop has.
[[nodiscard]] std::array<int, 2> socket_pair();

/// Runs what `body` makes from each seed.
void run_simulated(const std::function<task<>()>& body, const reactor_options& options = {});

}  // namespace weir::test

/// Decorates a test that speaks to Linux itself: BOOST_AUTO_TEST_CASE(name, WEIR_LINUX_ONLY).
#define WEIR_LINUX_ONLY *boost::unit_test::label("linux")
