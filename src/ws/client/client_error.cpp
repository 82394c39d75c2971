// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/client_error.hpp>

#include <string>

namespace weir::ws {
namespace {

const char* text_of(client_errc error) noexcept {
    switch (error) {
        case client_errc::connection_lost:
            return "the connection broke before the reply came";
        case client_errc::closed:
            return "the WebSocket client was closed";
        case client_errc::gave_up:
            return "the WebSocket client has given up connecting";
        case client_errc::message_dropped:
            return "the message was dropped before it was sent";
        case client_errc::duplicate_id:
            return "a request with this id is not over yet";
        case client_errc::authentication_refused:
            return "the peer refused the authentication";
        case client_errc::subscription_refused:
            return "the peer refused the subscription";
        case client_errc::subscription_pending:
            return "a subscription to this channel is not decided yet";
        case client_errc::too_many_subscriptions:
            return "there are too many subscriptions";
        case client_errc::heartbeat_timeout:
            return "a heartbeat was not answered in time";
        case client_errc::reconnect_asked:
            return "another connection was asked for";
        case client_errc::malformed_state:
            return "this is no exported state of subscriptions";
    }
    return "unknown error of a WebSocket client";
}

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "weir.ws.client"; }
    [[nodiscard]] std::string message(int value) const override {
        return text_of(static_cast<client_errc>(value));
    }
};

}  // namespace

const std::error_category& client_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace weir::ws
