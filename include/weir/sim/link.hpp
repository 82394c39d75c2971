// SPDX-License-Identifier: Apache-2.0
// link: what lies between two simulated hosts.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir::sim {

/// The way between two hosts. A host reaches itself at once, whatever this says.
class link_options {
public:
    link_options() noexcept = default;

    /// How long a piece of data travels, drawn for each between these two; a stream keeps its
    /// order.
    std::chrono::nanoseconds min_latency = std::chrono::microseconds(100);
    std::chrono::nanoseconds max_latency = std::chrono::milliseconds(1);
    /// Of one connection in one direction; 0 = unlimited.
    std::uint64_t bytes_per_second = 0;
    /// Datagrams that never arrive, 0 ... 1.
    double datagram_loss = 0;
};

}  // namespace weir::sim
