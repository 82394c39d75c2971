// SPDX-License-Identifier: Apache-2.0
// cache: how many loads there are, who waits for them, and what a load may still put into the
// cache.
#include <weir/cache/cache.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"
#include "is_about.hpp"
#include "slow_source.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(cache_test)

namespace {

using namespace std::chrono_literals;
using weir::cache_options;
using weir::result;
using weir::task;
using weir::test::is_about;
using cache = weir::cache<int, std::string>;
using source = weir::test::slow_source;

task<result<std::string>> get(cache& from, int key) { co_return co_await from.get(key); }
task<result<std::string>> get_within(cache& from, int key, std::chrono::nanoseconds patience) {
    co_return co_await weir::with_timeout(patience, get(from, key));
}
task<> get_and_count(cache& from, int key, int& right) {
    const auto got = co_await from.get(key);
    if (got && *got == std::to_string(key)) ++right;
}
/// What a get gives and whether it took no time.
task<std::string> quick(cache& from, int key) {
    const auto begin = weir::reactor::current().now();
    const auto got = co_await from.get(key);
    const bool was_quick = weir::reactor::current().now() == begin;
    co_return (got ? *got : got.error().message()) + (was_quick ? "" : ", late");
}
task<> pass(std::chrono::nanoseconds time) { static_cast<void>(co_await weir::sleep_for(time)); }

/// 7 and -7 are the same.
class by_size : public weir::cache_traits<int, std::string> {
public:
    class hash {
    public:
        std::size_t operator()(int key) const noexcept { return std::hash<int>()(std::abs(key)); }
    };
    class equal {
    public:
        bool operator()(int a, int b) const noexcept { return std::abs(a) == std::abs(b); }
    };
};

}  // namespace

CO_TEST(a_value_is_loaded_once_and_then_kept) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    const auto first = co_await kept.get(7);
    CO_REQUIRE(first.has_value());
    CO_CHECK_EQUAL(*first, "7");
    const auto second = co_await quick(kept, 7);
    CO_CHECK_EQUAL(second, "7");
    CO_CHECK_EQUAL(from.begun, 1);
    CO_REQUIRE(kept.find(7) != nullptr);
    CO_CHECK_EQUAL(*kept.find(7), "7");
    CO_CHECK(kept.find(8) == nullptr);
}

CO_TEST(a_thousand_that_ask_at_once_get_one_load_though_the_first_gives_up) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    int right = 0;
    weir::task_group group(co_await weir::this_task(), 1001);
    const auto give_up = [&kept]() -> task<> {
        const auto got = co_await get_within(kept, 7, 500ms);
        CO_CHECK(!got && got.error() == std::errc::timed_out);
    };
    CO_CHECK(group.try_spawn(give_up));
    for (int i = 0; i < 1000; ++i) {
        CO_CHECK(group.try_spawn(get_and_count, std::ref(kept), 7, std::ref(right)));
    }
    CO_CHECK_EQUAL(kept.loading(), 1U);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(right, 1000);
    CO_CHECK_EQUAL(from.begun, 1);
    CO_CHECK_EQUAL(kept.statistics().misses, 1001U);
    CO_CHECK_EQUAL(kept.statistics().loads, 1U);
}

CO_TEST(a_value_past_its_time_is_loaded_anew) {
    source from;
    cache_options options(10);
    options.ttl = 60s;
    cache kept(co_await weir::this_task(), options, from.function());
    static_cast<void>(co_await kept.get(7));
    co_await pass(59s);
    const auto fresh = co_await quick(kept, 7);
    CO_CHECK_EQUAL(fresh, "7");
    co_await pass(1s);
    const auto anew = co_await quick(kept, 7);
    CO_CHECK_EQUAL(anew, "7', late");
    CO_CHECK_EQUAL(kept.statistics().expirations, 1U);
}

