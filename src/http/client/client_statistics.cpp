// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client_statistics.hpp>

#include <string>

#include "metrics/statistics_export.hpp"

namespace weir::http {

void client_statistics::count_error(const std::error_code& why, client_phase phase) noexcept {
    const auto value = static_cast<std::size_t>(why.value());
    if (why.category() == category()) refusals_.at(value).add();
    if (why.category() == client_category()) client_refusals_.at(value).add();
    if (why == std::errc::timed_out) timeouts_.at(static_cast<std::size_t>(phase)).add();
}

metrics::sharded<client_statistics>& add_client_statistics(metrics::registry& shown_in,
                                                           std::string_view labels) {
    using all = client_statistics;
    metrics::statistics_export<all> shown(shown_in, labels);
    shown.add("weir_http_client_requests_total", "Requests of the callers.", &all::requests);
    shown.add("weir_http_client_failures_total", "Requests that got no whole response.",
              &all::failures);
    shown.add("weir_http_client_connections_total", "Connections opened.", &all::connections);
    shown.add("weir_http_client_reused_total", "Exchanges on a connection that was kept.",
              &all::reused);
    shown.add("weir_http_client_stale_total", "Kept connections that were found closed.",
              &all::stale);
    shown.add("weir_http_client_given_up_total", "Connections closed in the middle of an exchange.",
              &all::given_up);
    shown.add("weir_http_client_retried_total", "Requests sent once more.", &all::retried);
    shown.add("weir_http_client_redirected_total", "Redirects followed.", &all::redirected);
    for (std::size_t i = 2; i <= 5; ++i) {
        shown.add(
            "weir_http_client_responses_total", "Responses by the class of their status.",
            [i](const all& one) { return one.responses(i); },
            metrics::label("code", std::to_string(i) + "xx"));
    }
    constexpr std::string_view refusals = "weir_http_client_refusals_total";
    constexpr std::string_view meaning = "What was wrong, or which limit was passed.";
    shown.add_each<errc>(refusals, meaning, errc_count,
                         [](const all& one, errc why) { return one.refusals(why); });
    shown.add_each<client_errc>(refusals, meaning, client_errc_count,
                                [](const all& one, client_errc why) { return one.refusals(why); });
    for (std::size_t i = 0; i < client_phase_count; ++i) {
        const auto phase = static_cast<client_phase>(i);
        shown.add(
            "weir_http_client_timeouts_total", "Budgets that ended, by the phase they ended in.",
            [phase](const all& one) { return one.timeouts(phase); },
            metrics::label("phase", name_of(phase)));
    }
    return shown.counted();
}

}  // namespace weir::http
