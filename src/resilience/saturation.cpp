// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/saturation.hpp>

#include <algorithm>

namespace weir::resilience {

load_level saturation::level_of(double share) const noexcept {
    const auto passed = std::count_if(options_.thresholds.begin(), options_.thresholds.end(),
                                      [share](double each) { return share >= each; });
    return static_cast<load_level>(passed);
}

bool saturation::update(std::size_t in_use, std::size_t capacity, time_point now) noexcept {
    share_ = static_cast<double>(in_use) / static_cast<double>(capacity);
    const load_level seen = level_of(share_);
    if (seen >= level_) {
        reached_at_ = now;
    } else if (now - reached_at_ < options_.cooldown) {
        return false;
    }
    const bool is_another = seen != level_;
    level_ = seen;
    return is_another;
}

}  // namespace weir::resilience
