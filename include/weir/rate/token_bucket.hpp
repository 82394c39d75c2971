// SPDX-License-Identifier: Apache-2.0
// token_bucket: so many tokens a period, and a store of them for bursts. Exact: no token is lost or
// won to rounding, however long it runs and however often it is asked. No clock: time is told.
//
// What the bucket holds is counted in parts of a token, of which a nanosecond brings a whole
// number: with 60 tokens a second each has 10^9 parts, and a nanosecond brings 60.
#pragma once

#include <weir/rate/quota.hpp>

#include <chrono>
#include <cstdint>

namespace weir::rate {

/// A value of 40 bytes; belongs to one thread at a time.
class token_bucket {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit token_bucket(const quota& most, time_point now);

    /// Takes `count` tokens if they are there.
    [[nodiscard]] bool try_take(std::uint64_t count, time_point now) noexcept;
    /// When `count` tokens will be there if nobody takes any before; `time_point::max()` when the
    /// bucket never holds so many.
    [[nodiscard]] time_point ready_at(std::uint64_t count, time_point now) noexcept;
    /// Whether it is full, as at the beginning.
    [[nodiscard]] bool is_rested(time_point now) noexcept;
    /// Whole tokens that are there.
    [[nodiscard]] std::uint64_t available(time_point now) noexcept;
    [[nodiscard]] std::uint64_t capacity() const noexcept { return capacity_ / token_parts_; }

private:
    void fill(time_point now) noexcept;

    std::uint64_t tokens_;       // parts that a nanosecond brings
    std::uint64_t token_parts_;  // parts of a token
    std::uint64_t capacity_;     // in parts
    std::uint64_t held_;         // in parts
    time_point filled_at_;
};

}  // namespace weir::rate
