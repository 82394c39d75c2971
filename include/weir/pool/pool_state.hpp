// SPDX-License-Identifier: Apache-2.0
// pool_state: everything that a pool decides, without a resource, a coroutine or a clock. Events go
// in, and what to do comes out; `pool` does it and tells how it went.
//
//            opened            lent, or handed over
//   opening --------> (place) -----------------------> lent
//     | failed         |   ^  |                         | returned: in step, in time? --no-->
//     closing v                |   |  +--nobody waits--> idle   +--yes--> (place)
//   gone: the next     |   |                     |  |
//   after a back-off   |   +--in order-----------|- validating  (stale when wanted, or idle long)
//                      |                         |    | broken
//                      v                         v    v
//                   closing <---------------- expired, idle for too long, surplus
//                      | closed                       all of them once it is shut
//                      v
//                     gone
//
// (place) is one function: close what has expired or is too much, else hand it to the caller who
// has waited longest, else keep it. Who keeps one longer than `max_lease` is told of; his is closed
// when it comes back.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/random.hpp>
#include <weir/base/result.hpp>
#include <weir/pool/pool_demand.hpp>
#include <weir/pool/pool_options.hpp>
#include <weir/pool/pool_statistics.hpp>
#include <weir/resilience/backoff.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace weir {

class pool_state;

/// What a resource is about. The closed ones are gone.
enum class slot_stage : std::uint8_t { opening, idle, lent, validating, closing };

/// The place of one resource, from the beginning of its opening to the end of its closing.
class pool_slot : public list_node {
public:
    using time_point = std::chrono::steady_clock::time_point;

    pool_slot() noexcept = default;

    [[nodiscard]] slot_stage stage() const noexcept { return stage_; }
    /// Since when it is lent. Known only where leases are watched.
    [[nodiscard]] time_point lent_at() const noexcept { return lent_at_; }

private:
    friend class pool_state;

    time_point fresh_until_{};  // till then it is lent without validation
    time_point expires_at_{};
    time_point idle_since_{};
    time_point validate_at_{};  // if it is still idle then
    time_point lent_at_{};
    slot_stage stage_ = slot_stage::opening;
    bool is_overdue_ = false;
};

/// What to do.
enum class pool_step : std::uint8_t {
    nothing,   ///< until `pool_state::due`
    keep,      ///< the slot, which is idle now
    lend,      ///< the slot to the caller who has waited longest, and who waits no more
    validate,  ///< the slot's resource; then `validated`
    close,     ///< the slot's resource; then `closed`
    open,      ///< a resource; then `opened` or `open_failed`
    tell,      ///< that the slot is lent for too long
};

/// What to do, and with which slot.
class pool_action {
public:
    explicit constexpr pool_action(pool_step what, pool_slot* which = nullptr) noexcept
        : step(what), slot(which) {}
    pool_step step;
    pool_slot* slot;
};

/// The state of one pool. Refers to slots and owns none. Belongs to one thread.
class pool_state {
public:
    using time_point = pool_slot::time_point;

    /// @param validates  whether a resource can be asked if it still works.
    explicit pool_state(const pool_options& options, bool validates);

    // ---- callers
    /// Lends a resource that is idle and fresh, if there is one and nobody waits; null otherwise.
    [[nodiscard]] pool_slot* try_lend(time_point now) noexcept;
    /// A caller wants to wait.
    /// @param has_deadline  one without learns at once that nothing can be opened.
    /// Errors: refusal::shutting_down, refusal::exhausted; that of the last opening.
    [[nodiscard]] result<void> join(bool has_deadline, time_point now) noexcept;
    /// A caller waits no more, without a resource.
    void leave(bool is_late) noexcept;

    // ---- what became of a slot; each gives what to do with it: keep, lend or close
    [[nodiscard]] pool_step opened(pool_slot& slot, time_point now) noexcept;
    /// @param is_fit  whether its protocol is in step, so that another can use it.
    [[nodiscard]] pool_step returned(pool_slot& slot, bool is_fit, time_point now) noexcept;
    /// @param is_fit  whether it still works.
    [[nodiscard]] pool_step validated(pool_slot& slot, bool is_fit, time_point now) noexcept;
    /// The slot is forgotten.
    void closed(const pool_slot& slot) noexcept;
    void open_failed(std::error_code why, time_point now) noexcept;

    // ---- what else there is to do
    /// The next thing to do at `now`, which counts as begun. Ask again until there is nothing.
    [[nodiscard]] pool_action next(time_point now) noexcept;
    /// When to ask again even if nothing happens.
    [[nodiscard]] time_point due() const noexcept {
        const bool awaits_reopening = is_failing_ && demand().openings_wanted() > 0;
        return awaits_reopening ? std::min(quiet_until_, reopen_at_) : quiet_until_;
    }

    // ---- the owner
    /// @param min  0 ... max. @param max  1 or more.
    void resize(std::size_t min, std::size_t max) noexcept;
    /// Opens `count` (0 ... max), so many at a time. 0 ends it.
    void warm_up(std::size_t count, std::size_t max_opening) noexcept;
    /// Nothing is lent or opened any more, and all is closed.
    void shut() noexcept;

