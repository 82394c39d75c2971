// SPDX-License-Identifier: Apache-2.0
// session_table: who is found, who goes when, and that nobody in use is forgotten.
#include <weir/registry/session_table.hpp>

#include "allocation_count.hpp"
#include "lifetime_probe.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(session_table_test)

namespace {

using namespace std::chrono_literals;
using baskets = weir::session_table<int, std::string>;
using time_point = baskets::time_point;

constexpr time_point start{1000s};

weir::session_options at_most(std::size_t sessions) {
    weir::session_options options;
    options.max_sessions = sessions;
    return options;
}
void add(baskets& to, int key, time_point now = start) {
    static_cast<void>(to.emplace(key, std::to_string(key), now));
}
bool has(baskets& in, int key, time_point now = start) { return in.find(key, now) != nullptr; }

}  // namespace

BOOST_AUTO_TEST_CASE(there_are_a_million_for_an_hour_unless_said_otherwise) {
    const weir::session_options options;
    BOOST_TEST(options.max_sessions == 1'000'000U);
    BOOST_TEST((options.idle_timeout == 1h));
    BOOST_TEST((options.sweep_interval == 60s));
}

BOOST_AUTO_TEST_CASE(a_session_ends_an_hour_after_its_last_use) {
    baskets all(at_most(10));
    add(all, 1);
    BOOST_TEST(has(all, 1, start + 59min));
    BOOST_TEST(has(all, 1, start + 118min));
    BOOST_TEST(!has(all, 1, start + 178min));
    BOOST_TEST(all.size() == 0U);
    BOOST_TEST(all.statistics().expired == 1U);
    BOOST_TEST(all.statistics().found == 2U);
    BOOST_TEST(all.statistics().missed == 1U);
}

BOOST_AUTO_TEST_CASE(a_sweep_erases_what_is_over_without_being_asked_for) {
    baskets all(at_most(100));
    for (int i = 0; i < 50; ++i) add(all, i);
    for (int i = 50; i < 60; ++i) add(all, i, start + 30min);
    BOOST_TEST(all.sweep(start + 1h, 1000) == 50U);
    BOOST_TEST(all.size() == 10U);
    BOOST_TEST(all.sweep(start + 1h, 1000) == 0U);
}

BOOST_AUTO_TEST_CASE(a_pinned_session_does_not_end_and_its_time_begins_when_it_is_let_go) {
    baskets all(at_most(10));
    {
        const auto mine = all.emplace(1, "x", start);
        BOOST_TEST(all.sweep(start + 5h, 10) == 0U);
        BOOST_TEST(has(all, 1, start + 6h));
        BOOST_TEST(all.sweep(start + 7h, 10) == 0U);
    }
    BOOST_TEST(has(all, 1, start + 7h + 59min));
    BOOST_TEST(!has(all, 1, start + 9h));
}

BOOST_AUTO_TEST_CASE(when_it_is_full_the_one_not_used_for_longest_goes_but_no_pinned_one) {
    baskets all(at_most(3));
    const auto pinned = all.emplace(1, "pinned", start);
    add(all, 2);
    add(all, 3);
    add(all, 4);
    BOOST_TEST(has(all, 1));
    BOOST_TEST(!has(all, 2));
    BOOST_TEST((has(all, 3) && has(all, 4)));
    BOOST_TEST(all.statistics().evicted == 1U);
}

BOOST_AUTO_TEST_CASE(when_all_are_pinned_a_new_one_is_refused_and_none_is_lost) {
    baskets all(at_most(3));
    std::vector<baskets::pin> pins;
    for (int i = 0; i < 3; ++i) pins.push_back(all.emplace(i, std::to_string(i), start));
    BOOST_TEST(!all.emplace(3, "3", start));
    BOOST_TEST(all.statistics().refused == 1U);
    BOOST_TEST((has(all, 0) && has(all, 1) && has(all, 2) && !has(all, 3)));
    pins.pop_back();
    BOOST_TEST(static_cast<bool>(all.emplace(3, "3", start)));
    BOOST_TEST(!has(all, 2));
}

BOOST_AUTO_TEST_CASE(what_is_there_is_not_replaced) {
    baskets all(at_most(3));
    add(all, 1);
    const auto again = all.emplace(1, "other", start);
    BOOST_TEST(*again == "1");
    BOOST_TEST(all.statistics().created == 1U);
    const auto later = all.emplace(1, "other", start + 2h);
    BOOST_TEST(*later == "1");
}

BOOST_AUTO_TEST_CASE(an_erased_session_is_kept_by_its_pin_and_found_by_nobody) {
    using probe = weir::test::lifetime_probe<class session_tag>;
    probe::reset();
    weir::session_table<int, probe> all(at_most(3));
    {
        auto mine = all.emplace(1, probe(7), start);
        const auto also_mine = all.find_pinned(1, start);
        BOOST_TEST(all.erase(1));
        BOOST_TEST(!all.erase(1));
        BOOST_TEST(!mine.is_listed());
        BOOST_TEST((all.find(1, start) == nullptr));
        const auto next = all.emplace(1, probe(8), start);
        BOOST_TEST(mine->value() == 7);
        BOOST_TEST(next->value() == 8);
        mine = {};
        BOOST_TEST(also_mine->value() == 7);
    }
    BOOST_TEST(probe::live() == 1);
    all.erase(1);
    BOOST_TEST(probe::live() == 0);
}

BOOST_AUTO_TEST_CASE(random_use_never_loses_a_pinned_session) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        weir::random chance(seed);
        weir::session_table<int, int> all(at_most(20));
        std::map<int, std::pair<decltype(all)::pin, int>> pins;
        time_point now = start;
        bool is_right = true;
        for (int step = 0; step < 5000; ++step) {
            const int key = static_cast<int>(chance.below(60));
            now += std::chrono::minutes(chance.below(3));
            const auto held = pins.find(key);
            switch (chance.below(5)) {
                case 0: {
                    auto made = all.emplace(key, step, now);
                    is_right = is_right && (held == pins.end() || &*made == &*held->second.first);
                    if (made && pins.size() < 15 && held == pins.end()) {
                        const int value = *made;
                        pins.emplace(key, std::pair(std::move(made), value));
                    }
                    break;
                }
                case 1:
                    pins.erase(key);
                    break;
                case 2:
                    if (held == pins.end()) all.erase(key);
                    break;
                case 3:
                    all.sweep(now, 10);
                    break;
                default: {
                    const int* found = all.find(key, now);
                    if (held != pins.end()) is_right = is_right && found == &*held->second.first;
                }
            }
            for (const auto& [pinned, pin] : pins) {
                is_right = is_right && *pin.first == pin.second && pin.first.is_listed();
            }
            is_right = is_right && all.size() <= 20;
        }
        BOOST_TEST(is_right, "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(finding_and_pinning_allocates_nothing) {
    weir::session_table<int, int> all(at_most(100));
    for (int i = 0; i < 100; ++i) static_cast<void>(all.emplace(i, i, start));
    const weir::test::allocation_count count;
    int sum = 0;
    for (int i = 0; i < 1000; ++i) {
        if (const auto pin = all.find_pinned(i % 100, start)) sum += *pin;
    }
    const auto allocated = count.value();
    BOOST_TEST(sum == 49'500);
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
