// SPDX-License-Identifier: Apache-2.0
// w_tinylfu: whom frequency protects, what the window is for, and that its size follows what the
// workload needs. The seeds are fixed: what is measured here is the same everywhere.
#include <weir/eviction/w_tinylfu.hpp>

#include "workload.hpp"

#include <weir/base/random.hpp>
#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/lru.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

BOOST_AUTO_TEST_SUITE(w_tinylfu_test)

namespace {

using weir::test::count_held;
using weir::test::loop;
using weir::test::recent;
using weir::test::replay;
using weir::test::scanned;
using weir::test::survivors_of_a_scan;
using weir::test::trace;
using weir::test::zipf;
using cache = weir::bounded_map<std::uint64_t, std::uint64_t>;

/// Percent of hits in the second half of `keys`; the first is there to learn from.
double learnt_ratio(cache& map, const trace& keys) {
    const auto half = keys.begin() + static_cast<std::ptrdiff_t>(keys.size() / 2);
    replay(map, trace(keys.begin(), half));
    const trace judged(half, keys.end());
    return 100.0 * static_cast<double>(replay(map, judged)) / static_cast<double>(judged.size());
}
double best_fixed_ratio(std::uint64_t entries, const trace& keys) {
    double best = 0;
    for (const double window : {0.005, 0.05, 0.2, 0.5, 0.8, 0.99}) {
        cache map(entries);
        map.policy().fix_window(window);
        best = std::max(best, learnt_ratio(map, keys));
    }
    return best;
}
void require_near_the_best(const std::string& what, std::uint64_t entries, const trace& keys) {
    cache map(entries);
    const double adaptive = learnt_ratio(map, keys);
    const double best = best_fixed_ratio(entries, keys);
    BOOST_TEST_MESSAGE(what << ": " << adaptive << " %, best fixed window " << best << " %");
    BOOST_TEST(adaptive >= best - 0.5, what << ": " << adaptive << " < " << best << " - 0.5");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_hot_set_survives_a_scan_of_ten_times_the_cache) {
    BOOST_TEST(survivors_of_a_scan<cache>(10'000) >= 490U);
}

BOOST_AUTO_TEST_CASE(who_was_asked_for_more_often_stays) {
    cache map(100);
    for (std::uint64_t key = 0; key < 100; ++key) map.put(key, key);
    for (int i = 0; i < 5; ++i) {
        for (std::uint64_t key = 0; key < 100; ++key) BOOST_TEST(map.find(key) != nullptr);
    }
    for (std::uint64_t key = 100; key < 200; ++key) map.put(key, key);
    BOOST_TEST(count_held(map, 0, 100) >= 98U);
}

BOOST_AUTO_TEST_CASE(who_comes_often_enough_is_let_in_at_last) {
    cache map(100);
    for (int i = 0; i < 3; ++i) replay(map, loop(100, 100));
    int tries = 1;
    for (; tries < 100; ++tries) {
        if (map.find(1000) == nullptr) map.put(1000, 0);
        map.put(2000 + static_cast<std::uint64_t>(tries), 0);  // the window is someone else's now
        if (map.peek(1000) != nullptr) break;
    }
    BOOST_TEST(tries > 1);
    BOOST_TEST(tries < 20);
}

BOOST_AUTO_TEST_CASE(what_was_popular_once_is_forgotten) {
    cache map(100);
    for (int i = 0; i < 20; ++i) replay(map, loop(100, 100));
    trace others = zipf(100, 20'000, 1);
    for (auto& key : others) key += 1000;
    replay(map, others);
    BOOST_TEST(count_held(map, 0, 100) <= 10U);
}

BOOST_AUTO_TEST_CASE(a_loop_over_twice_what_it_holds_hits_where_lru_never_does) {
    const trace keys = loop(2000, 100'000);
    cache map(1000);
    const double ratio = learnt_ratio(map, keys);
    BOOST_TEST_MESSAGE("loop over twice as much: " << ratio << " % of at most 50 %");
    BOOST_TEST(ratio > 35);
    weir::bounded_map<std::uint64_t, std::uint64_t, weir::lru> plain(1000);
    BOOST_TEST(replay(plain, keys) == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_in_bursts_widens_the_window_and_lasting_favour_narrows_it) {
    cache map(1000);
    replay(map, recent(4000, 100'000, 1));
    const double wide = map.policy().window_share();
    trace lasting = zipf(100'000, 200'000, 1);
    for (auto& key : lasting) key += 1'000'000;
    replay(map, lasting);
    const double narrow = map.policy().window_share();
    BOOST_TEST_MESSAGE("window: " << wide << ", then " << narrow);
    BOOST_TEST(wide > 0.3);
    BOOST_TEST(narrow < wide / 2);
}

BOOST_AUTO_TEST_CASE(a_fixed_window_stays_as_it_is) {
    cache map(1000);
    map.policy().fix_window(0.25);
    replay(map, recent(4000, 50'000, 1));
    BOOST_TEST(map.policy().window_share() == 0.25);
}

BOOST_AUTO_TEST_CASE(once_it_has_learnt_it_hits_nearly_as_often_as_with_the_best_fixed_window) {
    constexpr std::size_t length = 200'000;
    require_near_the_best("zipf", 500, zipf(50'000, length, 1));
    require_near_the_best("zipf in a larger cache", 4000, zipf(50'000, length, 2));
    require_near_the_best("recent", 1000, recent(4000, length, 3));
    require_near_the_best("recent in a small cache", 200, recent(800, length, 4));
    require_near_the_best("zipf with scans", 1000, scanned(20'000, 5000, length, 5));
}

BOOST_AUTO_TEST_CASE(the_smallest_caches_work) {
    for (std::uint64_t bound = 1; bound < 20; ++bound) {
        cache map(bound);
        const auto hits = replay(map, zipf(20, 2000, bound));
        BOOST_TEST(map.size() == bound);
        BOOST_TEST(hits > 100U * bound / 2);
    }
}

BOOST_AUTO_TEST_SUITE_END()
