// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/token_bucket.hpp>

#include <weir/base/assert.hpp>

#include <limits>

namespace weir::rate {

token_bucket::token_bucket(const token_rate& rate, time_point now)
    : tokens_(rate.tokens()),
      token_parts_(static_cast<std::uint64_t>(rate.period().count())),
      capacity_(0),
      held_(0),
      filled_at_(now) {
    WEIR_ASSERT(rate.tokens() > 0 && rate.period().count() > 0, "a token bucket needs a rate");
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    WEIR_ASSERT(rate.capacity() <= most / token_parts_ && rate.tokens() <= most / 2,
                "a token bucket was made too large to be counted");
    capacity_ = rate.capacity() * token_parts_;
    held_ = capacity_;
}

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

std::uint64_t token_bucket::available(time_point now) noexcept {
    fill(now);
    return held_ / token_parts_;
}

}  // namespace weir::rate
