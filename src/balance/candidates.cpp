// SPDX-License-Identifier: Apache-2.0
#include <weir/balance/candidates.hpp>

namespace weir::balance {

std::optional<std::size_t> candidates::next(std::size_t start) const noexcept {
    for (std::size_t i = 0; i < size(); ++i) {
        const std::size_t index = (start + i) % size();
        if (has(index)) return index;
    }
    return std::nullopt;
}

std::optional<std::size_t> candidates::any(random& chance) const noexcept {
    // Nearly always the first. Going on to the next one instead would give the neighbour of one
    // that is down its share as well.
    constexpr int attempts = 8;
    for (int i = 0; i < attempts; ++i) {
        const auto index = static_cast<std::size_t>(chance.below(size()));
        if (has(index)) return index;
    }
    return next(static_cast<std::size_t>(chance.below(size())));
}

}  // namespace weir::balance
