// SPDX-License-Identifier: Apache-2.0
// setup_finding: what is wrong, or looks wrong, with a client_setup.
#pragma once

#include <cstdint>
#include <system_error>

namespace weir::ws {

/// Each has its own text.
enum class setup_errc : std::uint8_t {
    tls_on_port_80 = 1,       ///< a warning: wss:// to where plain HTTP is usual
    plain_on_port_443,        ///< a warning: ws:// to where TLS is usual
    no_outbox,                ///< an outbox without room for a message or a byte
    no_inbox,                 ///< an inbox without room for a message
    inbox_policy,             ///< an inbox that would refuse what has arrived
    no_pending_requests,      ///< room for no request, or for no late reply
    no_request_timeout,       ///< zero or less
    no_heartbeat_timeout,     ///< zero or less, although there are heartbeats
    negative_interval,        ///< an interval, delay or jitter below zero
    beat_without_hook,        ///< an interval for a heartbeat of the application, and no heartbeat
    no_subscriptions,         ///< room for no channel, or nothing may be restored
    no_pending_timeout,       ///< subscriptions expire before they are asked for
    subscribe_without_end,    ///< a hook to subscribe, and none to unsubscribe, or vice versa
    costs_more_than_a_burst,  ///< a warning: some kind of request never passes the limiter
};

/// The category of setup_errc.
[[nodiscard]] const std::error_category& setup_category() noexcept;
/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(setup_errc error) noexcept {
    return {static_cast<int>(error), setup_category()};
}

/// One finding. Its error's message says it to people.
class setup_finding {
public:
    explicit setup_finding(setup_errc found) noexcept : what_(found) {}

    [[nodiscard]] std::error_code error() const noexcept { return make_error_code(what_); }
    /// Whether a client runs in spite of it.
    [[nodiscard]] bool is_warning() const noexcept {
        return what_ == setup_errc::tls_on_port_80 || what_ == setup_errc::plain_on_port_443 ||
               what_ == setup_errc::costs_more_than_a_burst;
    }

private:
    setup_errc what_;
};

}  // namespace weir::ws

template <>
struct std::is_error_code_enum<weir::ws::setup_errc> : std::true_type {};
