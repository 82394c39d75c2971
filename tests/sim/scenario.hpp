// SPDX-License-Identifier: Apache-2.0
// scenario: the event server of the examples with clients and a random workload in a simulated
// world, and what must hold whatever happens:
//   - a client hears each event at most once, and those of one publisher in their order;
//   - a publish that was acknowledged (the pong behind it came) reaches every client that had
//     subscribed before and stayed connected;
//   - when all is over, no descriptor is left on any host.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace weir::sim::test {

/// What one seed has come to.
class story {
public:
    story() = default;

    std::string broken;  ///< what did not hold; empty = everything did
    std::uint64_t trace_hash = 0;
    std::uint64_t happenings = 0;
    std::uint64_t events_heard = 0;
    std::uint64_t sessions = 0;
    std::chrono::nanoseconds simulated{0};
};

[[nodiscard]] story tell(std::uint64_t seed);

}  // namespace weir::sim::test
