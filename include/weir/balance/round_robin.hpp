// SPDX-License-Identifier: Apache-2.0
// round_robin: one after the other.
#pragma once

#include <weir/balance/candidates.hpp>

#include <cstddef>
#include <optional>

namespace weir::balance {

/// Chooses in turn, whatever the weights. A value.
class round_robin {
public:
    [[nodiscard]] std::optional<std::size_t> choose(const candidates& from) noexcept {
        const auto chosen = from.next(next_);
        if (chosen) next_ = (*chosen + 1) % from.size();
        return chosen;
    }

private:
    std::size_t next_ = 0;
};

}  // namespace weir::balance
