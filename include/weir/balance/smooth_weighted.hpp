// SPDX-License-Identifier: Apache-2.0
// smooth_weighted: in turn, as often as the weights say, and evenly spread: with 5, 1 and 1 it
// chooses a a b a c a a, not a a a a a b c. Each one's credit grows by its weight with each choice;
// the one with the most is chosen, and pays for all. (The idea is nginx's.)
#pragma once

#include <weir/balance/candidates.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace weir::balance {

/// Chooses by weight. A step for each target. A value.
class smooth_weighted {
public:
    explicit smooth_weighted(const target_set& targets) : credit_(targets.size()) {}

    [[nodiscard]] std::optional<std::size_t> choose(const candidates& from) noexcept;

private:
    std::vector<std::int64_t> credit_;
};

}  // namespace weir::balance
