// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/leaky_bucket.hpp>

namespace weir::rate {

std::optional<leaky_bucket::time_point> leaky_bucket::pour(std::uint64_t cost,
                                                           time_point now) noexcept {
    const time_point is_empty = room_.ready_at(room_.capacity(), now);
    if (!room_.try_take(cost, now)) return std::nullopt;
    return is_empty;
}

}  // namespace weir::rate
