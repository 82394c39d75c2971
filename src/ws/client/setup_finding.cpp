// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/setup_finding.hpp>

#include <string>

namespace weir::ws {
namespace {

const char* text_of(setup_errc error) noexcept {
    switch (error) {
        case setup_errc::tls_on_port_80:
            return "wss:// is to be spoken on port 80, where plain HTTP is usual";
        case setup_errc::plain_on_port_443:
            return "ws:// is to be spoken on port 443, where TLS is usual";
        case setup_errc::no_outbox:
            return "outbox: max_messages and max_bytes must be at least 1";
        case setup_errc::no_inbox:
            return "inbox: max_messages must be at least 1";
        case setup_errc::inbox_policy:
            return "inbox: the policy must be wait, drop_oldest or drop_newest";
        case setup_errc::no_pending_requests:
            return "requests: max_pending and max_late must be at least 1";
        case setup_errc::no_request_timeout:
            return "request_timeout must be more than 0";
        case setup_errc::no_heartbeat_timeout:
            return "heartbeat_timeout must be more than 0";
        case setup_errc::negative_interval:
            return "intervals, delays and jitters must not be less than 0";
        case setup_errc::beat_without_hook:
            return "beat_interval is set, but there is no beat";
        case setup_errc::no_subscriptions:
            return "subscriptions: max_channels and max_restoring must be at least 1";
        case setup_errc::no_pending_timeout:
            return "subscriptions: pending_timeout must be more than 0";
        case setup_errc::subscribe_without_end:
            return "subscribe and unsubscribe are set together or not at all";
        case setup_errc::costs_more_than_a_burst:
            return "a kind of request costs more than the limiter ever allows at once";
    }
    return "unknown finding about a WebSocket client's setup";
}

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "weir.ws.setup"; }
    [[nodiscard]] std::string message(int value) const override {
        return text_of(static_cast<setup_errc>(value));
    }
};

}  // namespace

const std::error_category& setup_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace weir::ws
