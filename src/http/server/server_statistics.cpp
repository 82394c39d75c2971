// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/server_statistics.hpp>

#include <string>

#include "metrics/statistics_export.hpp"

namespace weir::http {

metrics::sharded<server_statistics>& add_server_statistics(metrics::registry& shown_in,
                                                           std::string_view labels) {
    using all = server_statistics;
    metrics::statistics_export<all> shown(shown_in, labels);
    shown.add("weir_http_server_connections_total", "Connections begun.", &all::connections);
    shown.add("weir_http_server_connections_ended_total", "Connections ended.",
              &all::connections_ended);
    shown.add("weir_http_server_unprepared_total",
              "Connections ended before their first request, as by a failed handshake.",
              &all::unprepared);
    shown.add("weir_http_server_idle_ended_total",
              "Connections ended for being idle too long, or to make room.", &all::idle_ended);
    shown.add("weir_http_server_handed_over_total", "Connections that speak another protocol now.",
              &all::handed_over);
    shown.add("weir_http_server_requests_total", "Requests whose head was read.", &all::requests);
    shown.add("weir_http_server_handler_failures_total", "Errors and exceptions of handlers.",
              &all::handler_failures);
    for (std::size_t i = 1; i <= 5; ++i) {
        shown.add(
            "weir_http_server_responses_total", "Answers by the class of their status.",
            [i](const all& one) { return one.answers(i); },
            metrics::label("code", std::to_string(i) + "xx"));
    }
    shown.add_each<errc>("weir_http_server_refusals_total",
                         "What was wrong, or which limit was passed.", errc_count,
                         [](const all& one, errc why) { return one.refusals(why); });
    return shown.counted();
}

}  // namespace weir::http
