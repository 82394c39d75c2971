// SPDX-License-Identifier: Apache-2.0
// timer_wheel: against a sorted map, in random use; never early, and on time at every distance.
#include <weir/io/timer.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <vector>

BOOST_AUTO_TEST_SUITE(timer_test)

namespace {

using namespace std::chrono_literals;
using time_point = weir::timer_wheel::time_point;
using std::chrono::nanoseconds;

constexpr time_point start{12345678ns};
constexpr nanoseconds resolution = weir::timer_wheel::resolution;

class alarm final : public weir::timer {
public:
    explicit alarm(std::vector<alarm*>& fired) : fired_(fired) {}
    void expired() noexcept override { fired_.push_back(this); }
    time_point due{};

private:
    std::vector<alarm*>& fired_;
};

/// A wheel beside the map that says what it must do.
class bench {
public:
    explicit bench(unsigned seed) : random(seed) {
        for (int i = 0; i < 60; ++i) alarms.push_back(std::make_unique<alarm>(fired));
    }
    ~bench() {
        for (auto& each : alarms) wheel.disarm(*each);
    }

    /// Distances from "in the past" over each level of the wheel to beyond it (52 days).
    nanoseconds distance() {
        const auto bits = static_cast<unsigned>(1 + random() % 55);
        const auto far = static_cast<std::int64_t>((std::uint64_t{random()} << 32 | random()) &
                                                   ((std::uint64_t{1} << bits) - 1));
        return nanoseconds(random() % 20 == 0 ? -far / 1024 : far);
    }
    void arm_or_disarm(alarm& each) {
        if (each.is_armed()) {
            wheel.disarm(each);
            const auto [begin, end] = model.equal_range(each.due);
            model.erase(std::find_if(begin, end, [&](auto& e) { return e.second == &each; }));
        } else {
            const time_point deadline = now + distance();
            wheel.arm(each, deadline);
            each.due = std::max(deadline, now);
            model.emplace(each.due, &each);
        }
    }
    /// Moves time; checks that all that is due has fired, nothing else, and in order.
    void advance(time_point to) {
        now = std::max(now, to);
        fired.clear();
        wheel.advance(now);
        for (std::size_t i = 0; i < fired.size(); ++i) {
            BOOST_TEST((fired[i]->due <= now), "a timer fired early");
            if (i > 0) {
                BOOST_TEST((fired[i]->due > fired[i - 1]->due - resolution), "out of order");
            }
            const auto [begin, end] = model.equal_range(fired[i]->due);
            model.erase(std::find_if(begin, end, [&](auto& e) { return e.second == fired[i]; }));
        }
        if (!model.empty()) {
            BOOST_TEST((model.begin()->first + 2 * resolution >= now), "a timer is late");
        }
        BOOST_TEST(wheel.armed() == model.size());
    }

    std::mt19937 random;
    time_point now = start;
    weir::timer_wheel wheel{start};
    std::vector<alarm*> fired;
    std::vector<std::unique_ptr<alarm>> alarms;
    std::multimap<time_point, alarm*> model;
};

/// Time at which a timer armed at `at` for `deadline` fires, driven by next_wakeup() alone.
time_point fires_at(time_point at, time_point deadline) {
    std::vector<alarm*> fired;
    alarm one(fired);
    weir::timer_wheel wheel(start);
    wheel.advance(at);
    wheel.arm(one, deadline);
    time_point now = at;
    for (int wakeups = 0; fired.empty() && wakeups < 1000; ++wakeups) {
        now = std::max(now + 1ns, wheel.next_wakeup());
        wheel.advance(now);
    }
    wheel.disarm(one);
    return now;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_random_life_agrees_with_a_sorted_map) {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        bench all(seed);
        for (int step = 0; step < 300; ++step) {
            for (int i = 0; i < 3; ++i) {
                all.arm_or_disarm(*all.alarms[all.random() % all.alarms.size()]);
            }
            // Mostly as the reactor does, to the next wake-up; sometimes too late, or by a jump.
            const time_point next = all.wheel.next_wakeup();
            const bool follows = next != time_point::max() && all.random() % 4 != 0;
            all.advance(follows ? next : all.now + all.distance());
        }
    }
}

