// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/token_bucket.hpp>

namespace weir::rate {

token_bucket::token_bucket(const quota& most, time_point now)
    : tokens_(most.amount()),
      token_parts_(static_cast<std::uint64_t>(most.period().count())),
      capacity_(most.burst() * token_parts_),
      held_(capacity_),
      filled_at_(now) {}

void token_bucket::fill(time_point now) noexcept {
    if (now <= filled_at_) return;
    const auto elapsed = static_cast<std::uint64_t>((now - filled_at_).count());
    filled_at_ = now;
    const std::uint64_t missing = capacity_ - held_;
    // Before the product, which is smaller than what is missing then.
    held_ = elapsed > missing / tokens_ ? capacity_ : held_ + elapsed * tokens_;
}

bool token_bucket::try_take(std::uint64_t count, time_point now) noexcept {
    fill(now);
    if (count > held_ / token_parts_) return false;
    held_ -= count * token_parts_;
    return true;
}

token_bucket::time_point token_bucket::ready_at(std::uint64_t count, time_point now) noexcept {
    fill(now);
    if (count > capacity()) return time_point::max();
    const std::uint64_t wanted = count * token_parts_;
    if (wanted <= held_) return now;
    const std::uint64_t missing = wanted - held_;
    const std::uint64_t wait = missing / tokens_ + (missing % tokens_ == 0 ? 0 : 1);
    return filled_at_ + std::chrono::nanoseconds(static_cast<std::int64_t>(wait));
}

bool token_bucket::is_rested(time_point now) noexcept {
    fill(now);
    return held_ == capacity_;
}

std::uint64_t token_bucket::available(time_point now) noexcept {
    fill(now);
    return held_ / token_parts_;
}

}  // namespace weir::rate
