// SPDX-License-Identifier: Apache-2.0
// throttle: never more than so many calls begin within any period; the others wait their turn.
#pragma once

#include <weir/rate/rate_limiter.hpp>
#include <weir/rate/sliding_window.hpp>

namespace weir::rate {

/// A rate_limiter that saves nothing up: after a rest, too, no more than the quota begin within a
/// period. 8 bytes for each call of it.
///
/// ```cpp
/// weir::rate::throttle calls(weir::rate::quota(10, 1s));
/// co_await weir::ok(calls.acquire());
/// ```
using throttle = rate_limiter<sliding_window>;

}  // namespace weir::rate
