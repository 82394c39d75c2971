// SPDX-License-Identifier: Apache-2.0
// immutable_map: the same as std::map, also where hashes collide, and no change is seen by another
// copy.
#include <weir/state/immutable_map.hpp>

#include "allocation_count.hpp"
#include "lifetime_probe.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(immutable_map_test)

namespace {

/// Many keys with one hash.
class poor_hash {
public:
    std::size_t operator()(int key) const noexcept { return static_cast<std::size_t>(key % 7); }
};

template <class Hash>
using numbers = weir::immutable_map<int, int, Hash>;
using reference = std::map<int, int>;

template <class Map>
reference contents(const Map& of) {
    reference out;
    of.for_each([&](int key, int value) { out.emplace(key, value); });
    return out;
}
template <class Map>
bool holds(const Map& map, const reference& expected) {
    bool is_right = map.size() == expected.size() && contents(map) == expected;
    for (int key = 0; key < 400; ++key) {
        const auto found = expected.find(key);
        const int* value = map.find(key);
        is_right = is_right && (value != nullptr) == (found != expected.end()) &&
                   (value == nullptr || *value == found->second);
    }
    return is_right;
}
/// `before` with the differences to `after` applied.
template <class Map>
reference with_differences(const Map& before, const Map& after) {
    reference out = contents(before);
    before.for_each_difference(after, [&](int key, const int* was, const int* is) {
        const bool was_there = out.erase(key) == 1;
        BOOST_TEST(was_there == (was != nullptr));
        if (is != nullptr) out.emplace(key, *is);
    });
    return out;
}

template <class Hash>
void compare_with_a_map(std::uint64_t seed) {
    weir::random chance(seed);
    numbers<Hash> now;
    reference expected;
    std::vector<std::pair<numbers<Hash>, reference>> kept;
    for (int step = 0; step < 2000; ++step) {
        const int key = static_cast<int>(chance.below(400));
        const int value = static_cast<int>(chance.below(50));
        const bool is_shared = chance.below(2) == 0;
        if (chance.below(100) < (step < 1200 ? 60U : 20U)) {
            now = is_shared ? now.updated(key, value) : std::move(now).updated(key, value);
            expected[key] = value;
        } else {
            now = is_shared ? now.erased(key) : std::move(now).erased(key);
            expected.erase(key);
        }
        if (step % 400 == 0) kept.emplace_back(now, expected);
    }
    BOOST_TEST(holds(now, expected), "seed " << seed);
    for (const auto& [then, as_then] : kept) {
        BOOST_TEST(holds(then, as_then), "an older one changed, seed " << seed);
        BOOST_TEST((with_differences(then, now) == expected), "differences, seed " << seed);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_changes_do_to_it_what_they_do_to_a_map) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) compare_with_a_map<std::hash<int>>(seed);
}

BOOST_AUTO_TEST_CASE(random_changes_do_the_same_where_hashes_collide) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) compare_with_a_map<poor_hash>(seed);
}

BOOST_AUTO_TEST_CASE(nothing_new_gives_the_same_object) {
    const weir::immutable_map<std::string, int> some{{"a", 1}, {"b", 2}};
    BOOST_TEST(some.updated("a", 1).is_same(some));
    BOOST_TEST(some.erased("c").is_same(some));
    BOOST_TEST(!some.updated("a", 2).is_same(some));
    BOOST_TEST((some.updated("c", 3).erased("c") == some));
    BOOST_TEST((some != some.updated("b", 3)));
    BOOST_TEST((some != weir::immutable_map<std::string, int>{{"a", 1}, {"c", 2}}));
}

BOOST_AUTO_TEST_CASE(a_change_shares_all_entries_but_its_own) {
    weir::immutable_map<int, int> first;
    for (int i = 0; i < 10'000; ++i) first = std::move(first).updated(i, i);
    weir::test::allocation_count count;
    const auto second = first.updated(77, -1);
    const auto allocated = count.value();
    int moved = 0;
    for (int i = 0; i < 10'000; ++i) moved += first.find(i) != second.find(i) ? 1 : 0;
    int different = 0;
    first.for_each_difference(second, [&](int, const int*, const int*) { ++different; });
    BOOST_TEST(moved == 1);
    BOOST_TEST(different == 1);
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated <= 9U);
}

BOOST_AUTO_TEST_CASE(the_shape_depends_on_the_keys_alone) {
    weir::immutable_map<int, int> all;
    for (int i = 0; i < 1000; ++i) all = std::move(all).updated(i, i);
    for (int i = 10; i < 1000; ++i) all = std::move(all).erased(i);
    weir::immutable_map<int, int> few;
    for (int i = 9; i >= 0; --i) few = std::move(few).updated(i, i);
    std::vector<int> order_of_all;
    std::vector<int> order_of_few;
    all.for_each([&](int key, int) { order_of_all.push_back(key); });
    few.for_each([&](int key, int) { order_of_few.push_back(key); });
    BOOST_TEST(order_of_all == order_of_few);
}

BOOST_AUTO_TEST_CASE(every_entry_ends_with_the_last_copy) {
    using probe = weir::test::lifetime_probe<class map_tag>;
    probe::reset();
    {
        weir::immutable_map<int, probe, poor_hash> first;
        for (int i = 0; i < 100; ++i) first = std::move(first).updated(i, probe(i));
        const auto second = first.erased(3).updated(4, probe(-4));
        first = {};
        BOOST_TEST(second.find(4)->value() == -4);
        BOOST_TEST(second.find(3) == nullptr);
    }
    BOOST_TEST(probe::live() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
