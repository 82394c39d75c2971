// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/error_policy.hpp>

#include <weir/base/refusal.hpp>
#include <weir/tls/error.hpp>
#include <weir/ws/client/client_error.hpp>
#include <weir/ws/connection_error.hpp>
#include <weir/ws/protocol/error.hpp>

#include <utility>

namespace weir::ws {
namespace {

error_class class_of_close(close_code code) noexcept {
    // Registered with IANA beside those of the RFC.
    constexpr auto unauthorized = static_cast<close_code>(3000);
    constexpr auto forbidden = static_cast<close_code>(3003);
    if (code == unauthorized || code == forbidden) return error_class::critical;
    switch (code) {
        case close_code::protocol_error:
        case close_code::unsupported_data:
        case close_code::invalid_payload:
        case close_code::policy_violation:
        case close_code::mandatory_extension:
            return error_class::critical;
        default:
            return error_class::transient;
    }
}

error_class class_of_client_error(client_errc error) noexcept {
    switch (error) {
        case client_errc::authentication_refused:
        case client_errc::closed:
            return error_class::critical;
        case client_errc::message_dropped:
        case client_errc::duplicate_id:
        case client_errc::subscription_refused:
        case client_errc::subscription_pending:
        case client_errc::too_many_subscriptions:
        case client_errc::malformed_state:
            return error_class::normal;
        case client_errc::connection_lost:
        case client_errc::gave_up:
        case client_errc::heartbeat_timeout:
        case client_errc::reconnect_asked:
            return error_class::transient;
    }
    return error_class::transient;
}

error_class class_of_tls_error(tls::errc error) noexcept {
    switch (error) {
        case tls::errc::not_tls:
        case tls::errc::bad_record:
        case tls::errc::truncated:
        case tls::errc::handshake_failed:
            return error_class::transient;
        default:  // whom we talk to, and how, will be the same again
            return error_class::critical;
    }
}

}  // namespace

error_class classify(const failure& what) noexcept {
    const std::error_code& error = what.error();
    const std::error_category& from = error.category();
    if (error == connection_errc::closed) return class_of_close(what.code());
    if (from == client_category()) {
        return class_of_client_error(static_cast<client_errc>(error.value()));
    }
    if (from == tls::category()) return class_of_tls_error(static_cast<tls::errc>(error.value()));
    if (from == handshake_category()) {
        // Any other status may be that of a proxy whose server starts again.
        return error == handshake_errc::status_not_101 ? error_class::transient
                                                       : error_class::critical;
    }
    if (error == std::errc::invalid_argument) return error_class::critical;
    if (from == refusal_category()) return error_class::normal;
    return error_class::transient;
}

error_policy::error_policy(resilience::backoff_policy delays, std::chrono::nanoseconds stable_after,
                           std::uint64_t seed, rule first)
    : delays_(std::move(delays), seed), stable_after_(stable_after), first_(std::move(first)) {}

error_class error_policy::class_of(const failure& what) const {
    if (first_) {
        if (const auto said = first_(what)) return *said;
    }
    return classify(what);
}

decision error_policy::decide(const failure& what, time_point now) {
    const error_class kind = class_of(what);
    if (kind == error_class::critical) return decision::give_up();
    // Without a connection there is nothing to keep.
    if (kind == error_class::normal && what.is_connected()) return decision::keep();
    if (ready_since_ && now - *ready_since_ >= stable_after_) delays_.reset();
    ready_since_.reset();
    const auto delay = delays_.next();
    return delay ? decision::reconnect_after(*delay) : decision::give_up();
}

}  // namespace weir::ws
