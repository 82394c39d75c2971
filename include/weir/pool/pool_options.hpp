// SPDX-License-Identifier: Apache-2.0
// pool_options: how many resources a pool keeps, for how long, and who waits for them.
#pragma once

#include <weir/pool/overdue_lease.hpp>
#include <weir/resilience/backoff.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace weir {

/// Which of the idle resources is lent next.
enum class idle_order : std::uint8_t {
    lifo,  ///< the one used last: the others grow old and are closed, the pool shrinks to its load
    fifo,  ///< the one that has rested longest: all are used in turn
};

/// The bounds and times of a pool. Where a time may be `nanoseconds::max()`, that is "never".
class pool_options {
public:
    using duration = std::chrono::nanoseconds;

    /// @param least  kept open once the pool is in use, 0 ... most.
    /// @param most   open at a time, apart from the overflow; 1 or more.
    explicit pool_options(std::size_t least = 5, std::size_t most = 20) : min(least), max(most) {}

    std::size_t min;
    std::size_t max;
    /// Opened beyond `max` while all are lent. What is more than `max` is closed when it comes back
    /// and has been idle for `overflow_ttl`. (As in poolboy, whose `size` is `max`.)
    std::size_t overflow = 0;
    duration overflow_ttl{0};

    /// Callers that may wait; the next one is refused (refusal::exhausted). 1 or more.
    std::size_t max_waiting = 1000;
    /// Openings under way at a time; one only after an opening has failed. 1 or more.
    std::size_t max_opening = 10;
    idle_order order = idle_order::lifo;

    /// How long a resource is used, less up to the part `lifetime_jitter` (0 ... 1) that chance
    /// takes away, so that those opened together do not end together.
    duration max_lifetime = std::chrono::minutes(30);
    double lifetime_jitter = 0.1;
    /// How long those above `min` may be idle.
    duration idle_timeout = std::chrono::seconds(30);

    /// How long a resource may be lent. When it is longer, `on_overdue` is told, once; it stays
    /// with its holder, who could not bear to lose it, and is closed when it comes back. 30 s is a
    /// good beginning; "never" costs nothing.
    duration max_lease = duration::max();
    std::function<void(const overdue_lease&)> on_overdue;  ///< must not throw

    /// One that was not used or validated for so long is validated before it is lent.
    duration validate_after = std::chrono::seconds(1);
    /// One that is idle is validated so often, which also keeps middleboxes from forgetting it.
    duration validate_idle_every = std::chrono::seconds(30);

    duration open_timeout = std::chrono::seconds(5);
    duration validate_timeout = std::chrono::seconds(1);
    duration close_timeout = std::chrono::seconds(5);

    /// The delays after openings that failed; there is no end to them while a resource is wanted.
    resilience::backoff_policy reopen_delays =
        resilience::backoff_policy::exponential(std::chrono::milliseconds(100),
                                                std::chrono::seconds(10))
            .spread(0.5, 1.0);
    /// Of all that is left to chance; give each pool its own.
    std::uint64_t seed = 1;
};

}  // namespace weir
