// SPDX-License-Identifier: Apache-2.0
#include <weir/balance/smooth_weighted.hpp>

namespace weir::balance {

std::optional<std::size_t> smooth_weighted::choose(const candidates& from) noexcept {
    std::optional<std::size_t> richest;
    std::int64_t all = 0;
    for (std::size_t i = 0; i < credit_.size(); ++i) {
        if (!from.has(i)) continue;
        credit_[i] += from[i].weight();
        all += from[i].weight();
        if (!richest || credit_[i] > credit_[*richest]) richest = i;
    }
    if (richest) credit_[*richest] -= all;
    return richest;
}

}  // namespace weir::balance
