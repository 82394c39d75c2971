// SPDX-License-Identifier: Apache-2.0
#include <weir/balance/target.hpp>

#include <weir/balance/key_hash.hpp>
#include <weir/base/assert.hpp>

#include <utility>

namespace weir::balance {

target::target(target_options options)
    : options_(std::move(options)), id_(key_hash(options_.name)), latency_(options_.latency_decay) {
    WEIR_ASSERT(options_.weight > 0, "a target has a weight of at least 1; drain it to rest it");
}

target_state target::state(time_point now) const noexcept {
    if (is_drained_) return target_state::drained;
    if (!is_down_) return target_state::up;
    return now - down_since_ < options_.fail_timeout ? target_state::down : target_state::on_trial;
}

std::chrono::nanoseconds target::retry_after(time_point now) const noexcept {
    if (is_drained_) return std::chrono::nanoseconds::max();
    if (state(now) != target_state::down) return std::chrono::nanoseconds::zero();
    return down_since_ + options_.fail_timeout - now;
}

bool target::begin() noexcept {
    ++in_flight_;
    if (!is_down_) return false;
    has_trial_ = true;
    return true;
}

void target::succeeded(bool is_trial, std::chrono::nanoseconds latency, time_point now) noexcept {
    --in_flight_;
    latency_.observe(latency, now);
    if (!is_trial) return;
    has_trial_ = false;
    is_down_ = false;
    fails_ = 0;
}

void target::failed(bool is_trial, time_point now) noexcept {
    --in_flight_;
    if (is_trial) {
        has_trial_ = false;
        down_since_ = now;
        return;
    }
    // What began before it went down is no news.
    if (is_down_ || options_.max_fails == 0) return;
    if (fails_ == 0 || now - counted_from_ >= options_.fail_timeout) {
        fails_ = 0;
        counted_from_ = now;
    }
    if (++fails_ < options_.max_fails) return;
    is_down_ = true;
    down_since_ = now;
}

void target::abandoned(bool is_trial) noexcept {
    --in_flight_;
    if (is_trial) has_trial_ = false;
}

}  // namespace weir::balance
