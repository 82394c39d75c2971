// SPDX-License-Identifier: Apache-2.0
// simulation: the tests of `tests/ring` once more, over the simulated kernel: with WEIR_KERNEL set
// to "simulated" each body runs from several seeds, with the faults that change no outcome: short
// transfers, other orders, completions that come late. A body that would wait for ever fails with
// the list of those who wait, and with the seed: WEIR_SEED=N repeats that run alone.
//
// A body that passed runs again as a CO_TEST does: with a stop before each step, and with each
// request to the kernel failing (disturbance.hpp); a sample of them, from the seeds in turn. It
// must end and leave nothing behind; its own checks do not count then, so what a body reads from a
// result that may be an error, it reads with `must` or `error_of`.
//
// When a request has failed, the other end of that connection often is not told: it would wait for
// ever, and rightly. So, when nothing moves any more, everything that waits at the kernel is broken
// (ECONNRESET). Who still waits then was forgotten by the library, and that ends the program.
//
// Tests that speak to Linux itself (plain sockets, /proc, threads) carry the label "linux" and are
// left out there.
#pragma once

#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>

#include <array>
#include <cstdint>
#include <functional>

namespace weir::test {

[[nodiscard]] bool is_simulated() noexcept;

/// The time of the running loop, virtual or real.
[[nodiscard]] inline reactor::time_point now() noexcept { return reactor::current().now(); }

/// socketpair(2) of unix stream sockets, on whatever kernel the running loop has.
[[nodiscard]] std::array<int, 2> socket_pair();

/// How often the simulated kernel has cut a send short by chance; none on the real ring.
[[nodiscard]] std::uint64_t sends_cut_short() noexcept;

/// Runs what `body` makes from each seed, and then disturbed.
void run_simulated(const std::function<task<>()>& body, const reactor_options& options = {});

}  // namespace weir::test

/// Decorates a test that speaks to Linux itself: BOOST_AUTO_TEST_CASE(name, WEIR_LINUX_ONLY).
#define WEIR_LINUX_ONLY *boost::unit_test::label("linux")
