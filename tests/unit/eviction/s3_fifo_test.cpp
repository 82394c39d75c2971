// SPDX-License-Identifier: Apache-2.0
// s3_fifo: what passes the small queue, what comes back from the ghosts, and what stays.
#include <weir/eviction/s3_fifo.hpp>

#include "workload.hpp"

#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/lru.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>

BOOST_AUTO_TEST_SUITE(s3_fifo_test)

namespace {

using weir::test::count_held;
using weir::test::replay;
using weir::test::survivors_of_a_scan;
using weir::test::zipf;
using cache = weir::bounded_map<std::uint64_t, std::uint64_t, weir::s3_fifo>;

/// Keys 0 ... 99, of which the even ones were asked for twice.
void fill(cache& map) {
    for (std::uint64_t key = 0; key < 100; ++key) {
        map.put(key, key);
        if (key % 2 == 0) BOOST_TEST(map.find(key) != nullptr);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_asked_for_again_stays_when_the_others_leave) {
    cache map(100);
    fill(map);
    for (std::uint64_t key = 1000; key < 1050; ++key) map.put(key, key);
    for (std::uint64_t key = 0; key < 100; ++key) {
        BOOST_TEST((map.peek(key) != nullptr) == (key % 2 == 0), "key " << key);
    }
}

BOOST_AUTO_TEST_CASE(who_leaves_the_small_queue_and_comes_back_soon_enters_the_main_one) {
    cache map(100);
    fill(map);
    for (std::uint64_t key = 1000; key < 1050; ++key) map.put(key, key);
    // The odd ones left not long ago. Some of them back again outlast a run of newcomers.
    BOOST_TEST(map.size() == 100U);
    for (std::uint64_t key = 1; key < 20; key += 2) {
        BOOST_TEST(map.peek(key) == nullptr);
        map.put(key, key);
    }
    for (std::uint64_t key = 2000; key < 2100; ++key) map.put(key, key);
    std::size_t held = 0;
    for (std::uint64_t key = 1; key < 20; key += 2) held += count_held(map, key, key + 1);
    BOOST_TEST(held >= 8U);  // two ghosts a bucket: some are forgotten early
    BOOST_TEST(count_held(map, 1000, 1050) == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_in_the_main_queue_leaves_when_nobody_asks_any_more) {
    cache map(100);
    fill(map);
    for (std::uint64_t key = 1000; key < 2000; ++key) {
        map.put(key, key);
        BOOST_TEST(map.find(key) != nullptr);
    }
    BOOST_TEST(count_held(map, 0, 100) == 0U);
}

BOOST_AUTO_TEST_CASE(a_hot_set_survives_a_scan_of_ten_times_the_cache) {
    BOOST_TEST(survivors_of_a_scan<cache>(10'000) == 500U);
}

BOOST_AUTO_TEST_CASE(it_hits_more_than_lru_where_popularity_is_skewed) {
    const auto keys = zipf(20'000, 50'000, 1);
    cache map(500);
    weir::bounded_map<std::uint64_t, std::uint64_t, weir::lru> plain(500);
    BOOST_TEST(replay(map, keys) > replay(plain, keys) + 1000);
}

BOOST_AUTO_TEST_CASE(a_cache_too_small_for_a_small_queue_works) {
    for (std::uint64_t bound = 1; bound < 20; ++bound) {
        cache map(bound);
        const auto hits = replay(map, zipf(20, 2000, bound));
        BOOST_TEST(map.size() == bound);
        BOOST_TEST(hits > 100U * bound / 2);
    }
}

BOOST_AUTO_TEST_SUITE_END()
