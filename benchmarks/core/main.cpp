// SPDX-License-Identifier: Apache-2.0
// What the pieces that stand on every application's hot path cost, each beside what one would write
// with the standard library and, where there is one, a peer.
//
//   core [repetitions]     prints one JSON object a line: {"case", "who", "best", "median",
//   "worst"}
#include "cases.hpp"

int main(int argc, char** argv) {
    benchmark::print_cache_overheads();
    benchmark::contest all;
    benchmark::add_caches(all);
    benchmark::add_channels(all);
    benchmark::add_flights(all);
    benchmark::add_pools(all);
    benchmark::add_registries(all);
    benchmark::add_timers(all);
    benchmark::add_mix(all);
    all.run(benchmark::repetitions(argc, argv));
}
