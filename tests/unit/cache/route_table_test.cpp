// SPDX-License-Identifier: Apache-2.0
// route_table: a route is resolved once, and never given after a change.
#include <weir/cache/route_table.hpp>

#include "allocation_count.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(route_table_test)

namespace {

using namespace std::chrono_literals;
using routes = weir::route_table<std::string, int>;
constexpr routes::time_point start{1000s};

/// Who is where, and how often that was asked.
class membership {
public:
    auto function() {
        return [this](const std::string& topic) {
            ++asked;
            const auto& in = members[topic];
            return std::vector<int>(in.begin(), in.end());
        };
    }
    std::map<std::string, std::set<int>> members;
    int asked = 0;
};

std::vector<int> copied(std::span<const int> route) { return {route.begin(), route.end()}; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_route_is_resolved_once) {
    membership all;
    all.members["a"] = {1, 2};
    routes table(10, all.function());
    BOOST_TEST(copied(table.route("a", start)) == (std::vector<int>{1, 2}));
    BOOST_TEST(copied(table.route("a", start + 1s)) == (std::vector<int>{1, 2}));
    BOOST_TEST(all.asked == 1);
    BOOST_TEST(table.statistics().hits == 1U);
    BOOST_TEST(table.statistics().misses == 1U);
}

BOOST_AUTO_TEST_CASE(a_join_or_leave_touches_that_route_alone) {
    membership all;
    all.members["a"] = {1};
    all.members["b"] = {2};
    routes table(10, all.function());
    static_cast<void>(table.route("a", start));
    static_cast<void>(table.route("b", start));
    all.members["a"].insert(3);
    table.invalidate("a");
    BOOST_TEST(copied(table.route("a", start)) == (std::vector<int>{1, 3}));
    static_cast<void>(table.route("b", start));
    BOOST_TEST(all.asked == 3);
    BOOST_TEST(table.statistics().invalidations == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_gone_is_in_no_route_any_more) {
    membership all;
    all.members["a"] = {1, 2};
    all.members["b"] = {2};
    all.members["c"] = {3};
    routes table(10, all.function());
    for (const char* topic : {"a", "b", "c"}) static_cast<void>(table.route(topic, start));
    for (auto& [topic, members] : all.members) members.erase(2);
    table.invalidate_destination(2);
    table.invalidate_destination(7);
    BOOST_TEST(copied(table.route("a", start)) == (std::vector<int>{1}));
    BOOST_TEST(table.route("b", start).empty());
    static_cast<void>(table.route("c", start));
    BOOST_TEST(all.asked == 5);
}

BOOST_AUTO_TEST_CASE(a_route_has_its_time_and_its_place) {
    membership all;
    routes table(3, all.function(), 60s);
    static_cast<void>(table.route("a", start));
    static_cast<void>(table.route("a", start + 59s));
    BOOST_TEST(all.asked == 1);
    static_cast<void>(table.route("a", start + 60s));
    BOOST_TEST(all.asked == 2);
    for (const char* topic : {"b", "c", "d"}) static_cast<void>(table.route(topic, start + 61s));
    BOOST_TEST(!table.is_kept("a"));
    BOOST_TEST(table.statistics().evictions == 1U);
    table.sweep(start + 200s);
    BOOST_TEST(table.statistics().routes == 0U);
}

BOOST_AUTO_TEST_CASE(a_sweep_finds_the_last_of_many_routes) {
    membership all;
    routes table(100, all.function(), 1min);
    for (int i = 0; i < 100; ++i) static_cast<void>(table.route(std::to_string(i), start));
    for (int i = 0; i < 99; ++i) table.invalidate(std::to_string(i));
    table.sweep(start + 1min);
    BOOST_TEST(table.statistics().routes == 0U);
    BOOST_TEST(table.statistics().expirations == 1U);
}

BOOST_AUTO_TEST_CASE(warming_resolves_what_is_missing) {
    membership all;
    routes table(10, all.function());
    static_cast<void>(table.route("a", start));
    const std::vector<std::string> topics{"a", "b", "c"};
    table.warm(topics, start);
    BOOST_TEST(all.asked == 3);
    BOOST_TEST(table.is_kept("c"));
}

BOOST_AUTO_TEST_CASE(each_destination_gets_all_its_items_once_and_in_order) {
    membership all;
    all.members["a"] = {1, 2};
    all.members["b"] = {2};
    routes table(10, all.function());
    using item = std::pair<std::string, int>;
    const std::vector<item> items{{"a", 10}, {"b", 20}, {"a", 30}, {"c", 40}};
    std::map<int, std::vector<int>> got;
    int deliveries = 0;
    table.route_all(
        std::span<const item>(items), start,
        [](const item& each) -> const std::string& { return each.first; },
        [&](int to, std::span<const item* const> list) {
            ++deliveries;
            for (const item* each : list) got[to].push_back(each->second);
        });
    BOOST_TEST(deliveries == 2);
    BOOST_TEST(got[1] == (std::vector<int>{10, 30}));
    BOOST_TEST(got[2] == (std::vector<int>{10, 20, 30}));
}

BOOST_AUTO_TEST_CASE(no_route_differs_from_the_truth_whatever_changes) {
    membership all;
    routes table(20, all.function(), 50s);
    weir::random chance(7);
    routes::time_point now = start;
    for (int i = 0; i < 50'000; ++i) {
        const std::string topic = std::to_string(chance.below(40));
        const int member = static_cast<int>(chance.below(30));
        now += std::chrono::milliseconds(chance.below(100));
        switch (chance.below(8)) {
            case 0:
                all.members[topic].insert(member);
                table.invalidate(topic);
                break;
            case 1:
                all.members[topic].erase(member);
                table.invalidate(topic);
                break;
            case 2:
                for (auto& [name, members] : all.members) members.erase(member);
                table.invalidate_destination(member);
                break;
            default: {
                const auto& truth = all.members[topic];
                const std::vector<int> expected(truth.begin(), truth.end());
                BOOST_REQUIRE(copied(table.route(topic, now)) == expected);
            }
        }
    }
    BOOST_TEST(table.statistics().hits > 0U);
    BOOST_TEST(table.statistics().routes <= 20U);
}

BOOST_AUTO_TEST_CASE(a_kept_route_is_found_without_allocation) {
    membership all;
    all.members["a"] = {1, 2};
    routes table(10, all.function());
    const std::string topic = "a";
    static_cast<void>(table.route(topic, start));
    const weir::test::allocation_count allocated;
    for (int i = 0; i < 100; ++i) BOOST_REQUIRE(table.route(topic, start).size() == 2U);
    BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
