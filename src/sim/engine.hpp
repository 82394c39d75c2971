// SPDX-License-Identifier: Apache-2.0
// engine: what all parts of one simulated world share: the clock, what happens later, chance,
// faults, and the trace.
#pragma once

#include "event_queue.hpp"
#include "trace.hpp"

#include <weir/base/random.hpp>
#include <weir/sim/faults.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace weir::sim {

class engine {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit engine(std::uint64_t seed) noexcept
        : chance_(seed), latencies_(chance_.fork()), faults_(chance_.fork()) {}
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    [[nodiscard]] time_point now() const noexcept { return now_; }
    /// Time moves on, never back.
    void advance_to(time_point when) noexcept {
        if (when > now_) now_ = when;
    }
    void at(time_point when, std::function<void()> what) { events_.add(when, std::move(what)); }
    void after(std::chrono::nanoseconds delay, std::function<void()> what) {
        events_.add(now_ + delay, std::move(what));
    }
    [[nodiscard]] time_point next_event() const noexcept { return events_.next(); }
    /// Moves the clock to the next event and lets it happen.
    void run_next_event() {
        advance_to(events_.next());
        events_.run_next();
    }

    [[nodiscard]] random& chance() noexcept { return chance_; }
    [[nodiscard]] random& latencies() noexcept { return latencies_; }
    [[nodiscard]] fault_plan& faults() noexcept { return faults_; }
    [[nodiscard]] trace& record() noexcept { return trace_; }

private:
    // Not the epoch: a clock that starts at zero would hide a mix-up of moments and durations.
    time_point now_{std::chrono::hours(1000)};
    event_queue events_;
    random chance_;
    random latencies_;
    fault_plan faults_;
    trace trace_;
};

}  // namespace weir::sim
