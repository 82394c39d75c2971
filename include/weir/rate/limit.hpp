// SPDX-License-Identifier: Apache-2.0
// limit: what token_bucket, sliding_window, leaky_bucket and gcra have in common, and so what
// rate_limiter and keyed_limiter need. Pure states: no clock, no wait, and no allocation after they
// were made.
//
//   token_bucket    a store of tokens: a burst, then the rate; counts what is left
//   gcra            the same answers from one moment instead of a level
//   leaky_bucket    the same answers from the other side: a level, and an even outflow of it
//   sliding_window  never more than so many within any period, not even after a rest; keeps the
//                   moment of each
#pragma once

#include <weir/rate/quota.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>

namespace weir::rate {

/// The state of one limit; a value. Time is told, and one that goes back wins nothing.
///   try_take(cost, now)  takes `cost` if that much is there, else nothing; 0 always is
///   ready_at(cost, now)  when `cost` will be there if nobody takes any before, not before `now`;
///                        `time_point::max()` = never
///   is_rested(now)       whether it is as at its beginning: it may be forgotten
template <class L>
concept limit = std::copyable<L> &&
                std::constructible_from<L, const quota&, std::chrono::steady_clock::time_point> &&
                requires(L state, std::uint64_t cost, std::chrono::steady_clock::time_point now) {
                    { state.try_take(cost, now) } noexcept -> std::same_as<bool>;
                    {
                        state.ready_at(cost, now)
                    } noexcept -> std::same_as<std::chrono::steady_clock::time_point>;
                    { state.is_rested(now) } noexcept -> std::same_as<bool>;
                };

/// How long to wait before `cost` is asked for again: what a peer is told as Retry-After.
/// @return  zero = it is there; nanoseconds::max() = it never will be.
template <limit L>
[[nodiscard]] std::chrono::nanoseconds retry_after(
    L& state, std::uint64_t cost, std::chrono::steady_clock::time_point now) noexcept {
    const auto ready = state.ready_at(cost, now);
    if (ready == std::chrono::steady_clock::time_point::max()) {
        return std::chrono::nanoseconds::max();
    }
    return ready - now;
}

}  // namespace weir::rate
