// SPDX-License-Identifier: Apache-2.0
// client_statistics: what a client has done, and what it has refused.
#pragma once

#include <weir/http/client/client_error.hpp>
#include <weir/http/message/error.hpp>
#include <weir/http/message/status.hpp>
#include <weir/metrics/counter.hpp>
#include <weir/metrics/sharded.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace weir::metrics {
class registry;
}

namespace weir::http {

/// Counts of one client. Its shard writes; any thread may read.
class client_statistics {
public:
    client_statistics() noexcept = default;

    metrics::counter requests;     ///< of the caller
    metrics::counter failures;     ///< of these, that got no whole head (or body, where collected)
    metrics::counter connections;  ///< opened, TLS included
    metrics::counter reused;       ///< exchanges on a connection that had been used before
    metrics::counter stale;        ///< kept connections that were found closed, or spoken on
    metrics::counter given_up;     ///< connections closed in the middle of an exchange
    metrics::counter retried;      ///< requests sent once more
    metrics::counter redirected;   ///< redirects followed

    /// Final responses by the first digit of their status, 2 ... 5.
    [[nodiscard]] std::uint64_t responses(std::size_t hundreds) const noexcept {
        return responses_.at(hundreds).value();
    }
    /// How often this was wrong with a response, or this limit passed.
    [[nodiscard]] std::uint64_t refusals(errc why) const noexcept {
        return refusals_.at(static_cast<std::size_t>(why)).value();
    }
    [[nodiscard]] std::uint64_t refusals(client_errc why) const noexcept {
        return client_refusals_.at(static_cast<std::size_t>(why)).value();
    }
    /// How often the budget ended in this phase.
    [[nodiscard]] std::uint64_t timeouts(client_phase phase) const noexcept {
        return timeouts_.at(static_cast<std::size_t>(phase)).value();
    }

    void count_response(status code) noexcept {
        responses_.at(static_cast<std::size_t>(code) / 100 % responses_.size()).add();
    }
    /// Counts why a request failed, wherever that is counted.
    void count_error(const std::error_code& why, client_phase phase) noexcept;

private:
    std::array<metrics::counter, 6> responses_;
    std::array<metrics::counter, errc_count + 1> refusals_;
    std::array<metrics::counter, client_errc_count + 1> client_refusals_;
    std::array<metrics::counter, client_phase_count> timeouts_;
};

/// Shows in a registry what the clients of all its shards do, as `weir_http_client_...`: each
/// refusal by its reason, each timeout by its phase.
///
/// ```cpp
/// options.statistics = &weir::http::add_client_statistics(registry);
/// ```
/// @param shown_in  borrowed by every client that counts there: it must outlive them. As with all
///                  of its metrics: before the shards start.
/// @param labels    of `metrics::label`, joined by commas; needed where this is done twice.
[[nodiscard]] metrics::sharded<client_statistics>& add_client_statistics(
    metrics::registry& shown_in, std::string_view labels = {});

}  // namespace weir::http
