// SPDX-License-Identifier: Apache-2.0
#include <weir/pool/pool_state.hpp>

#include <weir/base/error.hpp>
#include <weir/base/refusal.hpp>

namespace weir {

namespace {

using duration = pool_options::duration;

/// Long enough for "never", short enough to be added to any moment.
constexpr duration never = std::chrono::hours(24 * 365 * 100);
/// So that an opening that fails at once does not keep the loop busy.
constexpr duration shortest_reopen_delay = std::chrono::milliseconds(1);

duration bounded(duration time) noexcept { return std::clamp(time, duration(0), never); }

duration shortest_rest(const pool_options& options, duration validate_idle_every) noexcept {
    const duration rest = std::min(bounded(options.idle_timeout), validate_idle_every);
    const duration overflow_ttl = bounded(options.overflow_ttl);
    return overflow_ttl == duration(0) ? rest : std::min(rest, overflow_ttl);
}

}  // namespace

pool_state::pool_state(const pool_options& options, bool validates)
    : max_(options.max),
      validate_after_(validates ? bounded(options.validate_after) : never),
      validate_idle_every_(validates ? bounded(options.validate_idle_every) : never),
      rest_(shortest_rest(options, validate_idle_every_)),
      order_(options.order),
      watches_leases_(options.max_lease < never),
      max_lease_(bounded(options.max_lease)),
      min_(options.min),
      overflow_(options.overflow),
      max_waiting_(options.max_waiting),
      max_opening_(options.max_opening),
      overflow_ttl_(bounded(options.overflow_ttl)),
      max_lifetime_(bounded(options.max_lifetime)),
      idle_timeout_(bounded(options.idle_timeout)),
      lifetime_jitter_(options.lifetime_jitter),
      reopen_delays_(options.reopen_delays, options.seed),
      reopen_delay_(shortest_reopen_delay),
      chance_(options.seed) {
    WEIR_ASSERT(max_ > 0 && min_ <= max_, "a pool has room for one or more, and min <= max");
    WEIR_ASSERT(max_waiting_ > 0 && max_opening_ > 0,
                "somebody must be able to wait in a pool, and something to open");
    WEIR_ASSERT(0 <= lifetime_jitter_ && lifetime_jitter_ <= 1, "jitter is a part, 0 ... 1");
}

result<void> pool_state::join(bool has_deadline, time_point now) noexcept {
    if (is_shut_) return fail(refusal::shutting_down);
    if (waiting_ >= max_waiting_) {
        ++counted_.refused;
        return fail(refusal::exhausted);
    }
    if (!has_deadline && is_unreachable() && now < reopen_at_) return fail(failure_);
    ++waiting_;
    return {};
}

void pool_state::leave(bool is_late) noexcept {
    --waiting_;
    if (is_late) ++counted_.timeouts;
}

pool_step pool_state::opened(pool_slot& slot, time_point now) noexcept {
    --opening_;
    ++counted_.opened;
    is_failing_ = false;
    reopen_delays_.reset();
    const double part = chance_.between(1 - lifetime_jitter_, 1.0);
    const std::chrono::duration<double, std::nano> lifetime = max_lifetime_ * part;
    slot.expires_at_ = now + std::chrono::duration_cast<duration>(lifetime);
    note_in_order(slot, now);
    quiet_until_ = at_once;  // one more is open: others may be above `min` now
    return place(slot, now);
}

void pool_state::open_failed(std::error_code why, time_point now) noexcept {
    --opening_;
    --alive_;
    if (is_shut_) return;
    ++counted_.open_failures;
    failure_ = why;
    // One that began together with the one before is no news.
    if (is_failing_ && now < reopen_at_) return;
    is_failing_ = true;
    if (const auto delay = reopen_delays_.next()) reopen_delay_ = *delay;
    reopen_at_ = now + std::clamp(reopen_delay_, shortest_reopen_delay, never);
}

pool_step pool_state::validated(pool_slot& slot, bool is_fit, time_point now) noexcept {
    --validating_;
    if (!is_fit) return close(slot, is_shut_ ? counted_.drained : counted_.invalid);
    note_in_order(slot, now);
    const time_point idle_since = slot.idle_since_;
    const pool_step step = place(slot, now);
    if (step == pool_step::keep) {
        // It has not been used: it is as idle as before.
        slot.idle_since_ = idle_since;
        slot.unlink();
        idle_.push_front(slot);
        quiet_until_ = std::min(quiet_until_, due_of(slot));
    }
    return step;
}

void pool_state::closed(const pool_slot& slot) noexcept {
    WEIR_ASSERT(slot.stage_ == slot_stage::closing, "a slot was forgotten that was not closing");
    --closing_;
    ++counted_.closed;
}

pool_step pool_state::place_one_too_many(pool_slot& slot, time_point now) noexcept {
    if (is_shut_) return close(slot, counted_.drained);
    if (now >= slot.expires_at_) return close(slot, counted_.expired);
    if (alive_ > capacity()) return close(slot, counted_.surplus);
    if (waiting_ > 0) {
        --waiting_;
        lend(slot, now);
        return pool_step::lend;
    }
    if (overflow_ttl_ == duration(0)) return close(slot, counted_.surplus);
    return keep(slot, now);
}

pool_step pool_state::close(pool_slot& slot, std::uint64_t& reason) noexcept {
    ++reason;
    --alive_;
    ++closing_;
    slot.stage_ = slot_stage::closing;
    return pool_step::close;
}

pool_action pool_state::next(time_point now) noexcept {
    if (!idle_.empty()) {
        if (is_shut_) return close_idle(idle_.front(), counted_.drained);
        if (alive_ > capacity()) return close_idle(idle_.front(), counted_.surplus);
        const pool_action served = serve_first(now);
        if (served.step != pool_step::nothing) return served;
    }
    if (now >= quiet_until_) {
        const pool_action chore = do_chore(now);
        if (chore.step != pool_step::nothing) return chore;
    }
    const bool may_open = !is_failing_ || now >= reopen_at_;
    if (!may_open || demand().openings_wanted() == 0) return pool_action(pool_step::nothing);
    ++opening_;
    ++alive_;
    return pool_action(pool_step::open);
}

/// Brings what is idle to the caller who has waited longest.
pool_action pool_state::serve_first(time_point now) noexcept {
    if (waiting_ == 0) return pool_action(pool_step::nothing);
    pool_slot& chosen = choice();
    if (now >= chosen.expires_at_) return close_idle(chosen, counted_.expired);
    if (now >= chosen.fresh_until_) {
        const bool is_wanted = waiting_ > opening_ + validating_;
        return is_wanted ? validate(chosen) : pool_action(pool_step::nothing);
    }
    --waiting_;
    chosen.unlink();
    lend(chosen, now);
    return pool_action(pool_step::lend, &chosen);
}

/// The first thing that is due, or when the next one will be.
pool_action pool_state::do_chore(time_point now) noexcept {
    quiet_until_ = time_point::max();
    if (!watched_.empty()) {
        pool_slot& longest = watched_.front();
        quiet_until_ = longest.lent_at_ + max_lease_;
        if (now >= quiet_until_) {
            longest.unlink();
            longest.is_overdue_ = true;
            ++overdue_;
            return pool_action(pool_step::tell, &longest);
        }
    }
    return look_after_idle(now);
}

pool_action pool_state::look_after_idle(time_point now) noexcept {
    pool_slot* overdue = nullptr;
    idle_.for_each([&](pool_slot& each) {
        const time_point due = due_of(each);
        if (overdue == nullptr && now >= due) overdue = &each;
        quiet_until_ = std::min(quiet_until_, due);
    });
    if (overdue == nullptr) return pool_action(pool_step::nothing);
    if (now >= overdue->expires_at_) return close_idle(*overdue, counted_.expired);
    if (now >= surplus_at(*overdue)) return close_idle(*overdue, counted_.surplus);
    return validate(*overdue);
}

void pool_state::watch(pool_slot& slot, time_point now) noexcept {
    slot.lent_at_ = now;
    watched_.push_back(slot);
    quiet_until_ = std::min(quiet_until_, now + max_lease_);
}

bool pool_state::end_watch(pool_slot& slot) noexcept {
    if (!slot.is_overdue_) {
        slot.unlink();
        return false;
    }
    slot.is_overdue_ = false;
    --overdue_;
    return true;
}

/// When an idle one has to go because fewer would do.
pool_state::time_point pool_state::surplus_at(const pool_slot& slot) const noexcept {
    if (open() <= floor()) return time_point::max();
    return slot.idle_since_ +
           (alive_ > max_ ? std::min(overflow_ttl_, idle_timeout_) : idle_timeout_);
}

pool_state::time_point pool_state::due_of(const pool_slot& slot) const noexcept {
    return std::min({slot.expires_at_, slot.validate_at_, surplus_at(slot)});
}

pool_action pool_state::close_idle(pool_slot& slot, std::uint64_t& reason) noexcept {
    slot.unlink();
    return pool_action(close(slot, reason), &slot);
}

pool_action pool_state::validate(pool_slot& slot) noexcept {
    slot.unlink();
    slot.stage_ = slot_stage::validating;
    ++validating_;
    return pool_action(pool_step::validate, &slot);
}

pool_demand pool_state::demand() const noexcept {
    pool_demand asked;
    asked.waiting = waiting_;
    asked.opening = opening_;
    asked.validating = validating_;
    asked.open = open();
    asked.closing = closing_;
    asked.floor = floor();
    asked.capacity = is_shut_ ? 0 : capacity();
    asked.max_opening = warm_ > 0 ? warm_opening_ : max_opening_;
    if (is_failing_) asked.max_opening = 1;
    return asked;
}

void pool_state::resize(std::size_t min, std::size_t max) noexcept {
    WEIR_ASSERT(max > 0 && min <= max, "a pool has room for one or more, and min <= max");
    min_ = min;
    max_ = max;
    quiet_until_ = at_once;
}

void pool_state::warm_up(std::size_t count, std::size_t max_opening) noexcept {
    warm_ = count;
    warm_opening_ = max_opening;
    quiet_until_ = at_once;
}

void pool_state::shut() noexcept {
    is_shut_ = true;
    is_failing_ = false;
    quiet_until_ = at_once;
}

pool_statistics pool_state::statistics() const noexcept {
    pool_statistics now = counted_;
    now.opening = opening_;
    now.validating = validating_;
    now.lent = lent_;
    now.overdue = overdue_;
    now.closing = closing_;
    now.idle = open() - lent_ - validating_;
    now.waiting = waiting_;
    return now;
}

}  // namespace weir
