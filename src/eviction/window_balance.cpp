// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/window_balance.hpp>

#include <algorithm>

namespace weir {
namespace {

constexpr double first_share = 0.01;
constexpr double least_share = 0.005;
constexpr double largest_share = 0.99;
constexpr std::size_t entries_a_ghost = 16;
constexpr std::size_t enough_ghosts = 1024;  // for votes that chance does not decide
constexpr double votes_remembered = 16;
constexpr double largest_step = 0.008;  // of the whole cache, where all votes agree

}  // namespace

void window_balance::resize(std::size_t entries) {
    std::size_t ghosts = entries / entries_a_ghost;
    sample_mask_ = 0;
    while (ghosts > enough_ghosts) {
        ghosts /= 2;
        sample_mask_ = sample_mask_ * 2 + 1;
    }
    window_ghosts_.resize(ghosts);
    main_ghosts_.resize(ghosts);
    share_ = first_share;
    trend_ = 0;
}

void window_balance::count_votes(std::uint32_t hash) noexcept {
    if (window_ghosts_.holds(hash)) move_border(1);
    if (main_ghosts_.holds(hash)) move_border(-1);
}

void window_balance::move_border(double direction) noexcept {
    trend_ += (direction - trend_) / votes_remembered;
    const double step = largest_step * trend_ * trend_;
    share_ = std::clamp(share_ + direction * step, least_share, largest_share);
}

}  // namespace weir
