// SPDX-License-Identifier: Apache-2.0
#include <weir/flow/supervision.hpp>

#include <algorithm>
#include <ranges>

namespace weir::flow {

void supervision::entry::reset() {
    is = state::waiting;
    is_leaving = false;
    start_at = time_point::min();
    if (rules.backoff) delays.emplace(*rules.backoff, seed);
}

void supervision::reset() {
    for (entry& each : children_) each.reset();
    restarts_.clear();
    is_stopping_ = false;
    has_given_up_ = false;
}

std::optional<supervision::step> supervision::next(time_point now) {
    bool is_one_stopping = false;
    for (const entry& each : children_) {
        if (each.is != state::stopping) continue;
        if (now < each.stop_by) return std::nullopt;
        is_one_stopping = true;
    }
    for (std::size_t i = children_.size(); i-- > 0;) {
        entry& each = children_[i];
        if (!each.is_leaving || each.is != state::running) continue;
        each.is = state::stopping;
        each.stop_by = now + each.rules.stop_within;
        return step(command::stop, i);
    }
    // Nothing starts beside what has yet to end: it may be the same child.
    if (is_one_stopping) return std::nullopt;
    for (std::size_t i = 0; i < children_.size(); ++i) {
        entry& each = children_[i];
        if (each.is != state::waiting || now < each.start_at) continue;
        each.is = state::running;
        each.started_at = now;
        return step(command::start, i);
    }
    return std::nullopt;
}

supervision::time_point supervision::next_at(time_point now) const noexcept {
    time_point nearest = time_point::max();
    bool is_one_stopping = false;
    for (const entry& each : children_) {
        if (each.is != state::stopping) continue;
        is_one_stopping = true;
        if (now < each.stop_by) nearest = std::min(nearest, each.stop_by);
    }
    if (is_one_stopping) return nearest;
    for (const entry& each : children_) {
        if (each.is == state::waiting) nearest = std::min(nearest, each.start_at);
    }
    return nearest;
}

void supervision::ended(std::size_t place, bool has_failed, time_point now) {
    entry& it = children_[place];
    WEIR_ASSERT(it.is == state::running || it.is == state::stopping,
                "a child ended that was not started");
    if (it.is_leaving) {
        it.is_leaving = false;
        const bool comes_back = !is_stopping_ && it.rules.when != restart::temporary;
        it.is = comes_back ? state::waiting : state::ended;
        return;
    }
    it.is = state::ended;
    const bool comes_back =
        it.rules.when == restart::permanent || (it.rules.when == restart::transient && has_failed);
    if (!comes_back) return;
    const auto at = restart_at(it, now);
    if (!allows_restart(now) || !at) {
        has_given_up_ = true;
        return stop();
    }
    restart_group(place, *at);
}

void supervision::stop() noexcept {
    is_stopping_ = true;
    for (entry& each : children_) leave(each);
}

bool supervision::has_ended() const noexcept {
    return std::ranges::all_of(children_,
                               [](const entry& each) { return each.is == state::ended; });
}

/// What runs shall end, what waits does not start.
void supervision::leave(entry& each) const noexcept {
    if (each.is == state::waiting) each.is = state::ended;
    each.is_leaving = each.is != state::ended;
}

void supervision::restart_group(std::size_t place, time_point at) noexcept {
    const bool is_all = rules_.strategy == restart_strategy::one_for_all;
    const bool is_one = rules_.strategy == restart_strategy::one_for_one;
    const std::size_t first = is_all ? 0 : place;
    const std::size_t last = is_one ? place + 1 : children_.size();
    for (std::size_t i = first; i < last; ++i) {
        entry& each = children_[i];
        each.start_at = at;
        each.is_leaving = each.is == state::running || each.is == state::stopping;
        const bool comes_back = each.rules.when != restart::temporary;
        if (each.is == state::ended && comes_back) each.is = state::waiting;
    }
}

bool supervision::allows_restart(time_point now) {
    while (!restarts_.empty() && now - restarts_.front() >= rules_.period) restarts_.pop_front();
    restarts_.push_back(now);
    return restarts_.size() <= rules_.max_restarts;
}

/// When `failed` is to be started again; none = its back-off is at its end.
std::optional<supervision::time_point> supervision::restart_at(entry& failed,
                                                               time_point now) const {
    if (!failed.delays) return now;
    if (now - failed.started_at >= rules_.period) failed.delays->reset();
    const auto delay = failed.delays->next();
    if (!delay) return std::nullopt;
    return now + *delay;
}

}  // namespace weir::flow
