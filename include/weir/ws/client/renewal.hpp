// SPDX-License-Identifier: Apache-2.0
// renewal: when an authentication that ends by itself is to be renewed.
#pragma once

#include <algorithm>
#include <chrono>

namespace weir::ws {

/// How long after it was given something that lives for `life` is renewed: `before` its end, or at
/// half of its life if that is later.
/// @param life  zero = for ever; then it is never renewed: nanoseconds::max().
[[nodiscard]] constexpr std::chrono::nanoseconds renewal_delay(
    std::chrono::nanoseconds life, std::chrono::nanoseconds before) noexcept {
    if (life <= std::chrono::nanoseconds(0)) return std::chrono::nanoseconds::max();
    return std::max(life - before, life / 2);
}

}  // namespace weir::ws
