// SPDX-License-Identifier: Apache-2.0
// Looking up one of 10,000 names in a registry, and getting one of 10,000 sessions: beside
// std::unordered_map, which has neither batches nor snapshots, and forgets nobody.
#include "cases.hpp"

#include <weir/base/random.hpp>
#include <weir/registry/registry.hpp>
#include <weir/registry/session_table.hpp>

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace benchmark {
namespace {

using number = std::uint64_t;
constexpr std::size_t entries = 10'000;
constexpr std::size_t asked = 1'000'000;
constexpr std::chrono::steady_clock::time_point now{std::chrono::hours(1)};

/// Keys in no order, as clients ask for them.
const std::vector<number>& keys() {
    static const auto all = [] {
        weir::random chance(1);
        std::vector<number> drawn(asked);
        for (number& each : drawn) each = chance.below(entries);
        return drawn;
    }();
    return all;
}

const weir::registry<number, number>& filled_registry() {
    static weir::registry<number, number> all;
    if (all.size() == 0) {
        weir::registry_batch<number, number> batch;
        for (number i = 0; i < entries; ++i) batch.put(i, i);
        all.apply(std::move(batch));
    }
    return all;
}
const std::unordered_map<number, number>& filled_map() {
    static const auto all = [] {
        std::unordered_map<number, number> made;
        for (number i = 0; i < entries; ++i) made[i] = i;
        return made;
    }();
    return all;
}

double registry_lookups() {
    const auto& all = filled_registry();
    const stopwatch watch;
    number sum = 0;
    for (const number each : keys()) sum += *all.find(each);
    keep(sum);
    return watch.each(asked);
}
double map_lookups() {
    const auto& all = filled_map();
    const stopwatch watch;
    number sum = 0;
    for (const number each : keys()) sum += all.find(each)->second;
    keep(sum);
    return watch.each(asked);
}
double session_gets() {
    weir::session_table<number, number> all(weir::session_options{});
    for (number i = 0; i < entries; ++i) static_cast<void>(all.emplace(i, i, now));
    const stopwatch watch;
    number sum = 0;
    for (const number each : keys()) sum += *all.find(each, now);
    keep(sum);
    return watch.each(asked);
}

}  // namespace

void add_registries(contest& to) {
    to.add("registry: look up", "weir", registry_lookups);
    to.add("registry: look up", "std", map_lookups);
    to.add("session: get", "weir", session_gets);
    to.add("session: get", "std", map_lookups);
}

}  // namespace benchmark
