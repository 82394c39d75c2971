// SPDX-License-Identifier: Apache-2.0
// server_statistics: what a server has done and what it has refused.
#pragma once

#include <weir/http/message/error.hpp>
#include <weir/http/message/status.hpp>
#include <weir/metrics/counter.hpp>
#include <weir/metrics/sharded.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::metrics {
class registry;
}

namespace weir::http {

/// Counts of one server. Its shard writes; any thread may read.
class server_statistics {
public:
    server_statistics() noexcept = default;

    metrics::counter unprepared;   ///< accepted, and ended by an error of `prepare`
    metrics::counter connections;  ///< begun
    metrics::counter connections_ended;
    metrics::counter idle_ended;        ///< of these, for being idle too long or to make room
    metrics::counter requests;          ///< whose head was read
    metrics::counter handed_over;       ///< connections that speak another protocol now
    metrics::counter handler_failures;  ///< errors and exceptions of handlers

    /// Answers by the first digit of their status, 1 ... 5.
    [[nodiscard]] std::uint64_t answers(std::size_t hundreds) const noexcept {
        return answers_.at(hundreds).value();
    }
    /// How often this was wrong, or this limit passed.
    [[nodiscard]] std::uint64_t refusals(errc why) const noexcept {
        return refusals_.at(static_cast<std::size_t>(why)).value();
    }

    void count_answer(status code) noexcept {
        answers_.at(static_cast<std::size_t>(code) / 100 % answers_.size()).add();
    }
    void count_refusal(errc why) noexcept { refusals_.at(static_cast<std::size_t>(why)).add(); }

private:
    std::array<metrics::counter, 6> answers_;
    std::array<metrics::counter, errc_count + 1> refusals_;
};

/// Shows in a registry what the servers of all its shards do, as `weir_http_server_...`: each
/// refusal by its reason, `weir_http_server_refusals_total{reason="headers_over_limit"}`.
///
/// ```cpp
/// options.statistics = &weir::http::add_server_statistics(registry);
/// weir::http::server server(answer, options);   // on each shard, with the same options
/// ```
/// @param shown_in  borrowed by every server that counts there: it must outlive them. As with all
///                  of its metrics: before the shards start.
/// @param labels    of `metrics::label`, joined by commas; needed where this is done twice.
[[nodiscard]] metrics::sharded<server_statistics>& add_server_statistics(
    metrics::registry& shown_in, std::string_view labels = {});

}  // namespace weir::http
