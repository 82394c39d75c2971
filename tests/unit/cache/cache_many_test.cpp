// SPDX-License-Identifier: Apache-2.0
// cache: several keys at once, for those who wait for them and ahead of those who will.
#include "co_test.hpp"
#include "is_about.hpp"
#include "slow_source.hpp"

#include <weir/cache/cache.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(cache_many_test)

namespace {

using namespace std::chrono_literals;
using weir::cache_options;
using weir::result;
using weir::task;
using weir::test::is_about;
using cache = weir::cache<int, std::string>;
using source = weir::test::slow_source;

}  // namespace

CO_TEST(several_keys_are_loaded_with_one_call) {
    source from;
    int calls = 0;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    kept.load_many_by(
        [&](const std::vector<int>& keys) -> task<result<std::vector<result<std::string>>>> {
            ++calls;
            CO_CHECK_EQUAL(keys.size(), 3U);
            co_await weir::ok(weir::sleep_for(1s));
            std::vector<result<std::string>> values;
            for (const int key : keys) {
                if (key == 13) {
                    values.emplace_back(weir::fail(std::errc::no_such_file_or_directory));
                } else {
                    values.emplace_back("many " + std::to_string(key));
                }
            }
            co_return values;
        });
    kept.put(1, "one");
    const auto begin = weir::reactor::current().now();
    std::vector<int> keys{1, 2, 13, 3, 2};
    const auto all = co_await kept.get_many(keys);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1s));
    CO_REQUIRE(all.size() == 5U);
    CO_REQUIRE(all[0] && all[1] && all[3] && all[4]);
    CO_CHECK_EQUAL(*all[0], "one");
    CO_CHECK_EQUAL(*all[1], "many 2");
    CO_CHECK(!all[2] && all[2].error() == std::errc::no_such_file_or_directory);
    CO_CHECK_EQUAL(*all[3], "many 3");
    CO_CHECK_EQUAL(*all[4], "many 2");
    CO_CHECK_EQUAL(calls, 1);
    CO_CHECK_EQUAL(from.begun, 0);
    CO_CHECK(kept.find(2) != nullptr);
}

CO_TEST(a_load_of_several_serves_those_that_ask_for_one_and_outlives_who_began_it) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    int calls = 0;
    kept.load_many_by(
        [&](const std::vector<int>& keys) -> task<result<std::vector<result<std::string>>>> {
            ++calls;
            co_await weir::ok(weir::sleep_for(1s));
            co_return std::vector<result<std::string>>(keys.size(), std::string("many"));
        });
    const auto give_up = [&kept]() -> task<> {
        std::vector<int> keys{1, 2, 3};
        static_cast<void>(co_await weir::with_timeout(500ms, kept.get_many(keys)));
    };
    const auto late = [&kept]() -> task<result<std::string>> {
        static_cast<void>(co_await weir::sleep_for(100ms));
        co_return co_await kept.get(2);
    };
    const auto both = co_await weir::when_all(give_up(), late());
    const auto& got = std::get<1>(both);
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(*got, "many");
    CO_CHECK_EQUAL(calls, 1);
    CO_CHECK_EQUAL(from.begun, 0);
}

CO_TEST(a_load_of_several_that_gives_too_few_is_an_error_of_all) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    kept.load_many_by(
        [](const std::vector<int>&) -> task<result<std::vector<result<std::string>>>> {
            co_return std::vector<result<std::string>>(1, std::string("one"));
        });
    std::vector<int> keys{1, 2};
    const auto all = co_await kept.get_many(keys);
    CO_REQUIRE(all.size() == 2U);
    for (const auto& each : all) {
        CO_CHECK(!each && each.error() == std::errc::illegal_byte_sequence);
    }
    CO_CHECK(kept.find(1) == nullptr);
}

CO_TEST(several_keys_are_given_kept_failures_and_expired_values_as_one_is) {
    source from;
    cache_options options(10);
    options.ttl = 60s;
    options.stale_if_error = 600s;
    options.negative_ttl = 600s;
    cache kept(co_await weir::this_task(), options, from.function());
    std::vector<int> asked;
    kept.load_many_by(
        [&](const std::vector<int>& keys) -> task<result<std::vector<result<std::string>>>> {
            asked = keys;
            co_await weir::ok(weir::sleep_for(1s));
            co_return weir::fail(std::errc::connection_refused);
        });
    static_cast<void>(co_await kept.get(-1));
    kept.put(7, "old");
    static_cast<void>(co_await weir::sleep_for(61s));
    std::vector<int> keys{-1, 7, 8};
    const auto all = co_await kept.get_many(keys);
    CO_REQUIRE(all.size() == 3U);
    CO_CHECK(!all[0] && all[0].error() == std::errc::no_such_file_or_directory);
    CO_CHECK(all[1] && *all[1] == "old");
    CO_CHECK(!all[2] && all[2].error() == std::errc::connection_refused);
    CO_CHECK(asked == (std::vector<int>{7, 8}));
    CO_CHECK_EQUAL(kept.statistics().negative_hits, 1U);
    CO_CHECK_EQUAL(kept.statistics().stale_hits, 1U);
}

CO_TEST(without_a_function_for_several_they_are_loaded_beside_each_other) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(10), from.function());
    const auto begin = weir::reactor::current().now();
    std::vector<int> keys{1, 2, 3, 2};
    const auto all = co_await kept.get_many(keys);
    CO_CHECK_EQUAL(all.size(), 4U);
    CO_CHECK_EQUAL(from.begun, 3);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1s));
    std::vector<int> none;
    const auto nothing = co_await kept.get_many(none);
    CO_CHECK(nothing.empty());
}

CO_TEST(warming_loads_what_is_missing_later_and_a_few_at_once) {
    source from;
    cache kept(co_await weir::this_task(), cache_options(100), from.function());
    kept.put(3, "three");
    std::vector<int> keys;
    for (int key = -1; key < 20; ++key) keys.push_back(key);
    const auto begin = weir::reactor::current().now();
    const auto warmed = co_await kept.warm(keys, 4, 30s);
    CO_REQUIRE(warmed.has_value());
    CO_CHECK_EQUAL(*warmed, 19U);
    CO_CHECK_EQUAL(from.begun, 20);
    CO_CHECK_EQUAL(from.max_in_flight, 4);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 35s));
    CO_CHECK_EQUAL(*kept.find(3), "three");
}

BOOST_AUTO_TEST_SUITE_END()
