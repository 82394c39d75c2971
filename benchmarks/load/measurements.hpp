// SPDX-License-Identifier: Apache-2.0
// measurements: what all shards count during a run. Each writes its own cells; anybody reads.
#pragma once

#include <weir/metrics/counter.hpp>
#include <weir/metrics/histogram.hpp>
#include <weir/metrics/sharded.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

/// Why something went wrong, coarsely.
enum class trouble : std::uint8_t {
    refused,       ///< a connection could not be opened
    lost,          ///< a connection ended before it should
    wrong_answer,  ///< an echo of another size, an event that nobody sent
    missing,       ///< sent and never answered
};
inline constexpr std::array<std::string_view, 4> trouble_names{"refused", "lost", "wrong_answer",
                                                               "missing"};

/// The counts of one shard. Its own thread writes, any thread reads.
class shard_measurements {
public:
    weir::metrics::counter opened;     // connections that became usable
    weir::metrics::counter sent;       // messages; in fanout mode publishes
    weir::metrics::counter received;   // answers; in fanout mode deliveries
    weir::metrics::histogram connect;  // from dialling to usable, ns
    weir::metrics::histogram latency;  // from the intended moment of sending, ns
    std::array<weir::metrics::counter, trouble_names.size()> troubles;

    void note(trouble what, std::uint64_t times = 1) noexcept {
        troubles.at(static_cast<std::size_t>(what)).add(times);
    }
    /// Keeps the first error for the report.
    void note(trouble what, std::error_code error) noexcept {
        note(what);
        if (!first_error) first_error = error;
    }
    std::error_code first_error;  // its own thread only, and the main one after the end

    void merge(const shard_measurements& other) noexcept {
        opened.add(other.opened.value());
        sent.add(other.sent.value());
        received.add(other.received.value());
        connect.merge(other.connect);
        latency.merge(other.latency);
        for (std::size_t i = 0; i < troubles.size(); ++i) {
            troubles.at(i).add(other.troubles.at(i).value());
        }
    }
    [[nodiscard]] std::uint64_t errors() const noexcept {
        std::uint64_t sum = 0;
        for (const auto& each : troubles) sum += each.value();
        return sum;
    }
    [[nodiscard]] std::uint64_t count(trouble what) const noexcept {
        return troubles.at(static_cast<std::size_t>(what)).value();
    }
};
