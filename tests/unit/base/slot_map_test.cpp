// SPDX-License-Identifier: Apache-2.0
// slot_map: a handle finds its object or nothing, never another one.
#include <weir/base/slot_map.hpp>

#include "allocation_count.hpp"
#include "lifetime_probe.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(slot_map_test)

namespace {

using names = weir::slot_map<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_handle_to_what_is_gone_finds_nothing_even_if_its_place_is_in_use) {
    names all;
    const auto first = all.emplace("first");
    BOOST_TEST(*all.find(first) == "first");
    BOOST_TEST(all.erase(first));
    const auto second = all.emplace("second");
    BOOST_TEST(all.find(first) == nullptr);
    BOOST_TEST(!all.erase(first));
    BOOST_TEST(*all.find(second) == "second");
    BOOST_TEST(all.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_default_handle_finds_nothing) {
    names all;
    BOOST_TEST(all.find(names::handle()) == nullptr);
    all.emplace("a");
    BOOST_TEST(all.find(names::handle()) == nullptr);
}

BOOST_AUTO_TEST_CASE(objects_stay_where_they_are) {
    names all;
    const auto first = all.emplace("first");
    const std::string* address = all.find(first);
    for (int i = 0; i < 10'000; ++i) all.emplace("more");
    BOOST_TEST(all.find(first) == address);
}

BOOST_AUTO_TEST_CASE(random_handles_find_what_they_were_given_for) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        weir::random chance(seed);
        weir::slot_map<int> all;
        std::vector<std::pair<weir::slot_map<int>::handle, int>> live;
        std::vector<weir::slot_map<int>::handle> gone;
        bool is_right = true;
        for (int step = 0; step < 5000; ++step) {
            if (live.empty() || chance.below(100) < 52) {
                live.emplace_back(all.emplace(step), step);
            } else {
                const std::size_t at = chance.below(live.size());
                is_right = is_right && all.erase(live[at].first);
                gone.push_back(live[at].first);
                live[at] = live.back();
                live.pop_back();
            }
        }
        for (const auto& [handle, value] : live) {
            const int* found = all.find(handle);
            is_right = is_right && found != nullptr && *found == value;
        }
        for (const auto& handle : gone) is_right = is_right && all.find(handle) == nullptr;
        std::size_t count = 0;
        all.for_each([&](int) { ++count; });
        BOOST_TEST((is_right && count == live.size() && all.size() == count), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(what_is_left_ends_with_it) {
    using probe = weir::test::lifetime_probe<class slot_map_tag>;
    probe::reset();
    {
        weir::slot_map<probe> all;
        const auto some = all.emplace(1);
        for (int i = 0; i < 1000; ++i) all.emplace(i);
        all.erase(some);
        BOOST_TEST(probe::live() == 1000);
    }
    BOOST_TEST(probe::live() == 0);
}

BOOST_AUTO_TEST_CASE(a_place_that_is_used_again_costs_no_memory) {
    weir::slot_map<int> all;
    auto last = all.emplace(0);
    const weir::test::allocation_count count;
    for (int i = 0; i < 1000; ++i) {
        all.erase(last);
        last = all.emplace(i);
    }
    const auto allocated = count.value();
    BOOST_TEST(*all.find(last) == 999);
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
