// SPDX-License-Identifier: Apache-2.0
// quota: how much may begin in a time, in the words that all limits share.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir::rate {

/// So much each period, and so much at once. What is counted is up to the user: calls, bytes, cost.
class quota {
public:
    /// A contract violation when something is 0, or `burst` periods are longer than 292 years.
    /// @param amount  each `period`; 1 or more.
    /// @param burst   at once, after a rest; 1 or more. 0 = `amount`.
    explicit quota(std::uint64_t amount, std::chrono::nanoseconds period, std::uint64_t burst = 0);

    [[nodiscard]] std::uint64_t amount() const noexcept { return amount_; }
    [[nodiscard]] std::chrono::nanoseconds period() const noexcept { return period_; }
    [[nodiscard]] std::uint64_t burst() const noexcept { return burst_; }

private:
    std::uint64_t amount_;
    std::chrono::nanoseconds period_;
    std::uint64_t burst_;
};

}  // namespace weir::rate