CO_TEST(each_value_may_say_how_long_it_is_fresh) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    kept.terms_by([](const int& key, const std::string&) {
        weir::load_terms<int> terms;
        terms.ttl = key * 1s;
        return terms;
    });
    static_cast<void>(co_await kept.get(5));
    static_cast<void>(co_await kept.get(50));
    co_await pass(10s);
    CO_CHECK(kept.find(5) == nullptr);
    CO_CHECK(kept.find(50) != nullptr);
}

CO_TEST(a_stale_value_is_given_at_once_while_one_load_replaces_it) {
    source from;
    cache_options options(10);
    options.ttl = 60s;
    options.stale_while_revalidate = 30s;
    cache kept(co_await weir::this_task(), options, from.function());
    static_cast<void>(co_await kept.get(7));
    co_await pass(61s);
    const auto stale = co_await quick(kept, 7);
    const auto again = co_await quick(kept, 7);
    CO_CHECK_EQUAL(stale, "7");
    CO_CHECK_EQUAL(again, "7");
    CO_CHECK_EQUAL(from.begun, 2);
    CO_CHECK_EQUAL(kept.statistics().stale_hits, 2U);
    CO_CHECK_EQUAL(kept.statistics().refreshes, 1U);
    co_await pass(2s);
    const auto anew = co_await quick(kept, 7);
    CO_CHECK_EQUAL(anew, "7'");
    co_await kept.close();
}

CO_TEST(a_value_asked_for_near_its_end_is_loaded_anew_before_it) {
    source from;
    cache_options options(10);
    options.ttl = 60s;
    options.refresh_ahead = 10s;
    cache kept(co_await weir::this_task(), options, from.function());
    static_cast<void>(co_await kept.get(7));
    co_await pass(52s);
    const auto due = co_await quick(kept, 7);
    CO_CHECK_EQUAL(due, "7");
    co_await pass(10s);
    const auto anew = co_await quick(kept, 7);
    CO_CHECK_EQUAL(anew, "7'");
    CO_CHECK_EQUAL(from.begun, 2);
    co_await kept.close();
}

CO_TEST(refreshes_beyond_their_bound_do_not_happen) {
    source from;
    cache_options options(100);
    options.ttl = 60s;
    options.stale_while_revalidate = 60s;
    options.max_refreshing = 3;
    cache kept(co_await weir::this_task(), options, from.function());
    for (int key = 0; key < 10; ++key) kept.put(key, "old");
    co_await pass(61s);
    for (int key = 0; key < 10; ++key) {
        const auto stale = co_await quick(kept, key);
        CO_CHECK_EQUAL(stale, "old");
    }
    CO_CHECK_EQUAL(from.in_flight, 3);
    co_await kept.close();
    CO_CHECK_EQUAL(from.in_flight, 0);
}

CO_TEST(closing_stops_the_refreshes_and_nothing_is_refreshed_afterwards) {
    source from;
    cache_options options(10);
    options.ttl = 60s;
    options.stale_while_revalidate = 60s;
    cache kept(co_await weir::this_task(), options, from.function());
    kept.put(7, "old");
    co_await pass(61s);
    static_cast<void>(co_await kept.get(7));
    CO_CHECK_EQUAL(from.in_flight, 1);
    const auto begin = weir::reactor::current().now();
    co_await kept.close();
    CO_CHECK_EQUAL(from.in_flight, 0);
    CO_CHECK(weir::reactor::current().now() == begin);
    const auto stale = co_await quick(kept, 7);
    CO_CHECK_EQUAL(stale, "old");
    CO_CHECK_EQUAL(from.begun, 1);
}

