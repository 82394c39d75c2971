// SPDX-License-Identifier: Apache-2.0
// pool_state: each edge of its states, without a resource, a coroutine or a clock.
#include <weir/pool/pool_state.hpp>

#include <weir/base/refusal.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>

BOOST_AUTO_TEST_SUITE(pool_state_test)

namespace {

using namespace std::chrono_literals;
using weir::pool_action;
using weir::pool_options;
using weir::pool_slot;
using weir::pool_state;
using weir::pool_step;
using weir::refusal;
using weir::slot_stage;

constexpr pool_state::time_point begin{1000h};

pool_options few(std::size_t min, std::size_t max) {
    pool_options options(min, max);
    options.lifetime_jitter = 0;
    options.reopen_delays = weir::resilience::backoff_policy::constant(1s);
    return options;
}
bool is(pool_step step, pool_step expected) { return step == expected; }
bool is(const pool_action& action, pool_step expected) { return action.step == expected; }

/// Lets `slot` be opened, which is wanted, and leaves it idle or lent.
pool_step open(pool_state& state, pool_slot& slot, pool_state::time_point now) {
    BOOST_REQUIRE(is(state.next(now), pool_step::open));
    return state.opened(slot, now);
}
void join(pool_state& state, pool_state::time_point now) {
    BOOST_REQUIRE(state.join(true, now).has_value());
}
/// Lets `count` slots be opened and lent.
template <std::size_t n>
void lend_all(pool_state& state, std::array<pool_slot, n>& slots, pool_state::time_point now) {
    for (pool_slot& each : slots) {
        join(state, now);
        BOOST_REQUIRE(is(open(state, each, now), pool_step::lend));
    }
}
/// Ends what is left, so that no slot is destroyed while it is idle.
void end(pool_state& state, pool_state::time_point now) {
    state.shut();
    for (pool_action action = state.next(now); action.step == pool_step::close;
         action = state.next(now)) {
        state.closed(*action.slot);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_opened_before_somebody_asks_but_the_floor) {
    pool_state idle(few(0, 5), false);
    BOOST_TEST(is(idle.next(begin), pool_step::nothing));
    BOOST_TEST((idle.due() == pool_state::time_point::max()));
    pool_state eager(few(2, 5), false);
    BOOST_TEST(is(eager.next(begin), pool_step::open));
    BOOST_TEST(is(eager.next(begin), pool_step::open));
    BOOST_TEST(is(eager.next(begin), pool_step::nothing));
}

BOOST_AUTO_TEST_CASE(a_slot_goes_from_opening_to_lent_to_idle_to_lent) {
    pool_state state(few(0, 5), false);
    pool_slot slot;
    join(state, begin);
    BOOST_TEST(is(open(state, slot, begin), pool_step::lend));
    BOOST_TEST((slot.stage() == slot_stage::lent));
    BOOST_TEST(state.waiting() == 0U);
    BOOST_TEST(state.try_lend(begin) == nullptr);
    BOOST_TEST(is(state.returned(slot, true, begin), pool_step::keep));
    BOOST_TEST((slot.stage() == slot_stage::idle));
    BOOST_TEST(state.try_lend(begin) == &slot);
    BOOST_TEST(is(state.returned(slot, false, begin), pool_step::close));
    BOOST_TEST((slot.stage() == slot_stage::closing));
    BOOST_TEST(state.total() == 1U);
    state.closed(slot);
    BOOST_TEST(state.total() == 0U);
    BOOST_TEST(state.statistics().poisoned == 1U);
}

BOOST_AUTO_TEST_CASE(who_keeps_one_too_long_is_told_of_once_and_his_is_closed_on_return) {
    auto options = few(0, 2);
    options.max_lease = 30s;
    pool_state state(options, false);
    std::array<pool_slot, 2> slots;
    join(state, begin);
    BOOST_TEST(is(open(state, slots[0], begin), pool_step::lend));
    join(state, begin);
    BOOST_TEST(is(open(state, slots[1], begin + 10s), pool_step::lend));
    BOOST_TEST(is(state.next(begin + 29s), pool_step::nothing));
    BOOST_TEST((state.due() == begin + 30s));
    const pool_action told = state.next(begin + 30s);
    BOOST_TEST(is(told, pool_step::tell));
    BOOST_TEST(told.slot == &slots[0]);
    BOOST_TEST(is(state.next(begin + 30s), pool_step::nothing));
    BOOST_TEST(state.statistics().overdue == 1U);
    BOOST_TEST(state.statistics().lent == 2U);
    BOOST_TEST((state.due() == begin + 40s));
    BOOST_TEST(is(state.returned(slots[1], true, begin + 39s), pool_step::keep));
    BOOST_TEST(is(state.returned(slots[0], true, begin + 1h), pool_step::close));
    state.closed(slots[0]);
    BOOST_TEST(state.statistics().kept_too_long == 1U);
    BOOST_TEST(state.statistics().overdue == 0U);
    end(state, begin + 1h);
}

BOOST_AUTO_TEST_CASE(without_a_limit_nothing_lent_is_ever_due) {
    pool_state state(few(0, 1), false);
    pool_slot slot;
    join(state, begin);
    BOOST_TEST(is(open(state, slot, begin), pool_step::lend));
    BOOST_TEST(!state.watches_leases());
    BOOST_TEST(is(state.next(begin + 10'000h), pool_step::nothing));
    BOOST_TEST((state.due() == pool_state::time_point::max()));
    BOOST_TEST(is(state.returned(slot, true, begin), pool_step::keep));
    end(state, begin);
}

BOOST_AUTO_TEST_CASE(nobody_gets_an_idle_one_while_others_wait) {
    auto options = few(0, 1);
    options.validate_after = 1s;
    pool_state state(options, true);
    pool_slot slot;
    join(state, begin);
    static_cast<void>(open(state, slot, begin));
    static_cast<void>(state.returned(slot, true, begin));
    join(state, begin);
    BOOST_TEST(state.try_lend(begin) == nullptr);
    state.leave(false);
    join(state, begin + 2s);
    const pool_action stale = state.next(begin + 2s);
    BOOST_TEST(is(stale, pool_step::validate));
    BOOST_TEST(is(state.next(begin + 2s), pool_step::nothing));
    join(state, begin + 2s);
    BOOST_TEST(is(state.validated(slot, true, begin + 2s), pool_step::lend));
    BOOST_TEST(is(state.returned(slot, true, begin + 2s), pool_step::lend));
    BOOST_TEST(is(state.returned(slot, true, begin + 2s), pool_step::keep));
    end(state, begin + 2s);
}

BOOST_AUTO_TEST_CASE(no_more_stale_ones_are_validated_than_callers_wait) {
    pool_state state(few(0, 3), true);
    std::array<pool_slot, 3> slots;
    lend_all(state, slots, begin);
    for (pool_slot& each : slots) static_cast<void>(state.returned(each, true, begin));
    join(state, begin + 2s);
    const pool_action first = state.next(begin + 2s);
    BOOST_TEST(is(first, pool_step::validate));
    BOOST_TEST(is(state.next(begin + 2s), pool_step::nothing));
    BOOST_TEST(state.statistics().idle == 2U);
    BOOST_TEST(is(state.validated(*first.slot, true, begin + 2s), pool_step::lend));
    end(state, begin + 2s);
}

BOOST_AUTO_TEST_CASE(a_full_line_and_a_shut_pool_refuse) {
    auto options = few(0, 1);
    options.max_waiting = 1;
    pool_state state(options, false);
    join(state, begin);
    const auto exhausted = state.join(true, begin);
    BOOST_TEST((!exhausted && exhausted.error() == refusal::exhausted));
    BOOST_TEST(state.statistics().refused == 1U);
    state.leave(true);
    BOOST_TEST(state.statistics().timeouts == 1U);
    state.shut();
    const auto shut = state.join(true, begin);
    BOOST_TEST((!shut && shut.error() == refusal::shutting_down));
}

BOOST_AUTO_TEST_CASE(after_a_failure_one_opening_at_a_time_is_tried_after_each_back_off) {
    pool_state state(few(0, 5), false);
    for (int i = 0; i < 3; ++i) join(state, begin);
    for (int i = 0; i < 3; ++i) BOOST_TEST(is(state.next(begin), pool_step::open));
    for (int i = 0; i < 3; ++i) state.open_failed(make_error_code(std::errc::no_link), begin);
    BOOST_TEST(state.is_unreachable());
    BOOST_TEST(is(state.next(begin), pool_step::nothing));
    BOOST_TEST((state.due() == begin + 1s));
    BOOST_TEST(is(state.next(begin + 1s), pool_step::open));
    BOOST_TEST(is(state.next(begin + 1s), pool_step::nothing));
    BOOST_TEST((state.due() == pool_state::time_point::max()));
    pool_slot slot;
    BOOST_TEST(is(state.opened(slot, begin + 2s), pool_step::lend));
    BOOST_TEST(!state.is_failing());
    BOOST_TEST(is(state.next(begin + 2s), pool_step::open));
    BOOST_TEST(is(state.next(begin + 2s), pool_step::open));
    BOOST_TEST(is(state.next(begin + 2s), pool_step::nothing));
    BOOST_TEST(state.statistics().open_failures == 3U);
}

BOOST_AUTO_TEST_CASE(openings_that_fail_together_are_one_failure_to_the_back_off) {
    auto options = few(3, 5);
    options.reopen_delays = weir::resilience::backoff_policy::exponential(1s, 1h);
    pool_state state(options, false);
    const auto refused = make_error_code(std::errc::connection_refused);
    for (int i = 0; i < 3; ++i) BOOST_TEST(is(state.next(begin), pool_step::open));
    for (int i = 0; i < 3; ++i) state.open_failed(refused, begin);
    BOOST_TEST((state.due() == begin + 1s));
    BOOST_TEST(is(state.next(begin + 1s), pool_step::open));
    state.open_failed(refused, begin + 1s);
    BOOST_TEST((state.due() == begin + 3s));
    // What has worked once begins at the first delay again.
    BOOST_TEST(is(state.next(begin + 3s), pool_step::open));
    pool_slot slot;
    BOOST_TEST(is(state.opened(slot, begin + 3s), pool_step::keep));
    BOOST_TEST(is(state.next(begin + 3s), pool_step::open));
    state.open_failed(refused, begin + 3s);
    BOOST_TEST((state.due() == begin + 4s));
    end(state, begin + 4s);
}

BOOST_AUTO_TEST_CASE(one_without_a_deadline_learns_at_once_that_nothing_can_be_opened) {
    pool_state state(few(0, 5), false);
    join(state, begin);
    BOOST_TEST(is(state.next(begin), pool_step::open));
    state.open_failed(make_error_code(std::errc::no_link), begin);
    const auto told = state.join(false, begin);
    BOOST_TEST((!told && told.error() == std::errc::no_link));
    BOOST_TEST(state.join(true, begin).has_value());
    BOOST_TEST(state.join(false, begin + 1s).has_value());
}

BOOST_AUTO_TEST_CASE(the_back_off_never_keeps_the_loop_busy) {
    auto options = few(1, 1);
    options.reopen_delays = weir::resilience::backoff_policy::constant(0s).max_retries(2);
    pool_state state(options, false);
    auto now = begin;
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(is(state.next(now), pool_step::open));
        state.open_failed(make_error_code(std::errc::no_link), now);
        BOOST_TEST(is(state.next(now), pool_step::nothing));
        BOOST_TEST((state.due() > now));
        now = state.due();
    }
}

BOOST_AUTO_TEST_CASE(those_above_the_floor_are_closed_when_they_were_idle_for_long) {
    pool_state state(few(1, 5), false);
    std::array<pool_slot, 3> slots;
    lend_all(state, slots, begin);
    for (std::size_t i = 0; i < slots.size(); ++i) {
        static_cast<void>(state.returned(slots[i], true, begin + i * 1s));
    }
    BOOST_TEST(is(state.next(begin + 30s - 1ns), pool_step::nothing));
    BOOST_TEST((state.due() == begin + 30s));
    for (std::size_t i = 0; i < 2; ++i) {
        const pool_action reaped = state.next(begin + 31s);
        BOOST_TEST(is(reaped, pool_step::close));
        BOOST_TEST(reaped.slot == &slots[i]);
        state.closed(*reaped.slot);
    }
    BOOST_TEST(is(state.next(begin + 1min), pool_step::nothing));
    BOOST_TEST((state.due() == begin + 30min));
    BOOST_TEST(state.statistics().surplus == 2U);
    end(state, begin + 1min);
}

BOOST_AUTO_TEST_CASE(an_expired_one_is_neither_lent_nor_kept) {
    pool_state state(few(0, 5), false);
    std::array<pool_slot, 2> slots;
    lend_all(state, slots, begin);
    static_cast<void>(state.returned(slots[0], true, begin + 30min - 1ns));
    BOOST_TEST(state.try_lend(begin + 30min) == nullptr);
    join(state, begin + 30min);
    const pool_action action = state.next(begin + 30min);
    BOOST_TEST(is(action, pool_step::close));
    BOOST_TEST(action.slot == &slots[0]);
    BOOST_TEST(is(state.next(begin + 30min), pool_step::open));
    BOOST_TEST(is(state.returned(slots[1], true, begin + 30min), pool_step::close));
    BOOST_TEST(state.statistics().expired == 2U);
}

BOOST_AUTO_TEST_CASE(lifetimes_are_spread) {
    auto options = few(20, 20);
    options.lifetime_jitter = 0.5;
    options.max_opening = 20;
    options.idle_timeout = 100h;
    pool_state state(options, false);
    std::array<pool_slot, 20> slots;
    for (pool_slot& each : slots) static_cast<void>(open(state, each, begin));
    std::array<int, 20> ended_before{};
    for (std::size_t i = 0; i < ended_before.size(); ++i) {
        const auto now = begin + 15min + i * 45s;
        while (state.next(now).step == pool_step::close) ++ended_before[i];
    }
    BOOST_TEST(ended_before[0] == 0);
    for (const int at_once : ended_before) BOOST_TEST(at_once < 6);
    end(state, begin + 30min);
    for (pool_slot& each : slots) BOOST_TEST((each.stage() == slot_stage::closing));
}

BOOST_AUTO_TEST_CASE(what_is_more_than_max_goes_when_it_comes_back_or_a_while_later) {
    auto options = few(0, 1);
    options.overflow = 1;
    pool_state abrupt(options, false);
    std::array<pool_slot, 2> slots;
    lend_all(abrupt, slots, begin);
    BOOST_TEST(is(abrupt.returned(slots[0], true, begin), pool_step::close));
    BOOST_TEST(is(abrupt.returned(slots[1], true, begin), pool_step::keep));
    end(abrupt, begin);

    options.overflow_ttl = 10s;
    pool_state patient(options, false);
    std::array<pool_slot, 2> others;
    lend_all(patient, others, begin);
    BOOST_TEST(is(patient.returned(others[0], true, begin), pool_step::keep));
    BOOST_TEST(is(patient.next(begin), pool_step::nothing));
    BOOST_TEST((patient.due() == begin + 10s));
    BOOST_TEST(patient.try_lend(begin + 9s) == &others[0]);
    BOOST_TEST(is(patient.returned(others[0], true, begin + 9s), pool_step::keep));
    const pool_action action = patient.next(begin + 19s);
    BOOST_TEST(is(action, pool_step::close));
    BOOST_TEST(is(patient.returned(others[1], true, begin + 19s), pool_step::keep));
    end(patient, begin + 19s);
}

BOOST_AUTO_TEST_CASE(an_overflowing_one_is_handed_on_while_somebody_waits) {
    auto options = few(0, 1);
    options.overflow = 1;
    pool_state state(options, false);
    std::array<pool_slot, 2> slots;
    lend_all(state, slots, begin);
    join(state, begin);
    BOOST_TEST(is(state.next(begin), pool_step::nothing));
    BOOST_TEST(is(state.returned(slots[0], true, begin), pool_step::lend));
    BOOST_TEST(is(state.returned(slots[1], true, begin), pool_step::close));
    BOOST_TEST(is(state.returned(slots[0], true, begin), pool_step::keep));
    end(state, begin);
}

BOOST_AUTO_TEST_CASE(the_order_is_that_of_the_options) {
    for (const auto order : {weir::idle_order::lifo, weir::idle_order::fifo}) {
        auto options = few(0, 3);
        options.order = order;
        pool_state state(options, false);
        std::array<pool_slot, 3> slots;
        lend_all(state, slots, begin);
        for (pool_slot& each : slots) static_cast<void>(state.returned(each, true, begin));
        const bool is_lifo = order == weir::idle_order::lifo;
        for (std::size_t i = 0; i < slots.size(); ++i) {
            BOOST_TEST(state.try_lend(begin) == &slots[is_lifo ? 2 - i : i]);
        }
    }
}

BOOST_AUTO_TEST_CASE(one_that_is_idle_is_validated_now_and_then_and_stays_as_idle_as_it_was) {
    auto options = few(0, 3);
    options.validate_idle_every = 10s;
    pool_state state(options, true);
    std::array<pool_slot, 2> slots;
    lend_all(state, slots, begin);
    static_cast<void>(state.returned(slots[0], true, begin));
    static_cast<void>(state.returned(slots[1], true, begin + 5s));
    BOOST_TEST(is(state.next(begin + 5s), pool_step::nothing));
    BOOST_TEST((state.due() == begin + 10s));
    const pool_action first = state.next(begin + 10s);
    BOOST_TEST(is(first, pool_step::validate));
    BOOST_TEST(first.slot == &slots[0]);
    BOOST_TEST(is(state.validated(slots[0], true, begin + 10s), pool_step::keep));
    BOOST_TEST(is(state.next(begin + 15s), pool_step::validate));
    BOOST_TEST(is(state.validated(slots[1], false, begin + 15s), pool_step::close));
    BOOST_TEST(is(state.next(begin + 20s), pool_step::validate));
    BOOST_TEST(is(state.validated(slots[0], true, begin + 20s), pool_step::keep));
    const pool_action last = state.next(begin + 30s);
    BOOST_TEST(is(last, pool_step::close));
    BOOST_TEST(state.statistics().invalid == 1U);
    BOOST_TEST(state.statistics().surplus == 1U);
}

BOOST_AUTO_TEST_CASE(a_validation_while_idle_does_not_change_who_was_used_last) {
    auto options = few(0, 3);
    options.validate_idle_every = 10s;
    pool_state state(options, true);
    std::array<pool_slot, 2> slots;
    lend_all(state, slots, begin);
    static_cast<void>(state.returned(slots[0], true, begin));
    static_cast<void>(state.returned(slots[1], true, begin + 9500ms));
    BOOST_TEST(is(state.next(begin + 10s), pool_step::validate));
    BOOST_TEST(is(state.validated(slots[0], true, begin + 10s), pool_step::keep));
    BOOST_TEST(state.try_lend(begin + 10s) == &slots[1]);
    end(state, begin + 10s);
    BOOST_TEST(is(state.returned(slots[1], true, begin + 10s), pool_step::close));
}

BOOST_AUTO_TEST_CASE(a_smaller_size_takes_the_idle_ones_first_and_the_lent_ones_as_they_come) {
    pool_state state(few(0, 4), false);
    std::array<pool_slot, 4> slots;
    lend_all(state, slots, begin);
    static_cast<void>(state.returned(slots[0], true, begin));
    state.resize(0, 2);
    BOOST_TEST(is(state.next(begin), pool_step::close));
    BOOST_TEST(is(state.next(begin), pool_step::nothing));
    BOOST_TEST(is(state.returned(slots[1], true, begin), pool_step::close));
    BOOST_TEST(is(state.returned(slots[2], true, begin), pool_step::keep));
    state.resize(0, 1);
    BOOST_TEST(is(state.next(begin), pool_step::close));
    BOOST_TEST(is(state.returned(slots[3], true, begin), pool_step::keep));
    end(state, begin);
}

BOOST_AUTO_TEST_CASE(one_that_closes_takes_its_place_until_it_is_gone) {
    pool_state state(few(0, 1), false);
    pool_slot slot;
    join(state, begin);
    static_cast<void>(open(state, slot, begin));
    join(state, begin);
    BOOST_TEST(is(state.returned(slot, false, begin), pool_step::close));
    BOOST_TEST(is(state.next(begin), pool_step::nothing));
    state.closed(slot);
    BOOST_TEST(is(state.next(begin), pool_step::open));
}

BOOST_AUTO_TEST_CASE(a_shut_pool_closes_whatever_comes) {
    auto options = few(0, 5);
    pool_state state(options, true);
    std::array<pool_slot, 3> slots;
    lend_all(state, slots, begin);
    static_cast<void>(state.returned(slots[0], true, begin));
    join(state, begin + 5s);
    BOOST_TEST(is(state.next(begin + 5s), pool_step::validate));
    join(state, begin + 5s);
    BOOST_TEST(is(state.next(begin + 5s), pool_step::open));
    state.leave(false);
    state.leave(false);
    state.shut();
    BOOST_TEST(is(state.validated(slots[0], true, begin + 5s), pool_step::close));
    BOOST_TEST(is(state.returned(slots[1], true, begin + 5s), pool_step::close));
    state.open_failed(make_error_code(std::errc::operation_canceled), begin + 5s);
    BOOST_TEST(state.statistics().open_failures == 0U);
    BOOST_TEST(is(state.next(begin + 5s), pool_step::nothing));
    BOOST_TEST(state.total() == 3U);
    BOOST_TEST(state.statistics().drained == 2U);
}

BOOST_AUTO_TEST_CASE(times_that_are_never_are_never) {
    auto options = few(0, 1);
    options.max_lifetime = std::chrono::nanoseconds::max();
    options.idle_timeout = std::chrono::nanoseconds::max();
    options.validate_after = std::chrono::nanoseconds::max();
    options.validate_idle_every = std::chrono::nanoseconds::max();
    pool_state state(options, true);
    pool_slot slot;
    join(state, begin);
    static_cast<void>(open(state, slot, begin));
    static_cast<void>(state.returned(slot, true, begin));
    BOOST_TEST(is(state.next(begin + 24h * 365 * 50), pool_step::nothing));
    BOOST_TEST(state.try_lend(begin + 24h * 365 * 50) == &slot);
}

BOOST_AUTO_TEST_SUITE_END()
