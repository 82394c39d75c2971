// SPDX-License-Identifier: Apache-2.0
// tiered_cache: who is asked in which order, what a broken store does, and that no tier keeps what
// is over.
#include <weir/cache/tiered_cache.hpp>

#include "co_test.hpp"
#include "is_about.hpp"
#include "slow_source.hpp"

#include <weir/cache/memory_store.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <optional>
#include <string>

BOOST_AUTO_TEST_SUITE(tiered_cache_test)

namespace {

using namespace std::chrono_literals;
using weir::cache_options;
using weir::result;
using weir::stored_value;
using weir::task;
using weir::test::is_about;
using source = weir::test::slow_source;
using stored = std::optional<stored_value<std::string>>;

/// A store that takes its time and can be broken.
class slow_store {
public:
    task<result<stored>> load(const int& key) {
        ++loads;
        co_await weir::ok(weir::sleep_for(takes));
        if (is_broken) co_return weir::fail(std::errc::io_error);
        co_return co_await kept.load(key);
    }
    task<result<void>> save(const int& key, const std::string& value,
                            std::chrono::nanoseconds ttl) {
        ++saves;
        co_await weir::ok(weir::sleep_for(save_takes == 0ns ? takes : save_takes));
        if (is_broken) co_return weir::fail(std::errc::io_error);
        co_return co_await kept.save(key, value, ttl);
    }
    task<result<void>> erase(const int& key) {
        co_await weir::ok(weir::sleep_for(takes));
        if (is_broken) co_return weir::fail(std::errc::io_error);
        co_return co_await kept.erase(key);
    }
    weir::memory_store<int, std::string> kept{100};
    std::chrono::nanoseconds takes = 10ms;
    std::chrono::nanoseconds save_takes{0};  // if not as the others
    bool is_broken = false;
    int loads = 0;
    int saves = 0;
};
using tiers = weir::tiered_cache<int, std::string, slow_store>;

task<std::string> text_of(tiers& from, int key) {
    const auto got = co_await from.get(key);
    co_return got ? *got : got.error().message();
}
task<bool> is_stored(slow_store& store, int key) {
    const auto found = co_await store.kept.load(key);
    co_return found && *found;
}
task<> get_and_count(tiers& from, int& right) {
    const auto got = co_await text_of(from, 7);
    if (got == "7") ++right;
}

}  // namespace

CO_TEST(a_miss_asks_the_store_and_then_the_source_and_both_tiers_keep_it) {
    source from;
    slow_store store;
    tiers all(co_await weir::this_task(), cache_options(10), store, from.function());
    const auto first = co_await text_of(all, 7);
    CO_CHECK_EQUAL(first, "7");
    const auto kept = co_await is_stored(store, 7);
    CO_CHECK(kept);
    all.forget(7);
    const auto second = co_await text_of(all, 7);
    CO_CHECK_EQUAL(second, "7");
    const auto third = co_await text_of(all, 7);
    CO_CHECK_EQUAL(third, "7");
    CO_CHECK_EQUAL(from.begun, 1);
    CO_CHECK_EQUAL(store.loads, 2);
    CO_CHECK_EQUAL(all.statistics().hits, 1U);
    CO_CHECK_EQUAL(all.statistics().misses, 1U);
    co_await all.close();
}

CO_TEST(a_thousand_that_miss_at_once_ask_the_store_once) {
    source from;
    slow_store store;
    static_cast<void>(co_await store.kept.save(7, "7", 1h));
    tiers all(co_await weir::this_task(), cache_options(10), store, from.function());
    int right = 0;
    weir::task_group group(co_await weir::this_task(), 1000);
    for (int i = 0; i < 1000; ++i) {
        CO_CHECK(group.try_spawn(get_and_count, std::ref(all), std::ref(right)));
    }
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(right, 1000);
    CO_CHECK_EQUAL(store.loads, 1);
    CO_CHECK_EQUAL(from.begun, 0);
    co_await all.close();
}