CO_TEST(an_expired_value_is_given_where_its_load_fails_and_only_there) {
    source from;
    cache_options options(10);
    options.ttl = 60s;
    options.stale_if_error = 600s;
    cache kept(co_await weir::this_task(), options, from.function());
    static_cast<void>(co_await kept.get(7));
    co_await pass(61s);
    from.is_down = true;
    const auto old = co_await quick(kept, 7);
    CO_CHECK_EQUAL(old, "7, late");
    CO_CHECK_EQUAL(kept.statistics().stale_hits, 1U);
    from.is_down = false;
    const auto anew = co_await quick(kept, 7);
    CO_CHECK_EQUAL(anew, "7'', late");
    from.is_down = true;
    co_await pass(700s);
    const auto gone = co_await kept.get(7);
    CO_CHECK(!gone && gone.error() == std::errc::connection_refused);
}

CO_TEST(that_there_is_none_is_remembered_for_a_while) {
    source from;
    cache_options options(10);
    options.negative_ttl = 10s;
    cache kept(co_await weir::this_task(), options, from.function());
    for (int i = 0; i < 3; ++i) {
        const auto none = co_await kept.get(-1);
        CO_CHECK(!none && none.error() == std::errc::no_such_file_or_directory);
    }
    CO_CHECK_EQUAL(from.begun, 1);
    CO_CHECK_EQUAL(kept.statistics().negative_hits, 2U);
    co_await pass(11s);
    static_cast<void>(co_await kept.get(-1));
    CO_CHECK_EQUAL(from.begun, 2);
    from.is_down = true;
    static_cast<void>(co_await kept.get(1));
    static_cast<void>(co_await kept.get(1));
    CO_CHECK_EQUAL(from.begun, 4);
}

CO_TEST(a_load_that_takes_too_long_is_stopped) {
    source from;
    from.takes = 1h;
    cache_options options(10);
    options.load_timeout = 5s;
    cache kept(co_await weir::this_task(), options, from.function());
    const auto begin = weir::reactor::current().now();
    const auto [one, two] = co_await weir::when_all(get(kept, 7), get(kept, 7));
    CO_CHECK(!one && one.error() == std::errc::timed_out);
    CO_CHECK(!two && two.error() == std::errc::timed_out);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 5s));
    CO_CHECK_EQUAL(from.in_flight, 0);
    CO_CHECK_EQUAL(kept.statistics().load_failures, 1U);
}

CO_TEST(what_was_put_while_a_load_runs_is_not_overwritten_by_it) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    const auto put = [&kept]() -> task<> {
        co_await pass(500ms);
        kept.put(7, "put");
    };
    static_cast<void>(co_await weir::when_all(get(kept, 7), put()));
    CO_REQUIRE(kept.find(7) != nullptr);
    CO_CHECK_EQUAL(*kept.find(7), "put");
}

CO_TEST(what_was_erased_while_a_load_runs_is_loaded_by_who_asks_later) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    const auto erase_and_get = [&kept]() -> task<result<std::string>> {
        co_await pass(500ms);
        CO_CHECK(!kept.erase(7));
        co_return co_await kept.get(7);
    };
    const auto [before, after] = co_await weir::when_all(get(kept, 7), erase_and_get());
    CO_REQUIRE(before.has_value() && after.has_value());
    CO_CHECK_EQUAL(*before, "7");
    CO_CHECK_EQUAL(*after, "7'");
    CO_CHECK_EQUAL(*kept.find(7), "7'");
}

CO_TEST(what_was_invalidated_while_a_load_runs_is_not_kept) {
    source from;
    const auto load = [&from](const int& key, weir::load_terms<int>& terms) {
        terms.made_from.add(key % 2 == 0 ? "even" : "odd");
        return from.load(key);
    };
    cache kept(co_await weir::this_task(), cache_options(10), load);
    const auto invalidate = [&kept]() -> task<> {
        co_await pass(500ms);
        kept.invalidate("odd");
    };
    static_cast<void>(co_await weir::when_all(get(kept, 7), invalidate()));
    CO_CHECK(kept.find(7) == nullptr);
    static_cast<void>(co_await kept.get(7));
    static_cast<void>(co_await kept.get(8));
    kept.invalidate("even");
    CO_CHECK(kept.find(7) != nullptr);
    CO_CHECK(kept.find(8) == nullptr);
    kept.invalidate_all();
    CO_CHECK(kept.find(7) == nullptr);
    CO_CHECK_EQUAL(kept.sweep(), 0U);  // both were found out
}

