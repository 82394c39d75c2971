// SPDX-License-Identifier: Apache-2.0
#include <weir/pool/pool_sizer.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>

namespace weir {

pool_sizer::pool_sizer(const pool_sizing& sizing, std::size_t size) noexcept
    : sizing_(sizing), size_(std::clamp(size, sizing.least, sizing.most)) {
    WEIR_ASSERT(0 < sizing.least && sizing.least <= sizing.most,
                "a pool has room for one or more, and least <= most");
    WEIR_ASSERT(0 <= sizing.calm_at && sizing.calm_at < sizing.crowded_at,
                "a pool that is calm is not crowded");
}

std::optional<std::size_t> pool_sizer::observe(const pool_sample& seen, time_point now) noexcept {
    if (!before_) before_ = seen;
    const bool hurts = is_painful(seen);
    before_ = seen;
    const double lent = static_cast<double>(seen.lent) / static_cast<double>(size_);
    const bool is_calm = !hurts && seen.waiting == 0 && lent <= sizing_.calm_at;
    if (!is_calm) calm_since_.reset();
    if (is_calm && !calm_since_) calm_since_ = now;
    if (changed_at_ && now - *changed_at_ < sizing_.cooldown) return std::nullopt;
    std::size_t wanted = size_;
    if (hurts && lent >= sizing_.crowded_at) {
        wanted = size_ + std::min(step(), sizing_.most - size_);
    } else if (calm_since_ && now - *calm_since_ >= sizing_.calm_for) {
        wanted = size_ - std::min(step(), size_ - sizing_.least);
    }
    if (wanted == size_) return std::nullopt;
    size_ = wanted;
    changed_at_ = now;
    return wanted;
}

/// Whether callers have waited for too long since the sample before.
bool pool_sizer::is_painful(const pool_sample& seen) const noexcept {
    if (seen.gave_up > before_->gave_up) return true;
    const std::uint64_t served = seen.served - before_->served;
    if (served == 0) return seen.waiting > 0;
    const auto waited = seen.waited - before_->waited;
    return waited / static_cast<std::chrono::nanoseconds::rep>(served) > sizing_.bearable_wait;
}

std::size_t pool_sizer::step() const noexcept {
    return std::max<std::size_t>(
        1, static_cast<std::size_t>(sizing_.step * static_cast<double>(size_)));
}

}  // namespace weir
