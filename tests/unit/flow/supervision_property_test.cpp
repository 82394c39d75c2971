// SPDX-License-Identifier: Apache-2.0
// supervision under random ends, stops and times from a seed: what must hold at each step, whatever
// the strategy.
#include <weir/flow/supervision.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(supervision_property_test)

namespace {

using namespace std::chrono_literals;
using weir::flow::child_rules;
using weir::flow::restart;
using weir::flow::restart_strategy;
using weir::flow::supervision;
using weir::flow::supervision_rules;

/// What a shell would know of a child.
class shadow {
public:
    explicit shadow(restart policy) : when(policy) {}
    restart when;
    bool is_alive = false;
    bool is_asked = false;
    supervision::time_point asked_at;
};

class story {
public:
    explicit story(unsigned seed) : random(seed), state(rules()) {
        const auto children = random() % 6;
        for (std::size_t i = 0; i < children; ++i) {
            child_rules each;
            each.when = static_cast<restart>(random() % 3);
            each.stop_within = 1s;
            if (chance(3)) each.backoff = weir::resilience::backoff_policy::linear(100ms, 1s);
            state.add(each);
            all.emplace_back(each.when);
        }
    }
    [[nodiscard]] bool chance(unsigned one_in) { return random() % one_in == 0; }

    /// One event, and all that is to be done after it.
    void go_on() {
        const bool is_last = chance(100);
        if (is_last) state.stop();
        if (!is_last && chance(3))
            pass_time();
        else
            end_somebody();
        perform();
    }
    void perform() {
        while (const auto step = state.next(now)) {
            shadow& it = all[step->child];
            if (step->what == supervision::command::start)
                start(it);
            else
                stop(it, step->child);
        }
    }
    [[nodiscard]] bool has_life() const {
        return std::ranges::any_of(all, [](const shadow& each) { return each.is_alive; });
    }

    std::mt19937 random;
    supervision_rules wanted;
    supervision state;
    std::vector<shadow> all;
    supervision::time_point now{1000h};
    std::string wrong;

private:
    supervision_rules rules() {
        wanted.strategy = static_cast<restart_strategy>(random() % 3);
        wanted.max_restarts = random() % 10;
        return wanted;
    }
    void check(bool holds, const char* what) {
        if (!holds) wrong = what;
    }
    void start(shadow& it) {
        check(!it.is_alive, "a child was started that runs");
        check(!state.is_stopping(), "a child was started after the stop");
        for (const shadow& each : all) {
            check(!each.is_alive || !each.is_asked, "a child was started beside one that must end");
        }
        it.is_alive = true;
        it.is_asked = false;
    }
    void stop(shadow& it, std::size_t place) {
        check(it.is_alive && !it.is_asked, "a child was stopped that does not run, or twice");
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool is_timely = all[i].is_alive && all[i].is_asked && now < all[i].asked_at + 1s;
            check(!is_timely, "two children were stopped at once");
            if (i > place && all[i].is_alive && !all[i].is_asked) {
                check(!state.is_leaving(i), "a child was stopped before one behind it");
            }
        }
        it.is_asked = true;
        it.asked_at = now;
    }
    void end_somebody() {
        if (all.empty()) return;
        const std::size_t place = random() % all.size();
        shadow& it = all[place];
        if (!it.is_alive) return;
        it.is_alive = false;
        it.is_asked = false;
        state.ended(place, chance(2), now);
    }
    void pass_time() {
        const auto next = state.next_at(now);
        const bool is_bounded = next != supervision::time_point::max();
        now = is_bounded && chance(2) ? std::max(now, next)
                                      : now + std::chrono::milliseconds(random() % 3000);
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_runs_twice_or_beside_what_must_end_and_all_end_in_order) {
    for (unsigned seed = 1; seed <= 5000; ++seed) {
        story one(seed);
        one.perform();
        for (int i = 0; i < 300 && !one.state.has_ended(); ++i) one.go_on();
        one.state.stop();
        one.perform();
        for (int i = 0; i < 1000 && !one.state.has_ended(); ++i) one.go_on();
        if (!one.state.has_ended() || one.has_life()) one.wrong = "it did not end";
        BOOST_TEST_INFO("seed " << seed);
        BOOST_REQUIRE_EQUAL(one.wrong, "");
    }
}

BOOST_AUTO_TEST_SUITE_END()
