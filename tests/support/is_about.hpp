// SPDX-License-Identifier: Apache-2.0
// is_about: whether something took as long as its timers say.
#pragma once

#include <weir/io/timer.hpp>

#include <chrono>

namespace weir::test {

/// Timers may be late by a few of their ticks, never early.
[[nodiscard]] inline bool is_about(std::chrono::nanoseconds took,
                                   std::chrono::nanoseconds expected) noexcept {
    return took >= expected && took < expected + 10 * timer_wheel::resolution;
}

}  // namespace weir::test
