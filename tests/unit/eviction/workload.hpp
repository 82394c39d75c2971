// SPDX-License-Identifier: Apache-2.0
// Sequences of keys from a seed, small enough for tests, and what a bounded_map makes of them.
#pragma once

#include <weir/base/random.hpp>
#include <weir/eviction/bounded_map.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::test {

using trace = std::vector<std::uint64_t>;

/// Keys 0 ... `keys` - 1, key k about in proportion to 1 / (k + 1).
[[nodiscard]] inline trace zipf(std::uint64_t keys, std::size_t length, std::uint64_t seed) {
    weir::random chance(seed);
    trace all(length);
    for (auto& key : all) {
        const double drawn = std::pow(static_cast<double>(keys), chance.between(0.0, 1.0));
        key = std::min(keys, static_cast<std::uint64_t>(drawn)) - 1;
    }
    return all;
}
/// All keys in the same order, round and round.
[[nodiscard]] inline trace loop(std::uint64_t keys, std::size_t length) {
    trace all(length);
    for (std::size_t i = 0; i < length; ++i) all[i] = i % keys;
    return all;
}
/// A new key every fourth access; the newer of the last `alive`, the likelier.
[[nodiscard]] inline trace recent(std::uint64_t alive, std::size_t length, std::uint64_t seed) {
    weir::random chance(seed);
    trace all(length);
    for (std::size_t i = 0; i < length; ++i) {
        const double near = chance.between(0.0, 1.0);
        const auto age = static_cast<std::uint64_t>(near * near * static_cast<double>(alive));
        all[i] = i / 4 + alive - age;
    }
    return all;
}
/// Zipf, in which scans over keys that never come again take each second `run` of accesses.
[[nodiscard]] inline trace scanned(std::uint64_t keys, std::size_t run, std::size_t length,
                                   std::uint64_t seed) {
    trace all = zipf(keys, length, seed);
    for (std::size_t i = 0; i < length; ++i) {
        if (i / run % 2 == 1) all[i] = keys + i;
    }
    return all;
}

/// Uses `map` as a cache: what is not found is put. Returns how many were found.
template <class Map>
std::size_t replay(Map& map, const trace& keys) {
    std::size_t hits = 0;
    for (const std::uint64_t key : keys) {
        if (map.find(key) != nullptr) {
            ++hits;
        } else {
            map.put(key, key);
        }
    }
    return hits;
}
/// How many of the keys `first` ... `last` - 1 are there.
template <class Map>
std::size_t count_held(Map& map, std::uint64_t first, std::uint64_t last) {
    std::size_t held = 0;
    for (std::uint64_t key = first; key < last; ++key) held += map.peek(key) != nullptr ? 1U : 0U;
    return held;
}
/// How many of a hot set of 500 in a cache of 1000 survive a scan over `scan` others.
template <class Map>
std::size_t survivors_of_a_scan(std::uint64_t scan) {
    Map map(1000);
    replay(map, loop(500, 2000));
    for (std::uint64_t key = 0; key < scan; ++key) map.put(10'000 + key, key);
    return count_held(map, 0, 500);
}

}  // namespace weir::test
