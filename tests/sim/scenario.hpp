// SPDX-License-Identifier: Apache-2.0
// scenario: the event server of the examples with clients and a random workload in a simulated
// world. Some worlds are peaceful: the kernel does only what any kernel may do at any time. In the
// others links are cut, narrow and slow, hosts crash, and servers come and go. In all of them:
//   - a client hears each event at most once, and those of one session in their order;
//   - a publish that was acknowledged (the pong behind it came) reaches every client that had
//     subscribed before and stayed connected, unless it was dropped, and counted, for its slowness;
//   - never do more bytes wait for a client than the budget allows;
//   - a server that ends leaves no descriptor open, at any time, and so do clients;
//   - when the trouble is over, everybody gets answers again;
//   - in peace no connection ends, but those of clients that are too slow.
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
    std::uint64_t events_dropped = 0;
    std::uint64_t sessions = 0;
    std::chrono::nanoseconds simulated{0};
};

[[nodiscard]] story tell(std::uint64_t seed);

}  // namespace weir::sim::test