BOOST_AUTO_TEST_CASE(it_wakes_at_most_a_few_times_for_one_timer_and_on_time) {
    for (const nanoseconds distance :
         {nanoseconds(1), nanoseconds(1us), nanoseconds(1ms), nanoseconds(5s), nanoseconds(1h),
          nanoseconds(24h), nanoseconds(24h * 51), nanoseconds(24h * 53), nanoseconds(24h * 400)}) {
        const time_point deadline = start + distance;
        const time_point fired = fires_at(start, deadline);
        BOOST_TEST((fired >= deadline));
        BOOST_TEST((fired <= deadline + resolution), distance.count());
    }
}

BOOST_AUTO_TEST_CASE(a_timer_across_the_end_of_the_wheels_round_is_on_time) {
    // The top level turns round every 2^36 ticks of 2^16 ns, 52 days: a process may live longer.
    const nanoseconds round = nanoseconds(std::int64_t{1} << 52);
    for (const nanoseconds uptime : {round - 1h, round - 24h * 20, round * 3 - 1ms}) {
        for (const nanoseconds distance : {nanoseconds(2h), nanoseconds(24h * 21),
                                           nanoseconds(24h * 51), nanoseconds(24h * 60)}) {
            const time_point deadline = start + uptime + distance;
            const time_point fired = fires_at(start + uptime, deadline);
            BOOST_TEST((fired >= deadline));
            BOOST_TEST((fired <= deadline + resolution), uptime.count() << "+" << distance.count());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_deadline_in_the_past_fires_at_the_next_tick_and_not_at_once) {
    std::vector<alarm*> fired;
    alarm one(fired);
    weir::timer_wheel wheel(start);
    wheel.advance(start + 1s);
    wheel.arm(one, start);
    BOOST_TEST(fired.empty());
    wheel.advance(start + 1s + 2 * resolution);
    BOOST_TEST(fired.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_expired_timer_may_be_armed_again_from_within) {
    class again final : public weir::timer {
    public:
        explicit again(weir::timer_wheel& wheel) : wheel_(wheel) {}
        void expired() noexcept override {
            if (++count < 3) wheel_.arm(*this, start);
        }
        int count = 0;

    private:
        weir::timer_wheel& wheel_;
    };
    weir::timer_wheel wheel(start);
    again one(wheel);
    wheel.arm(one, start + 1ms);
    wheel.advance(start + 1h);
    BOOST_TEST(one.count == 3);
}

BOOST_AUTO_TEST_CASE(an_expired_timer_may_disarm_another_that_is_due_too) {
    class murderer final : public weir::timer {
    public:
        explicit murderer(weir::timer_wheel& wheel) : wheel_(wheel) {}
        void expired() noexcept override {
            ++count;
            wheel_.disarm(*victim);
        }
        murderer* victim = nullptr;
        int count = 0;

    private:
        weir::timer_wheel& wheel_;
    };
    weir::timer_wheel wheel(start);
    murderer one(wheel);
    murderer two(wheel);
    one.victim = &two;
    two.victim = &one;
    wheel.arm(one, start + 1ms);
    wheel.arm(two, start + 1ms);
    wheel.advance(start + 1s);
    BOOST_TEST(one.count + two.count == 1);
    BOOST_TEST(wheel.armed() == 0U);
}

BOOST_AUTO_TEST_CASE(disarming_an_idle_timer_is_harmless) {
    std::vector<alarm*> fired;
    alarm one(fired);
    weir::timer_wheel wheel(start);
    wheel.disarm(one);
    wheel.arm(one, start + 1s);
    wheel.disarm(one);
    wheel.disarm(one);
    BOOST_TEST((wheel.next_wakeup() == time_point::max()));
}

BOOST_AUTO_TEST_CASE(the_farthest_moment_can_be_armed) {
    std::vector<alarm*> fired;
    alarm one(fired);
    weir::timer_wheel wheel(start);
    wheel.arm(one, time_point::max());
    wheel.advance(start + 24h * 365);
    BOOST_TEST(fired.empty());
    BOOST_TEST((wheel.next_wakeup() > start + 24h * 365));
    wheel.disarm(one);
}

BOOST_AUTO_TEST_SUITE_END()
