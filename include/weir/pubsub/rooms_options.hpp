// SPDX-License-Identifier: Apache-2.0
// rooms_options: the bounds of a set of rooms.
#pragma once

#include <weir/pubsub/member.hpp>

#include <cstddef>

namespace weir::pubsub {

/// How rooms treat slow members and full shards.
class rooms_options {
public:
    rooms_options() noexcept {}

    /// Bytes that may wait for one member. Its first waiting message is always taken, however
    /// large. Bytes leave at the end of a loop's turn, so leave room for what one turn publishes.
    std::size_t budget_bytes = std::size_t{1} << 20U;
    /// What happens beyond the budget.
    slow_policy slow = slow_policy::close;
    /// Messages on their way to one other shard; beyond it `publish` fails.
    std::size_t max_in_flight = 16'384;
};

/// What a set of rooms has done so far, over all shards; a snapshot.
class rooms_statistics {
public:
    rooms_statistics() noexcept = default;

    std::uint64_t published = 0;    ///< messages given to `publish` and not refused
    std::uint64_t delivered = 0;    ///< messages given to members
    std::uint64_t dropped = 0;      ///< not given, or taken back, because a member was slow
    std::uint64_t fell_behind = 0;  ///< members that were ended because they were slow
    std::uint64_t refused = 0;      ///< publishes that failed because a shard was behind
    std::uint64_t lost = 0;         ///< messages that a shard's full inbox did not take
    std::int64_t subscriptions = 0;
};

}  // namespace weir::pubsub
