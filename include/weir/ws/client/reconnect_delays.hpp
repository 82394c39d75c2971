// SPDX-License-Identifier: Apache-2.0
// reconnect_delays: how long clients wait before they connect again, ready to use. All but
// `constant_delay` spread their delays by chance: those who lost one server come back one by one.
#pragma once

#include <weir/resilience/backoff.hpp>

#include <chrono>

namespace weir::ws::reconnect_delays {

/// 1 s, 2 s, 4 s ... 30 s, each times 0.8 ... 1.0; five attempts.
[[nodiscard]] resilience::backoff_policy usual();
/// Always the same delay; five attempts. With many clients: a herd.
[[nodiscard]] resilience::backoff_policy constant_delay(
    std::chrono::nanoseconds delay = std::chrono::seconds(1));
/// 1 s, 2 s, 4 s ... 30 s, each 10 % more or less, without an end.
[[nodiscard]] resilience::backoff_policy exponential();
/// `base`, 2 x `base`, 3 x `base` ... 30 x `base`, each 20 % more or less, never less than half of
/// `base`; without an end.
[[nodiscard]] resilience::backoff_policy jittered(
    std::chrono::nanoseconds base = std::chrono::seconds(1));
/// Drawn from 1 s ... three times the one before, at most 30 s; without an end.
[[nodiscard]] resilience::backoff_policy decorrelated();
/// 10, 50, 100, 150, 200, 250, 500, 1000, 2000 ms, then always 5 s, each times 0.5 ... 1.0; without
/// an end. For people who watch a page. (The delays of Phoenix's JavaScript client, which does not
/// spread them.)
[[nodiscard]] resilience::backoff_policy interactive();

}  // namespace weir::ws::reconnect_delays
