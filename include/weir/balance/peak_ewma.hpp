// SPDX-License-Identifier: Apache-2.0
// peak_ewma: of two by chance, the one where a call will likely end sooner: how slow it was lately
// times what is under way there. It adapts to targets that are slower, or become so, without any
// weights. (The idea is Finagle's.)
#pragma once

#include <weir/balance/candidates.hpp>
#include <weir/base/random.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir::balance {

/// Chooses by latency (peak_latency) and calls under way. A value.
class peak_ewma {
public:
    /// @param seed  another one in each process and shard, or all make the same choices.
    explicit peak_ewma(std::uint64_t seed) noexcept : chance_(seed) {}

    [[nodiscard]] std::optional<std::size_t> choose(const candidates& from) noexcept {
        return from.better_of_two(chance_, [&from](std::size_t a, std::size_t b) {
            return cost(from[a], from.now()) < cost(from[b], from.now());
        });
    }

private:
    [[nodiscard]] static double cost(const target& at, target::time_point now) noexcept {
        const auto in_flight = static_cast<double>(at.in_flight());
        // One that was never heard of gets one call, and no second one before the first has ended.
        constexpr double unknown = 1e18;
        if (!at.latency().is_known()) return in_flight * unknown;
        return (at.latency().at(now) + 1) * (in_flight + 1) / at.weight();
    }

    random chance_;
};

}  // namespace weir::balance
