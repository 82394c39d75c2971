// SPDX-License-Identifier: Apache-2.0
// least_loaded: of two by chance, the one with less under way.
#pragma once

#include <weir/balance/candidates.hpp>
#include <weir/base/random.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir::balance {

/// Chooses by calls under way for each unit of weight. A value.
class least_loaded {
public:
    /// @param seed  another one in each process and shard, or all make the same choices.
    explicit least_loaded(std::uint64_t seed) noexcept : chance_(seed) {}

    [[nodiscard]] std::optional<std::size_t> choose(const candidates& from) noexcept {
        return from.better_of_two(chance_, [&from](std::size_t a, std::size_t b) {
            // With this call, so that among idle ones the weight decides.
            return (from[a].in_flight() + 1) * from[b].weight() <
                   (from[b].in_flight() + 1) * from[a].weight();
        });
    }

private:
    random chance_;
};

}  // namespace weir::balance
