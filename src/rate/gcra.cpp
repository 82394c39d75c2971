// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/gcra.hpp>

#include <algorithm>

namespace weir::rate {
namespace {

/// The length of `count` intervals, to the last part.
class intervals {
public:
    explicit intervals(std::uint64_t count, const quota& of) noexcept {
        const std::uint64_t parts = count * static_cast<std::uint64_t>(of.period().count());
        whole = std::chrono::nanoseconds(static_cast<std::int64_t>(parts / of.amount()));
        fraction = parts % of.amount();
    }
    std::chrono::nanoseconds whole;
    std::uint64_t fraction;
};

}  // namespace

gcra::time_point gcra::ready_at(std::uint64_t cost, time_point now) const noexcept {
    if (cost == 0) return now;
    if (cost > most_.burst()) return time_point::max();
    const intervals early(most_.burst() - cost, most_);
    const time_point allowed = moment_ - early.whole;
    // A moment within a nanosecond has not come before its end.
    return std::max(now, fraction_ > early.fraction ? allowed + time_point::duration(1) : allowed);
}

bool gcra::try_take(std::uint64_t cost, time_point now) noexcept {
    if (ready_at(cost, now) > now) return false;
    if (moment_ < now) {
        moment_ = now;
        fraction_ = 0;
    }
    const intervals taken(cost, most_);
    moment_ += taken.whole;
    fraction_ += taken.fraction;
    if (fraction_ >= most_.amount()) {
        fraction_ -= most_.amount();
        moment_ += time_point::duration(1);
    }
    return true;
}

}  // namespace weir::rate