CO_TEST(a_value_is_no_younger_here_than_in_the_store) {
    source from;
    slow_store store;
    static_cast<void>(co_await store.kept.save(7, "old", 10s));
    cache_options options(10);
    options.ttl = 1h;
    tiers all(co_await weir::this_task(), options, store, from.function());
    const auto old = co_await text_of(all, 7);
    CO_CHECK_EQUAL(old, "old");
    static_cast<void>(co_await weir::sleep_for(11s));
    const auto anew = co_await text_of(all, 7);
    CO_CHECK_EQUAL(anew, "7");
    co_await all.close();
}

CO_TEST(a_broken_or_silent_store_only_makes_it_slower) {
    source from;
    slow_store store;
    store.is_broken = true;
    tiers all(co_await weir::this_task(), cache_options(10), store, from.function());
    const auto got = co_await text_of(all, 7);
    CO_CHECK_EQUAL(got, "7");
    CO_CHECK_EQUAL(all.statistics().failures, 2U);
    store.takes = 1h;
    const auto begin = weir::reactor::current().now();
    const auto late = co_await text_of(all, 8);
    CO_CHECK_EQUAL(late, "8'");
    // A second each for reading, loading and writing.
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 3s));
    CO_CHECK_EQUAL(all.statistics().failures, 4U);
    co_await all.close();
}

CO_TEST(written_behind_nobody_waits_for_the_store_and_closing_does) {
    source from;
    slow_store store;
    store.takes = 500ms;
    weir::tier_options tier;
    tier.writes = weir::store_writes::behind;
    tier.max_behind = 1;
    tiers all(co_await weir::this_task(), cache_options(10), store, from.function(), tier);
    const auto begin = weir::reactor::current().now();
    static_cast<void>(co_await weir::when_all(text_of(all, 7), text_of(all, 8)));
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1500ms));
    CO_CHECK_EQUAL(store.saves, 1);
    CO_CHECK_EQUAL(all.statistics().skipped, 1U);
    co_await all.close();
    const auto kept = co_await is_stored(store, 7);
    CO_CHECK(kept);
}

CO_TEST(what_is_put_or_erased_is_so_in_both_tiers) {
    source from;
    slow_store store;
    tiers all(co_await weir::this_task(), cache_options(10), store, from.function());
    const auto put = co_await all.put(7, "put");
    CO_CHECK(put.has_value());
    all.forget(7);
    const auto got = co_await text_of(all, 7);
    CO_CHECK_EQUAL(got, "put");
    const auto erased = co_await all.erase(7);
    CO_CHECK(erased.has_value());
    const auto anew = co_await text_of(all, 7);
    CO_CHECK_EQUAL(anew, "7");
    store.is_broken = true;
    const auto failed = co_await all.put(7, "lost");
    CO_CHECK(!failed && failed.error() == std::errc::io_error);
    CO_CHECK(all.near().find(7) == nullptr);
    co_await all.close();
}

CO_TEST(a_load_that_was_overtaken_by_an_erase_leaves_nothing_in_either_tier) {
    // At whichever moment of the load: while the store is read, while it is loaded, while it is
    // written.
    for (const auto moment : {5ms, 500ms, 1015ms}) {
        source from;
        slow_store store;
        tiers all(co_await weir::this_task(), cache_options(10), store, from.function());
        const auto erase = [&all, moment]() -> task<> {
            static_cast<void>(co_await weir::sleep_for(moment));
            static_cast<void>(co_await all.erase(7));
        };
        static_cast<void>(co_await weir::when_all(text_of(all, 7), erase()));
        co_await all.close();
        CO_CHECK(all.near().find(7) == nullptr);
        const auto kept = co_await is_stored(store, 7);
        CO_CHECK(!kept);
    }
}

CO_TEST(what_is_put_while_a_load_writes_is_not_overwritten_in_the_store) {
    source from;
    slow_store store;
    weir::tier_options tier;
    tier.timeout = 5s;
    tiers all(co_await weir::this_task(), cache_options(10), store, from.function(), tier);
    // The put begins before the load; it ends at 1015 ms, while that writes from 1010 to 1030 ms.
    store.save_takes = 1015ms;
    const auto put = [&all]() -> task<> { static_cast<void>(co_await all.put(7, "put")); };
    const auto load = [&all, &store]() -> task<> {
        store.save_takes = 20ms;
        static_cast<void>(co_await text_of(all, 7));
    };
    static_cast<void>(co_await weir::when_all(put(), load()));
    co_await all.close();
    const auto found = co_await store.kept.load(7);
    CO_CHECK(!found || !*found || (*found)->value == "put");
}

