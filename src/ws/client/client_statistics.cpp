// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/client_statistics.hpp>

#include "metrics/statistics_export.hpp"

namespace weir::ws {

metrics::sharded<client_statistics>& add_client_statistics(metrics::registry& shown_in,
                                                           std::string_view labels) {
    using all = client_statistics;
    metrics::statistics_export<all> shown(shown_in, labels);
    shown.add("weir_ws_client_attempts_total", "Attempts to connect.", &all::attempts);
    shown.add("weir_ws_client_connections_total", "Connections made.", &all::connections);
    shown.add("weir_ws_client_sent_messages_total", "Messages handed to a connection.",
              &all::messages_sent);
    shown.add("weir_ws_client_sent_bytes_total", "Bytes of their payloads.", &all::bytes_sent);
    shown.add("weir_ws_client_received_messages_total", "Messages received.",
              &all::messages_received);
    shown.add("weir_ws_client_received_bytes_total", "Bytes of their payloads.",
              &all::bytes_received);
    shown.add("weir_ws_client_replies_total", "Replies that found their requests.", &all::replies);
    const auto add_loss = [&shown](std::string_view reason, metrics::counter all::* member) {
        shown.add(
            "weir_ws_client_losses_total",
            "Messages that left the outbox unsent or the inbox unread, replies that came too late, "
            "and requests whose connections broke.",
            [member](const all& one) { return (one.*member).value(); },
            metrics::label("reason", reason));
    };
    add_loss("outbox", &all::messages_dropped);
    add_loss("inbox", &all::messages_unread);
    add_loss("late_reply", &all::late_replies);
    add_loss("connection_lost", &all::requests_lost);
    return shown.counted();
}

}  // namespace weir::ws
