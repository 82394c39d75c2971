// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/connection_statistics.hpp>

#include <malloc.h>

#include "metrics/statistics_export.hpp"

namespace weir::ws {

connection_statistics& connection_statistics::of_this_thread() noexcept {
    thread_local connection_statistics statistics;
    return statistics;
}

void connection_statistics::count_refusal(const std::error_code& why) noexcept {
    const auto value = static_cast<std::size_t>(why.value());
    if (why.category() == http::category()) request_refusals_.at(value).add();
    if (why.category() == handshake_category()) handshake_refusals_.at(value).add();
    if (why.category() == protocol_category()) protocol_refusals_.at(value).add();
}

void connection_statistics::note_given_back(std::size_t bytes) {
    bytes_given_back.add(bytes);
    untrimmed_bytes_ += bytes;
    if (untrimmed_bytes_ < trim_bytes) return;
    untrimmed_bytes_ = 0;
    trims.add();
    ::malloc_trim(0);
}

metrics::sharded<connection_statistics>& add_connection_statistics(metrics::registry& shown_in,
                                                                   std::string_view labels) {
    using all = connection_statistics;
    using metrics::label;
    metrics::statistics_export<all> shown(shown_in, labels);
    shown.add("weir_ws_connections_total", "Connections begun.", &all::connections);
    shown.add("weir_ws_connections_ended_total", "Connections ended.", &all::connections_ended);
    shown.add("weir_ws_silent_ended_total", "Connections ended without an answer to a ping.",
              &all::silent_ended);
    shown.add("weir_ws_hibernated_total", "How often a connection began to hibernate.",
              &all::hibernated);
    shown.add("weir_ws_woken_total", "How often a hibernating connection was needed again.",
              &all::woken);
    shown.add("weir_ws_hibernated_bytes_total", "Bytes given back by hibernating connections.",
              &all::bytes_given_back);
    constexpr std::string_view refusals = "weir_ws_refusals_total";
    constexpr std::string_view meaning = "Which rule was broken, or which limit was passed.";
    shown.add_each<http::errc>(
        refusals, meaning, http::errc_count,
        [](const all& one, http::errc why) { return one.refusals(why); },
        label("stage", "request"));
    shown.add_each<handshake_errc>(
        refusals, meaning, handshake_errc_count,
        [](const all& one, handshake_errc why) { return one.refusals(why); },
        label("stage", "handshake"));
    shown.add_each<protocol_errc>(
        refusals, meaning, protocol_errc_count,
        [](const all& one, protocol_errc why) { return one.refusals(why); },
        label("stage", "connection"));
    return shown.counted();
}

}  // namespace weir::ws