    [[nodiscard]] bool is_shut() const noexcept { return is_shut_; }
    /// Whether there is a limit to how long something is lent.
    [[nodiscard]] bool watches_leases() const noexcept { return watches_leases_; }
    /// Whether the last opening failed.
    [[nodiscard]] bool is_failing() const noexcept { return is_failing_; }
    [[nodiscard]] std::error_code failure() const noexcept { return failure_; }
    /// Whether it failed and there is nothing else to hope for: the next comes after a back-off.
    [[nodiscard]] bool is_unreachable() const noexcept { return is_failing_ && alive_ == 0; }
    /// Resources that are there and not being closed.
    [[nodiscard]] std::size_t open() const noexcept { return alive_ - opening_; }
    [[nodiscard]] std::size_t lent() const noexcept { return lent_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
    /// Slots that exist.
    [[nodiscard]] std::size_t total() const noexcept { return alive_ + closing_; }
    [[nodiscard]] std::size_t max() const noexcept { return max_; }
    [[nodiscard]] pool_statistics statistics() const noexcept;

private:
    using duration = std::chrono::nanoseconds;
    /// A moment that is over; `time_point::min()` would be too far away to count with.
    static constexpr time_point at_once{};

    [[nodiscard]] std::size_t capacity() const noexcept { return max_ + overflow_; }
    [[nodiscard]] std::size_t floor() const noexcept {
        return is_shut_ ? 0 : std::max(min_, warm_);
    }
    [[nodiscard]] pool_slot& choice() noexcept {
        return order_ == idle_order::lifo ? idle_.back() : idle_.front();
    }
    [[nodiscard]] pool_demand demand() const noexcept;
    [[nodiscard]] time_point surplus_at(const pool_slot& slot) const noexcept;
    [[nodiscard]] time_point due_of(const pool_slot& slot) const noexcept;
    [[nodiscard]] pool_action do_chore(time_point now) noexcept;
    [[nodiscard]] pool_action look_after_idle(time_point now) noexcept;
    [[nodiscard]] pool_action serve_first(time_point now) noexcept;
    [[nodiscard]] pool_action close_idle(pool_slot& slot, std::uint64_t& reason) noexcept;
    [[nodiscard]] pool_action validate(pool_slot& slot) noexcept;

    void lend(pool_slot& slot, time_point now) noexcept {
        slot.stage_ = slot_stage::lent;
        ++lent_;
        ++counted_.acquired;
        if (watches_leases_) [[unlikely]]
            watch(slot, now);
    }
    void watch(pool_slot& slot, time_point now) noexcept;
    /// Whether the slot, which comes back, was away for too long.
    [[nodiscard]] bool end_watch(pool_slot& slot) noexcept;
    void note_in_order(pool_slot& slot, time_point now) const noexcept {
        slot.fresh_until_ = std::min(now + validate_after_, slot.expires_at_);
        slot.validate_at_ = now + validate_idle_every_;
    }
    [[nodiscard]] pool_step place(pool_slot& slot, time_point now) noexcept;
    [[nodiscard]] pool_step place_one_too_many(pool_slot& slot, time_point now) noexcept;
    [[nodiscard]] pool_step keep(pool_slot& slot, time_point now) noexcept;
    [[nodiscard]] pool_step close(pool_slot& slot, std::uint64_t& reason) noexcept;

    // What each acquire and return looks at.
    intrusive_list<pool_slot> idle_;  // by when they came back, the oldest first
    std::size_t waiting_ = 0;
    std::size_t lent_ = 0;
    std::size_t alive_ = 0;  // opening, idle, lent, validating
    std::size_t max_;
    duration validate_after_;
    duration validate_idle_every_;
    duration rest_;  // the shortest after which one that is idle is due
    time_point quiet_until_ = time_point::max();  // no idle slot is due before
    idle_order order_;
    bool is_shut_ = false;
    bool is_failing_ = false;
    bool watches_leases_;

    duration max_lease_;
    intrusive_list<pool_slot> watched_;  // lent and not overdue, the longest first
    std::size_t overdue_ = 0;
    std::size_t min_;
    std::size_t overflow_;
    std::size_t max_waiting_;
    std::size_t max_opening_;
    std::size_t warm_ = 0;
    std::size_t warm_opening_ = 0;
    std::size_t opening_ = 0;
    std::size_t validating_ = 0;
    std::size_t closing_ = 0;
    duration overflow_ttl_;
    duration max_lifetime_;
    duration idle_timeout_;
    double lifetime_jitter_;
    resilience::backoff reopen_delays_;
    duration reopen_delay_;
    time_point reopen_at_{};
    std::error_code failure_;
    random chance_;
    pool_statistics counted_;
};

inline pool_slot* pool_state::try_lend(time_point now) noexcept {
    if (waiting_ > 0 || idle_.empty()) return nullptr;
    pool_slot& chosen = choice();
    if (now >= chosen.fresh_until_) return nullptr;
    chosen.unlink();
    lend(chosen, now);
    return &chosen;
}

inline pool_step pool_state::returned(pool_slot& slot, bool is_fit, time_point now) noexcept {
    WEIR_ASSERT(slot.stage_ == slot_stage::lent, "a resource was given back that was not lent");
    --lent_;
    const bool is_late = watches_leases_ && end_watch(slot);
    if (!is_fit) return close(slot, counted_.poisoned);
    if (is_late) return close(slot, counted_.kept_too_long);
    note_in_order(slot, now);
    return place(slot, now);
}

inline pool_step pool_state::place(pool_slot& slot, time_point now) noexcept {
    if (alive_ > max_ || is_shut_) [[unlikely]]
        return place_one_too_many(slot, now);
    if (now >= slot.expires_at_) return close(slot, counted_.expired);
    if (waiting_ == 0) return keep(slot, now);
    --waiting_;
    lend(slot, now);
    return pool_step::lend;
}

inline pool_step pool_state::keep(pool_slot& slot, time_point now) noexcept {
    slot.stage_ = slot_stage::idle;
    slot.idle_since_ = now;
    idle_.push_back(slot);
    quiet_until_ = std::min({quiet_until_, slot.expires_at_, now + rest_});
    return pool_step::keep;
}

}  // namespace weir
