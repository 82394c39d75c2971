// SPDX-License-Identifier: Apache-2.0
// leaky_bucket: what is poured in leaks out evenly, and what it has no room for is refused. As a
// meter it answers as a token bucket does, whose tokens are the room that is left; as a queue it
// also says when each may go on, so that what comes in bursts leaves at the rate.
// (Turner 1986, the meter; Tanenbaum, the queue.)
#pragma once

#include <weir/rate/quota.hpp>
#include <weir/rate/token_bucket.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace weir::rate {

/// A value of 40 bytes; belongs to one thread at a time.
class leaky_bucket {
public:
    using time_point = token_bucket::time_point;

    /// @param most  leaks `amount` each period and has room for `burst`. Begins empty.
    explicit leaky_bucket(const quota& most, time_point now) : room_(most, now) {}

    /// As a meter: pours `cost` in if there is room; it may go on at once.
    [[nodiscard]] bool try_take(std::uint64_t cost, time_point now) noexcept {
        return room_.try_take(cost, now);
    }
    /// As a queue: pours `cost` in if there is room.
    /// @return  when it may go on: when all that was poured in before has leaked. None = refused.
    [[nodiscard]] std::optional<time_point> pour(std::uint64_t cost, time_point now) noexcept;

    /// When there will be room for `cost`; `time_point::max()` when it never has so much.
    [[nodiscard]] time_point ready_at(std::uint64_t cost, time_point now) noexcept {
        return room_.ready_at(cost, now);
    }
    /// Whether it is empty.
    [[nodiscard]] bool is_rested(time_point now) noexcept { return room_.is_rested(now); }
    /// What is in it; a part of one counts as one.
    [[nodiscard]] std::uint64_t level(time_point now) noexcept {
        return room_.capacity() - room_.available(now);
    }

private:
    token_bucket room_;
};

}  // namespace weir::rate