CO_TEST(a_refresh_that_ends_with_a_value_while_closing_is_written_before_the_end) {
    slow_store store;
    weir::tier_options tier;
    tier.writes = weir::store_writes::behind;
    cache_options options(10);
    options.ttl = 60s;
    options.stale_while_revalidate = 60s;
    // It has its value though it is stopped.
    const auto load = [](const int& key) -> task<result<std::string>> {
        static_cast<void>(co_await weir::sleep_for(1s));
        co_return std::to_string(key);
    };
    tiers all(co_await weir::this_task(), options, store, load, tier);
    all.near().put(7, "old");
    static_cast<void>(co_await weir::sleep_for(61s));
    static_cast<void>(co_await text_of(all, 7));
    static_cast<void>(co_await weir::sleep_for(500ms));  // the store has none; it is being loaded
    co_await all.close();
    CO_CHECK_EQUAL(all.near().loading(), 0U);
}

CO_TEST(what_comes_from_the_store_has_the_terms_of_what_is_loaded) {
    source from;
    slow_store store;
    static_cast<void>(co_await store.kept.save(7, "7", 1h));
    tiers all(co_await weir::this_task(), cache_options(10), store, from.function());
    all.near().terms_by([](const int&, const std::string&) {
        weir::load_terms<int> terms;
        terms.ttl = 10s;
        terms.made_from.add("all");
        return terms;
    });
    static_cast<void>(co_await text_of(all, 7));
    CO_CHECK(all.near().find(7) != nullptr);
    all.near().invalidate("all");
    CO_CHECK(all.near().find(7) == nullptr);
    static_cast<void>(co_await text_of(all, 7));
    static_cast<void>(co_await weir::sleep_for(11s));
    CO_CHECK(all.near().find(7) == nullptr);
    co_await all.close();
}

CO_TEST(stacked_stores_look_near_first_and_bring_nearer_what_is_far) {
    weir::memory_store<int, std::string> near(10);
    slow_store far;
    weir::stacked_store<int, std::string, decltype(near), slow_store> both(near, far);
    static_cast<void>(co_await far.kept.save(7, "far", 1h));
    const auto found = co_await both.load(7);
    CO_REQUIRE(found && *found);
    CO_CHECK_EQUAL((*found)->value, "far");
    CO_CHECK((*found)->left <= 1h);
    const auto again = co_await both.load(7);
    CO_REQUIRE(again && *again);
    CO_CHECK_EQUAL(far.loads, 1);
    const auto saved = co_await both.save(8, "both", 1h);
    CO_CHECK(saved.has_value());
    CO_CHECK_EQUAL(near.size(), 2U);
    const auto erased = co_await both.erase(8);
    CO_CHECK(erased.has_value());
    const auto gone = co_await both.load(8);
    CO_CHECK(gone && !*gone);
}

CO_TEST(what_comes_from_far_while_it_is_erased_or_saved_does_not_stay_near) {
    // While it is read far, and while it is written near.
    for (const auto moment : {0ms, 5ms, 12ms, 15ms}) {
        for (const bool erases : {true, false}) {
            slow_store near;
            slow_store far;
            weir::stacked_store<int, std::string, slow_store, slow_store> both(near, far);
            static_cast<void>(co_await far.kept.save(7, "old", 1h));
            near.save_takes = 30ms;
            const auto load = [&both]() -> task<> { static_cast<void>(co_await both.load(7)); };
            const auto change = [&both, moment, erases]() -> task<> {
                static_cast<void>(co_await weir::sleep_for(moment));
                if (erases) {
                    static_cast<void>(co_await both.erase(7));
                } else {
                    static_cast<void>(co_await both.save(7, "new", 1h));
                }
            };
            static_cast<void>(co_await weir::when_all(load(), change()));
            const auto found = co_await near.kept.load(7);
            CO_CHECK(!found || !*found || (!erases && (*found)->value == "new"));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