CO_TEST(keys_are_the_same_where_their_traits_say_so_in_all_that_a_cache_does) {
    source from;
    weir::cache<int, std::string, by_size> kept(co_await weir::this_task(), cache_options(10),
                                                from.function());
    const auto get_seven = [&kept]() -> task<> { static_cast<void>(co_await kept.get(7)); };
    const auto erase_and_get = [&kept]() -> task<result<std::string>> {
        co_await pass(500ms);
        kept.erase(-7);
        co_return co_await kept.get(7);
    };
    const auto both = co_await weir::when_all(get_seven(), erase_and_get());
    const auto& after = std::get<1>(both);
    CO_CHECK(after && *after == "7'");
    kept.put(8, "of seven", std::nullopt, weir::cache_tags<int>().depends_on(-7));
    kept.put(7, "put");
    CO_CHECK(kept.find(8) == nullptr);
}

CO_TEST(who_asks_after_everything_was_invalidated_does_not_join_a_load_from_before) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    const auto invalidate_and_get = [&kept]() -> task<result<std::string>> {
        co_await pass(500ms);
        kept.invalidate_all();
        co_return co_await kept.get(7);
    };
    const auto [before, after] = co_await weir::when_all(get(kept, 7), invalidate_and_get());
    CO_REQUIRE(before.has_value() && after.has_value());
    CO_CHECK_EQUAL(*before, "7");
    CO_CHECK_EQUAL(*after, "7'");
    CO_CHECK_EQUAL(*kept.find(7), "7'");
}

CO_TEST(who_waits_for_a_load_that_fails_is_given_what_was_put_meanwhile) {
    source from;
    from.is_down = true;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    const auto put = [&kept]() -> task<> {
        co_await pass(500ms);
        kept.put(7, "put");
    };
    const auto both = co_await weir::when_all(get(kept, 7), put());
    const auto& got = std::get<0>(both);
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(*got, "put");
    CO_CHECK_EQUAL(kept.statistics().stale_hits, 0U);
}

CO_TEST(an_exception_of_a_load_reaches_all_that_wait_and_is_not_kept) {
    int begun = 0;
    cache kept(co_await weir::this_task(), cache_options(10), [&](const int&) {
        ++begun;
        return []() -> task<result<std::string>> {
            co_await pass(1s);
            throw std::runtime_error("broken");
        }();
    });
    const auto expect = [&kept]() -> task<bool> {
        try {
            static_cast<void>(co_await kept.get(7));
        } catch (const std::runtime_error&) {
            co_return true;
        }
        co_return false;
    };
    const auto [one, two] = co_await weir::when_all(expect(), expect());
    CO_CHECK(one && two);
    CO_CHECK_EQUAL(begun, 1);
    CO_CHECK_EQUAL(kept.loading(), 0U);
    CO_CHECK_EQUAL(kept.statistics().loads, 1U);
    CO_CHECK_EQUAL(kept.statistics().load_failures, 1U);
    CO_CHECK(is_about(kept.statistics().load_time, 1s));
}

CO_TEST(a_refresh_that_ends_by_an_exception_of_any_kind_is_a_failed_load_and_no_more) {
    cache_options options(10);
    options.ttl = 1h;
    options.refresh_ahead = 1h;
    cache kept(co_await weir::this_task(), options, [](const int&) -> task<result<std::string>> {
        co_await pass(1s);
        throw 7;  // not a std::exception
    });
    kept.put(7, "put");
    const auto given = co_await quick(kept, 7);
    CO_CHECK_EQUAL(given, "put");
    co_await pass(2s);
    CO_CHECK_EQUAL(kept.statistics().loads, 1U);
    CO_CHECK_EQUAL(kept.statistics().load_failures, 1U);
    co_await kept.close();
}

