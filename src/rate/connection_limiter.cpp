// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/connection_limiter.hpp>

#include <weir/base/assert.hpp>
#include <weir/rate/limit.hpp>

namespace weir::rate {

connection_limiter::connection_limiter(connection_limits limits, time_point now)
    : limits_(std::move(limits)) {
    WEIR_ASSERT(limits_.max_connections > 0 && limits_.max_per_source > 0,
                "a connection limiter admits at least one connection");
    WEIR_ASSERT(0 <= limits_.alert_threshold && limits_.alert_threshold <= 1,
                "a threshold is a part, 0 ... 1");
    if (limits_.accept_rate) accept_rate_.emplace(*limits_.accept_rate, now);
}

connection_limiter::~connection_limiter() {
    WEIR_ASSERT(open_ == 0, "a connection limiter was destroyed before the slots that it gave");
}

result<connection_limiter::slot, refused> connection_limiter::try_admit(const net::endpoint& peer,
                                                                        time_point now) {
    const auto source = source_network::of(peer);
    if (const auto why = objection(source, now)) {
        watch(now);
        return fail(*why);
    }
    counted_source* counted = nullptr;
    if (source) counted = &*by_source_.try_emplace(*source, std::size_t{0}).first;
    if (counted != nullptr) ++counted->second;
    ++open_;
    slot admitted(*this, counted);
    watch(now);
    return admitted;
}

std::optional<refused> connection_limiter::objection(const std::optional<source_network>& source,
                                                     time_point now) noexcept {
    if (open_ >= limits_.max_connections) {
        ++refused_as_full_;
        return refused(refusal::too_many_in_flight, limits_.retry_after);
    }
    const auto known = source ? by_source_.find(*source) : by_source_.end();
    if (known != by_source_.end() && known->second >= limits_.max_per_source) {
        ++refused_by_source_;
        return refused(refusal::too_many_in_flight, limits_.retry_after);
    }
    // The last question, since the answer takes something away.
    if (accept_rate_ && !accept_rate_->try_take(1, now)) {
        ++refused_by_rate_;
        return refused(refusal::rate_limited, retry_after(*accept_rate_, 1, now));
    }
    return std::nullopt;
}

void connection_limiter::watch(time_point now) {
    const double part = static_cast<double>(open_) / static_cast<double>(limits_.max_connections);
    if (!limits_.on_alert || part < limits_.alert_threshold) return;
    if (alerted_at_ && now - *alerted_at_ < limits_.alert_cooldown) return;
    alerted_at_ = now;
    const std::uint64_t refused_before = std::exchange(refused_at_alert_, refused_in_all());
    limits_.on_alert(
        connection_alert(open_, limits_.max_connections, refused_at_alert_ - refused_before));
}

void connection_limiter::release(counted_source* source) noexcept {
    --open_;
    if (source == nullptr || --source->second > 0) return;
    const source_network gone = source->first;  // not a part of what is erased
    by_source_.erase(gone);
}

}  // namespace weir::rate
