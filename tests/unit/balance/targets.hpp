// SPDX-License-Identifier: Apache-2.0
// Sets of targets for the tests of this room.
#pragma once

#include <weir/balance/candidates.hpp>
#include <weir/balance/key_hash.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::test {

constexpr balance::target::time_point begin{std::chrono::hours(1000)};

/// Targets with these weights, named a, b, c ... (after z: {, | ... which are names as well).
[[nodiscard]] inline std::vector<balance::target_options> weighing(
    const std::vector<unsigned>& weights) {
    std::vector<balance::target_options> all;
    for (const unsigned weight : weights) {
        all.emplace_back(std::string(1, static_cast<char>('a' + all.size())));
        all.back().weight = weight;
    }
    return all;
}
[[nodiscard]] inline std::vector<balance::target_options> equal(std::size_t count) {
    return weighing(std::vector<unsigned>(count, 1));
}

/// Takes a target down for 10 s.
inline void take_down(balance::target_set& set, std::size_t index,
                      balance::target::time_point now = begin) {
    set.begin(index, now).failed(now);
}

/// What `choose()` chooses, in letters; a dash where there is nobody.
template <class F>
[[nodiscard]] std::string choices(int count, F&& choose) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        const std::optional<std::size_t> chosen = choose();
        text += chosen ? static_cast<char>('a' + *chosen) : '-';
    }
    return text;
}

/// Which target each of so many keys goes to.
template <class Balancer>
[[nodiscard]] std::vector<std::size_t> owners(const Balancer& chooser,
                                              const balance::target_set& set, std::uint64_t keys) {
    std::vector<std::size_t> all;
    const balance::candidates from(set, begin);
    for (std::uint64_t key = 0; key < keys; ++key) {
        all.push_back(chooser.choose(from, balance::mixed(key + 1)).value_or(set.size()));
    }
    return all;
}
[[nodiscard]] inline std::vector<std::size_t> counted(const std::vector<std::size_t>& owners,
                                                      std::size_t targets) {
    std::vector<std::size_t> count(targets);
    for (const std::size_t each : owners) ++count[each];
    return count;
}

}  // namespace weir::test
