// SPDX-License-Identifier: Apache-2.0
// transfer_pace: how long a peer may let us wait, given what it has sent while we waited: a least
// rate on average, with a grace at the beginning, and a longest pause. It knows no clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace weir::http::detail {

/// The pace of one body; a value.
class transfer_pace {
public:
    using nanoseconds = std::chrono::nanoseconds;

    /// @param bytes_per_second  0 = only pauses are limited.
    explicit transfer_pace(std::uint64_t bytes_per_second, nanoseconds grace,
                           nanoseconds max_pause) noexcept
        : rate_(bytes_per_second), grace_(grace), max_pause_(max_pause) {}

    /// How long the next wait may be; zero = it is too slow already.
    [[nodiscard]] nanoseconds allowance() const noexcept {
        if (rate_ == 0) return max_pause_;
        // Whole seconds are enough, and cannot overflow.
        const auto earned = std::chrono::seconds(
            static_cast<std::int64_t>(std::min<std::uint64_t>(bytes_ / rate_, max_earned)));
        const nanoseconds left = grace_ - waited_;  // below zero when more than that was waited
        const nanoseconds most = nanoseconds::max() - std::max(left, nanoseconds::zero());
        return std::clamp(left + std::min<nanoseconds>(earned, most), nanoseconds::zero(),
                          max_pause_);
    }
    void waited(nanoseconds time) noexcept { waited_ += time; }
    void received(std::uint64_t count) noexcept { bytes_ += count; }

private:
    static constexpr std::uint64_t max_earned = 1'000'000'000;  // seconds

    std::uint64_t rate_;
    nanoseconds grace_;
    nanoseconds max_pause_;
    nanoseconds waited_{};
    std::uint64_t bytes_ = 0;
};

}  // namespace weir::http::detail
