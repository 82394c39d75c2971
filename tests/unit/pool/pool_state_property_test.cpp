// SPDX-License-Identifier: Apache-2.0
// pool_state under a million random events: whatever happens in whatever order, nothing is lost or
// lent twice, no bound is broken, and nobody waits for something that will not come.
#include <weir/pool/pool_state.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

BOOST_AUTO_TEST_SUITE(pool_state_property_test)

namespace {

using namespace std::chrono_literals;
using weir::pool_action;
using weir::pool_options;
using weir::pool_slot;
using weir::pool_state;
using weir::pool_step;
using weir::slot_stage;

pool_options any_options(weir::random& chance, std::uint64_t seed) {
    const std::size_t max = 1 + chance.below(8);
    pool_options options(chance.below(max + 1), max);
    options.overflow = chance.below(4);
    options.overflow_ttl = chance.chance(0.5) ? 0s : 3s;
    options.max_waiting = 1 + chance.below(10);
    options.max_opening = 1 + chance.below(5);
    options.order = chance.chance(0.5) ? weir::idle_order::lifo : weir::idle_order::fifo;
    options.max_lifetime = 60s;
    options.idle_timeout = 10s;
    options.validate_idle_every = 5s;
    if (chance.chance(0.5)) options.max_lease = 4s;
    options.seed = seed;
    return options;
}

/// A shell without resources: does what the state says, and knows what must be true.
class story {
public:
    explicit story(std::uint64_t seed)
        : chance_(seed), options_(any_options(chance_, seed)), state_(options_, true) {
        most_ = options_.max + options_.overflow;
    }

    void go_on() {
        switch (chance_.below(10)) {
            case 0:
            case 1:
                ask();
                break;
            case 2:
                leave();
                break;
            case 3:
            case 4:
            case 5:
                give_back();
                break;
            case 6:
                end_opening();
                break;
            case 7:
                end_validation();
                break;
            case 8:
                end_closing();
                break;
            default:
                let_time_pass();
        }
        if (chance_.chance(0.001)) resize();
        follow();
        check();
    }
    void end() {
        while (state_.waiting() > 0) leave();
        state_.shut();
        follow();
        while (state_.total() > 0) {
            give_back();
            end_opening();
            end_validation();
            end_closing();
            follow();
        }
        const auto counted = state_.statistics();
        BOOST_REQUIRE(counted.opened == counted.closed);
        BOOST_REQUIRE(counted.closed == counted.poisoned + counted.invalid + counted.expired +
                                            counted.surplus + counted.drained +
                                            counted.kept_too_long);
        BOOST_REQUIRE(counted.overdue == 0U);
        // The last thing that it may still ask for is to look after leases that came back.
        if (state_.due() != pool_state::time_point::max()) now_ = std::max(now_, state_.due());
        follow();
        BOOST_REQUIRE(state_.due() == pool_state::time_point::max());
    }

private:
    using slots = std::vector<std::unique_ptr<pool_slot>>;

    /// One of those at `stage`, moved out of them; null if there is none.
    std::unique_ptr<pool_slot> take(slot_stage stage) {
        slots& from = of(stage);
        if (from.empty()) return nullptr;
        std::swap(from[chance_.below(from.size())], from.back());
        auto taken = std::move(from.back());
        from.pop_back();
        return taken;
    }
    slots& of(slot_stage stage) { return slots_[static_cast<std::size_t>(stage)]; }
    void put(std::unique_ptr<pool_slot> slot) {
        const slot_stage stage = slot->stage();
        of(stage).push_back(std::move(slot));
    }
    /// Moves the slot to where it is now.
    void moved(const pool_slot* slot, slot_stage from) {
        slots& before = of(from);
        const auto found = std::find_if(before.begin(), before.end(),
                                        [slot](const auto& each) { return each.get() == slot; });
        BOOST_REQUIRE(found != before.end());
        auto taken = std::move(*found);
        before.erase(found);
        put(std::move(taken));
    }

