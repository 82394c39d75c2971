// SPDX-License-Identifier: Apache-2.0
// The topics of this benchmark; each file adds its contestants.
#pragma once

#include "stopwatch.hpp"

#include <weir/coro/task.hpp>
#include <weir/io/run.hpp>

#include <cstdlib>
#include <functional>
#include <utility>

namespace benchmark {

void add_caches(contest& to);
void add_channels(contest& to);
void add_flights(contest& to);
void add_mix(contest& to);
void add_pools(contest& to);
void add_registries(contest& to);
void add_timers(contest& to);

/// Bytes of the heap that an entry costs: {"overhead", "who", "bytes"}.
void print_cache_overheads();

/// The reactor that all measurements run on.
inline weir::reactor& loop() {
    static auto opened = weir::open_reactor();
    if (!opened) std::exit(69);
    return **opened;
}
/// A measurement that runs as a task.
template <class F>
[[nodiscard]] std::function<double()> in_task(F work) {
    return [work = std::move(work)] { return weir::run(loop(), work()); };
}

}  // namespace benchmark
