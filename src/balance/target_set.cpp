// SPDX-License-Identifier: Apache-2.0
#include <weir/balance/target_set.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>

namespace weir::balance {

target_set::target_set(std::vector<target_options> targets) {
    WEIR_ASSERT(!targets.empty(), "a set of targets has at least one");
    targets_.reserve(targets.size());
    for (target_options& each : targets) {
        if (!each.is_backup) ++in_order_;
        targets_.emplace_back(std::move(each));
    }
}

target_set::~target_set() {
    WEIR_ASSERT(in_flight_ == 0, "a set of targets was destroyed while calls are under way");
}

target_set::ticket target_set::begin(std::size_t index, time_point now) noexcept {
    ++in_flight_;
    return ticket(*this, index, targets_[index].begin(), now);
}

void target_set::drain(std::size_t index) noexcept {
    change(index, [](target& changed) { changed.is_drained_ = true; });
}
void target_set::resume(std::size_t index) noexcept {
    change(index, [](target& changed) { changed.is_drained_ = false; });
}

bool target_set::needs_backups(time_point now) const noexcept {
    if (in_order_ > 0) return false;
    return std::none_of(targets_.begin(), targets_.end(), [now](const target& each) {
        return !each.is_backup() && each.is_usable(now);
    });
}

std::chrono::nanoseconds target_set::retry_after(time_point now) const noexcept {
    auto soonest = std::chrono::nanoseconds::max();
    for (const target& each : targets_) soonest = std::min(soonest, each.retry_after(now));
    return soonest;
}

template <class F>
void target_set::ticket::end(F&& how) noexcept {
    target_set* owner = std::exchange(owner_, nullptr);
    WEIR_ASSERT(owner != nullptr, "the end of a call was reported twice");
    --owner->in_flight_;
    owner->change(index_, std::forward<F>(how));
}

void target_set::ticket::succeeded(time_point now) noexcept {
    end([this, now](target& at) { at.succeeded(is_trial_, now - begun_at_, now); });
}
void target_set::ticket::failed(time_point now) noexcept {
    end([this, now](target& at) { at.failed(is_trial_, now); });
}
target_set::ticket::~ticket() {
    if (owner_ != nullptr) end([this](target& at) { at.abandoned(is_trial_); });
}

}  // namespace weir::balance
