// SPDX-License-Identifier: Apache-2.0
// connection_statistics: what WebSocket connections have done, and what they have refused.
#pragma once

#include <weir/http/message/error.hpp>
#include <weir/metrics/counter.hpp>
#include <weir/metrics/sharded.hpp>
#include <weir/ws/protocol/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace weir::metrics {
class registry;
}

namespace weir::ws {

/// Counts of many connections. Their shard writes; any thread may read.
class connection_statistics {
public:
    connection_statistics() noexcept = default;

    /// Where those of the calling thread count that are not told where; from its beginning.
    [[nodiscard]] static connection_statistics& of_this_thread() noexcept;

    metrics::counter connections;  ///< whose handshake was done
    metrics::counter connections_ended;
    metrics::counter silent_ended;      ///< of these, for giving no sign of life after a ping
    metrics::counter hibernated;        ///< how often one began to hibernate
    metrics::counter woken;             ///< how often one was needed again
    metrics::counter bytes_given_back;  ///< to the allocator, all together
    metrics::counter trims;             ///< how often the allocator gave them on to the system

    /// Upgrade requests that were no HTTP, or passed this limit.
    [[nodiscard]] std::uint64_t refusals(http::errc why) const noexcept {
        return request_refusals_.at(static_cast<std::size_t>(why)).value();
    }
    /// Upgrades that broke this rule.
    [[nodiscard]] std::uint64_t refusals(handshake_errc why) const noexcept {
        return handshake_refusals_.at(static_cast<std::size_t>(why)).value();
    }
    /// Connections that were ended because their peers broke this rule, or passed this limit.
    [[nodiscard]] std::uint64_t refusals(protocol_errc why) const noexcept {
        return protocol_refusals_.at(static_cast<std::size_t>(why)).value();
    }

    /// Counts one of the errors above; any other is not counted.
    void count_refusal(const std::error_code& why) noexcept;
    /// Counts so many bytes in. From time to time the allocator is told to give free pages on to
    /// the system, which of its own accord it does only with those at the end of its heap: each
    /// time that `trim_bytes` have come together, which takes milliseconds.
    void note_given_back(std::size_t bytes);
    static constexpr std::size_t trim_bytes = std::size_t{64} << 20U;

private:
    std::array<metrics::counter, http::errc_count + 1> request_refusals_;
    std::array<metrics::counter, handshake_errc_count + 1> handshake_refusals_;
    std::array<metrics::counter, protocol_errc_count + 1> protocol_refusals_;
    std::size_t untrimmed_bytes_ = 0;
};

/// Shows in a registry what the WebSocket connections of all its shards do, as `weir_ws_...`: each
/// refusal by its reason, `weir_ws_refusals_total{stage="connection",reason="message_over_limit"}`.
///
/// ```cpp
/// options.connection.statistics = &weir::ws::add_connection_statistics(registry);
/// ```
/// @param shown_in  borrowed by every connection that counts there: it must outlive them. As with
///                  all of its metrics: before the shards start.
/// @param labels    of `metrics::label`, joined by commas; needed where this is done twice.
[[nodiscard]] metrics::sharded<connection_statistics>& add_connection_statistics(
    metrics::registry& shown_in, std::string_view labels = {});

}  // namespace weir::ws
