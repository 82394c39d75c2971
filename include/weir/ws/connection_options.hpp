// SPDX-License-Identifier: Apache-2.0
// connection_options: how a WebSocket connection behaves once it is open.
#pragma once

#include <weir/metrics/sharded.hpp>
#include <weir/ws/connection_statistics.hpp>
#include <weir/ws/deflate/deflate_options.hpp>
#include <weir/ws/hibernation.hpp>
#include <weir/ws/protocol/limits.hpp>

#include <chrono>
#include <optional>

namespace weir::ws {

/// Limits and times of a connection; one object is shared by all that are configured alike, and
/// must outlive them.
class connection_options {
public:
    connection_options() noexcept {}

    ws::limits limits;
    /// Compression; nullopt, the default, neither offers nor accepts any.
    std::optional<deflate_options> deflate;
    /// A silent peer is pinged after this; zero = never.
    std::chrono::milliseconds ping_interval{30'000};
    /// A peer that has sent nothing for so long after a ping is given up with timed_out.
    std::chrono::milliseconds pong_timeout{20'000};
    /// When an idle connection gives back what it holds.
    ws::hibernation hibernation;
    /// How long the close handshake may take, each way.
    std::chrono::milliseconds close_timeout{5'000};
    /// How long the opening handshake may take, from the first byte awaited to the answer.
    std::chrono::milliseconds handshake_timeout{10'000};
    /// Where they count, in the part of their shard (`add_connection_statistics`); borrowed. Null =
    /// `connection_statistics::of_this_thread`.
    metrics::sharded<connection_statistics>* statistics = nullptr;

    /// Where a connection of the calling shard counts.
    [[nodiscard]] connection_statistics& statistics_here() const noexcept;

    /// The defaults.
    [[nodiscard]] static const connection_options& defaults() noexcept;
};

}  // namespace weir::ws
