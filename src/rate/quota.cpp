// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/quota.hpp>

#include <weir/base/assert.hpp>

#include <limits>

namespace weir::rate {

quota::quota(std::uint64_t amount, std::chrono::nanoseconds period, std::uint64_t burst)
    : amount_(amount), period_(period), burst_(burst == 0 ? amount : burst) {
    WEIR_ASSERT(amount > 0 && period.count() > 0, "a quota is at least one, in some time");
    // Limits count in parts of one: a nanosecond brings `amount` of them, one has `period`.
    constexpr auto countable = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    WEIR_ASSERT(
        burst_ <= countable / static_cast<std::uint64_t>(period.count()) && amount <= countable / 2,
        "a quota was made too large to be counted");
}

}  // namespace weir::rate
