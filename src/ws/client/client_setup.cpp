// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/client_setup.hpp>

#include <algorithm>

namespace weir::ws {
namespace {

using namespace std::chrono_literals;

bool has_impossible_cost(const client_setup& setup) {
    if (setup.limiter == nullptr) return false;
    constexpr request_kind kinds[] = {request_kind::query, request_kind::subscription,
                                      request_kind::authentication, request_kind::order,
                                      request_kind::heartbeat};
    return std::any_of(std::begin(kinds), std::end(kinds), [&setup](request_kind each) {
        return setup.limiter->retry_after(setup.costs.of(each)) == std::chrono::nanoseconds::max();
    });
}

bool has_negative_time(const client_setup& setup) {
    return std::min({setup.stable_after, setup.renew_before, setup.restore_jitter,
                     setup.ping_interval, setup.beat_interval, setup.drain_timeout,
                     setup.requests.late_for}) < 0ns;
}

}  // namespace

std::vector<setup_finding> client_setup::check() const {
    std::vector<setup_finding> findings;
    const auto find = [&findings](bool is_so, setup_errc what) {
        if (is_so) findings.emplace_back(what);
    };
    find(where.is_secure() && where.port() == 80, setup_errc::tls_on_port_80);
    find(!where.is_secure() && where.port() == 443, setup_errc::plain_on_port_443);
    find(outbox.max_messages == 0 || outbox.max_bytes == 0, setup_errc::no_outbox);
    find(inbox.max_messages == 0, setup_errc::no_inbox);
    find(inbox.policy == when_full::reject || inbox.policy == when_full::conflate,
         setup_errc::inbox_policy);
    find(requests.max_pending == 0 || requests.max_late == 0, setup_errc::no_pending_requests);
    find(request_timeout <= 0ns, setup_errc::no_request_timeout);
    find(heartbeat_timeout <= 0ns && (ping_interval > 0ns || beat),
         setup_errc::no_heartbeat_timeout);
    find(has_negative_time(*this), setup_errc::negative_interval);
    find(beat_interval > 0ns && !beat, setup_errc::beat_without_hook);
    find(subscriptions.max_channels == 0 || max_restoring == 0, setup_errc::no_subscriptions);
    find(subscriptions.pending_timeout <= 0ns, setup_errc::no_pending_timeout);
    find(!subscribe != !unsubscribe, setup_errc::subscribe_without_end);
    find(has_impossible_cost(*this), setup_errc::costs_more_than_a_burst);
    return findings;
}

}  // namespace weir::ws
