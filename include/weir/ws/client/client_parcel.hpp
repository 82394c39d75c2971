// SPDX-License-Identifier: Apache-2.0
// client_parcel: what of a client can move to another shard.
#pragma once

#include <weir/ws/client/outgoing.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir::ws {

/// The channels, the unsent messages and the number of connections of a client, for another one to
/// go on with. A value that may cross shards. The connection itself stays: its bytes, its TLS and
/// its timers belong to the shard that it was made on.
class client_parcel {
public:
    client_parcel() = default;
    explicit client_parcel(std::string channels, std::vector<outgoing> unsent, std::uint64_t last)
        : subscriptions(std::move(channels)), messages(std::move(unsent)), epoch(last) {}

    std::string subscriptions;       ///< as `subscription_set::export_state` gives it
    std::vector<outgoing> messages;  ///< in the order in which they would have left
    std::uint64_t epoch = 0;
};

}  // namespace weir::ws
