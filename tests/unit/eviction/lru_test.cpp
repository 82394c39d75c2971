// SPDX-License-Identifier: Apache-2.0
// lru: who goes first, and what it does not protect from.
#include <weir/eviction/lru.hpp>

#include "workload.hpp"

#include <weir/eviction/bounded_map.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>

BOOST_AUTO_TEST_SUITE(lru_test)

namespace {

using weir::test::count_held;
using weir::test::loop;
using weir::test::replay;
using weir::test::survivors_of_a_scan;
using cache = weir::bounded_map<std::uint64_t, std::uint64_t, weir::lru>;

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_not_used_for_longest_goes_first) {
    cache map(3);
    for (std::uint64_t key = 1; key <= 3; ++key) map.put(key, key);
    BOOST_TEST(map.find(1) != nullptr);
    map.put(4, 4);
    BOOST_TEST(map.peek(2) == nullptr);
    map.put(3, 33);  // a use, too
    map.put(5, 5);
    BOOST_TEST(map.peek(1) == nullptr);
    BOOST_TEST(count_held(map, 3, 6) == 3U);
    BOOST_TEST(map.evictions() == 2U);
}

BOOST_AUTO_TEST_CASE(looking_without_using_saves_nobody) {
    cache map(2);
    map.put(1, 1);
    map.put(2, 2);
    BOOST_TEST(map.peek(1)->value == 1U);
    map.put(3, 3);
    BOOST_TEST(map.peek(1) == nullptr);
}

BOOST_AUTO_TEST_CASE(the_newest_always_stays) {
    cache map(10);
    for (std::uint64_t key = 0; key < 1000; ++key) BOOST_TEST(map.put(key, key) != nullptr);
    BOOST_TEST(count_held(map, 990, 1000) == 10U);
}

BOOST_AUTO_TEST_CASE(a_scan_as_long_as_the_cache_washes_a_hot_set_out) {
    BOOST_TEST(survivors_of_a_scan<cache>(10'000) == 0U);
}

BOOST_AUTO_TEST_CASE(a_loop_over_one_more_than_it_holds_never_hits) {
    cache map(3);
    BOOST_TEST(replay(map, loop(4, 1000)) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