    void ask() {
        if (pool_slot* lent = state_.try_lend(now_)) {
            BOOST_REQUIRE(callers_ == 0U);
            return moved(lent, slot_stage::idle);
        }
        if (state_.join(chance_.chance(0.5), now_)) ++callers_;
    }
    void leave() {
        if (callers_ == 0) return;
        --callers_;
        state_.leave(chance_.chance(0.5));
    }
    void placed(std::unique_ptr<pool_slot> slot, pool_step step) {
        if (step == pool_step::lend) {
            BOOST_REQUIRE(callers_ > 0U);
            --callers_;
        }
        if (step == pool_step::keep) BOOST_REQUIRE(callers_ == 0U);
        put(std::move(slot));
    }
    void give_back() {
        if (auto slot = take(slot_stage::lent)) {
            const pool_step step = state_.returned(*slot, chance_.chance(0.9), now_);
            placed(std::move(slot), step);
        }
    }
    void end_opening() {
        auto slot = take(slot_stage::opening);
        if (slot == nullptr) return;
        if (chance_.chance(0.3)) {
            return state_.open_failed(make_error_code(std::errc::no_link), now_);
        }
        const pool_step step = state_.opened(*slot, now_);
        placed(std::move(slot), step);
    }
    void end_validation() {
        if (auto slot = take(slot_stage::validating)) {
            const pool_step step = state_.validated(*slot, chance_.chance(0.8), now_);
            placed(std::move(slot), step);
        }
    }
    void end_closing() {
        if (const auto slot = take(slot_stage::closing)) state_.closed(*slot);
    }
    void let_time_pass() {
        const auto due = state_.due();
        const bool to_the_next = due != pool_state::time_point::max() && chance_.chance(0.5);
        now_ = to_the_next ? std::max(now_, due) : now_ + chance_.between(0ns, 2s);
    }
    void resize() {
        const std::size_t max = 1 + chance_.below(8);
        state_.resize(chance_.below(max + 1), max);
        options_.max = max;
        most_ = std::max(state_.total(), max + options_.overflow);
    }
    /// Does what there is to do.
    void follow() {
        for (;;) {
            const pool_action action = state_.next(now_);
            switch (action.step) {
                case pool_step::nothing:
                    BOOST_REQUIRE(state_.due() > now_);
                    return;
                case pool_step::open:
                    put(std::make_unique<pool_slot>());
                    break;
                case pool_step::lend:
                    BOOST_REQUIRE(callers_ > 0U);
                    --callers_;
                    moved(action.slot, slot_stage::idle);
                    break;
                case pool_step::tell:
                    BOOST_REQUIRE(action.slot->stage() == slot_stage::lent);
                    BOOST_REQUIRE(now_ - action.slot->lent_at() >= options_.max_lease);
                    break;
                default:
                    moved(action.slot, slot_stage::idle);
            }
        }
    }
    void check() {
        std::size_t existing = 0;
        for (const slots& each : slots_) existing += each.size();
        const std::size_t opening = of(slot_stage::opening).size();
        const std::size_t validating = of(slot_stage::validating).size();
        BOOST_REQUIRE(state_.total() == existing);
        BOOST_REQUIRE(existing <= most_);
        most_ = std::max(options_.max + options_.overflow, std::min(most_, existing));
        BOOST_REQUIRE(state_.lent() == of(slot_stage::lent).size());
        BOOST_REQUIRE(state_.waiting() == callers_);
        BOOST_REQUIRE(callers_ <= options_.max_waiting);
        // Who is overdue has been told of: the state asks for nothing else in the past.
        const auto late = std::count_if(
            of(slot_stage::lent).begin(), of(slot_stage::lent).end(), [this](const auto& each) {
                return state_.watches_leases() && now_ - each->lent_at() >= options_.max_lease;
            });
        BOOST_REQUIRE(state_.statistics().overdue == static_cast<std::size_t>(late));
        if (callers_ == 0) return;
        // Somebody waits: then something comes that will serve or tell him.
        const bool is_full = existing >= options_.max + options_.overflow;
        const bool returns = !of(slot_stage::lent).empty() || !of(slot_stage::closing).empty();
        const bool is_retried = state_.due() != pool_state::time_point::max();
        BOOST_REQUIRE((opening + validating > 0 || (is_full && returns) ||
                       (state_.is_failing() && is_retried)));
        BOOST_REQUIRE((of(slot_stage::idle).empty() || opening + validating >= callers_));
    }

    weir::random chance_;
    pool_options options_;
    std::array<slots, 5> slots_;
    pool_state state_;  // before the slots that are linked in it
    pool_state::time_point now_{1000h};
    std::size_t callers_ = 0;
    std::size_t most_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_million_events_in_any_order_break_no_rule) {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            story one(seed);
            for (int i = 0; i < 2500; ++i) one.go_on();
            one.end();
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