CO_TEST(what_nobody_asks_for_any_more_gives_its_memory_back) {
    source from;
    cache_options options(20'000);
    options.ttl = 1h;
    options.sweep_interval = 5min;
    cache kept(co_await weir::this_task(), options, from.function());
    for (int key = 0; key < 10'000; ++key) kept.put(key, "value");
    co_await pass(59min);
    CO_CHECK_EQUAL(kept.size(), 10'000U);
    co_await pass(7min);
    CO_CHECK_EQUAL(kept.size(), 0U);
    CO_CHECK_EQUAL(kept.statistics().expirations, 10'000U);
    // It looks again when there is something again.
    kept.put(1, "value");
    co_await pass(66min);
    CO_CHECK_EQUAL(kept.size(), 0U);
}

CO_TEST(a_sweep_finds_all_that_is_over_though_most_have_left_and_one_round_does_so_too) {
    source from;
    cache_options options(20'000);
    cache kept(co_await weir::this_task(), options, from.function());
    for (int key = 0; key < 10'000; ++key) kept.put(key, "value", key < 9'990 ? 1h : 4min);
    for (int key = 0; key < 9'990; ++key) kept.erase(key);
    co_await pass(4min + 1s);
    CO_CHECK_EQUAL(kept.sweep(), 10U);
    for (int key = 0; key < 10'000; ++key) kept.put(key, "value", 4min);
    co_await pass(6min);
    CO_CHECK_EQUAL(kept.size(), 0U);
}

CO_TEST(nothing_is_looked_for_where_the_interval_is_for_ever_or_zero) {
    source from;
    for (const auto interval : {cache_options::forever, cache_options::duration(0)}) {
        cache_options options(10);
        options.ttl = 1min;
        options.sweep_interval = interval;
        cache kept(co_await weir::this_task(), options, from.function());
        kept.put(1, "value");
        co_await pass(1h);
        CO_CHECK_EQUAL(kept.size(), 1U);
        CO_CHECK_EQUAL(kept.sweep(), 1U);
    }
}

CO_TEST(a_hit_allocates_nothing_and_gives_up_no_turn) {
    weir::cache_options options(100);
    options.ttl = 1h;
    weir::cache<int, int> kept(co_await weir::this_task(), options,
                               [](const int& key) -> task<result<int>> { co_return key; });
    for (int key = 0; key < 100; ++key) kept.put(key, key);
    int right = 0;
    const weir::test::allocation_count allocated;
    for (int key = 0; key < 100; ++key) {
        const auto got = co_await kept.get(key);
        if (got && *got == key) ++right;
    }
    CO_CHECK_EQUAL(allocated.value(), 0U);
    CO_CHECK_EQUAL(right, 100);
}

CO_TEST(statistics_tell_what_happened) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    for (int key = 0; key < 20; ++key) static_cast<void>(co_await kept.get(key));
    static_cast<void>(co_await kept.get(19));
    from.takes = 3s;
    static_cast<void>(co_await kept.get(100));
    const auto counted = kept.statistics();
    CO_CHECK_EQUAL(counted.hits, 1U);
    CO_CHECK_EQUAL(counted.misses, 21U);
    CO_CHECK_EQUAL(counted.loads, 21U);
    CO_CHECK_EQUAL(counted.load_failures, 0U);
    CO_CHECK_EQUAL(counted.entries, 10U);
    CO_CHECK_EQUAL(counted.weight, 10U);
    CO_CHECK_EQUAL(counted.evictions, 11U);
    CO_CHECK(is_about(counted.max_load_time, 3s));
    CO_CHECK(counted.load_time >= 23s);
    CO_CHECK(counted.hit_ratio() > 0.04 && counted.hit_ratio() < 0.05);
}

BOOST_AUTO_TEST_SUITE_END()
