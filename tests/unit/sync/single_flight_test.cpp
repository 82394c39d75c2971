// SPDX-License-Identifier: Apache-2.0
// single_flight: one load for all that ask, whoever of them is stopped.
#include <weir/sync/single_flight.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(single_flight_test)

namespace {

using namespace std::chrono_literals;
using weir::test::is_about;
using flights = weir::single_flight<std::string, int>;

/// Loads that take a second, and what became of them.
class source {
public:
    weir::task<weir::result<int>> load(int value) {
        ++begun;
        const auto slept = co_await weir::sleep_for(1s);
        ++ended;
        if (!slept) co_return weir::fail(slept.error());
        if (value < 0) co_return weir::fail(std::errc::no_link);
        if (value == 0) throw std::runtime_error("nothing");
        co_return value;
    }
    auto of(int value) {
        return [this, value] { return load(value); };
    }
    int begun = 0;
    int ended = 0;
};

weir::task<weir::result<int>> ask(flights& all, source& from, std::string key, int value) {
    co_return co_await all.run(std::move(key), from.of(value));
}
/// Asks, and gives up after `patience`.
weir::task<weir::result<int>> ask_for(flights& all, source& from, std::string key, int value,
                                      std::chrono::nanoseconds patience) {
    co_return co_await weir::with_timeout(patience, ask(all, from, std::move(key), value));
}
weir::task<weir::result<int>> ask_after(std::chrono::nanoseconds delay, flights& all, source& from,
                                        std::string key, int value) {
    const auto slept = co_await weir::sleep_for(delay);
    if (!slept) co_return weir::fail(slept.error());
    co_return co_await ask(all, from, std::move(key), value);
}
weir::task<> ask_and_count(flights& all, source& from, int& right) {
    const auto got = co_await ask(all, from, "key", 7);
    if (got && *got == 7) ++right;
}

}  // namespace

CO_TEST(a_thousand_that_ask_at_once_get_one_load) {
    source from;
    flights all(co_await weir::this_task());
    int right = 0;
    weir::task_group group(co_await weir::this_task(), 1000);
    for (int i = 0; i < 1000; ++i) {
        CO_CHECK(group.try_spawn(ask_and_count, std::ref(all), std::ref(from), std::ref(right)));
    }
    CO_CHECK_EQUAL(all.in_flight(), 1U);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(right, 1000);
    CO_CHECK_EQUAL(from.begun, 1);
    CO_CHECK_EQUAL(all.in_flight(), 0U);
}

CO_TEST(a_leader_that_gives_up_leaves_the_load_to_the_others) {
    source from;
    flights all(co_await weir::this_task());
    const auto [leader, follower] =
        co_await weir::when_all(ask_for(all, from, "key", 7, 500ms), ask(all, from, "key", 8));
    CO_REQUIRE(!leader.has_value());
    CO_CHECK(leader.error() == std::errc::timed_out);
    CO_REQUIRE(follower.has_value());
    CO_CHECK_EQUAL(*follower, 7);
    CO_CHECK_EQUAL(from.begun, 1);
}

CO_TEST(the_last_that_gives_up_stops_the_load_and_waits_for_its_end) {
    source from;
    flights all(co_await weir::this_task());
    const auto begin = weir::reactor::current().now();
    const auto [first, second] = co_await weir::when_all(ask_for(all, from, "key", 7, 200ms),
                                                         ask_for(all, from, "key", 7, 500ms));
    CO_CHECK(!first.has_value());
    CO_REQUIRE(!second.has_value());
    CO_CHECK(second.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(from.ended, 1);
    CO_CHECK_EQUAL(all.in_flight(), 0U);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 500ms));
}

CO_TEST(who_comes_while_a_load_is_being_stopped_gets_one_of_its_own) {
    source from;
    flights all(co_await weir::this_task());
    // A load that takes a while to end when it is stopped.
    const auto slow = [&from]() -> weir::task<weir::result<int>> {
        const auto loaded = co_await from.load(1);
        static_cast<void>(co_await weir::shield(weir::sleep_for(1s), 1h));
        co_return loaded;
    };
    const auto give_up = [&]() -> weir::task<weir::result<int>> {
        auto asked = all.run("key", slow);
        co_return co_await weir::with_timeout(100ms, asked);
    };
    const auto [stopped, late, later] = co_await weir::when_all(
        give_up(), ask_after(500ms, all, from, "key", 2), ask_after(600ms, all, from, "key", 3));
    CO_CHECK(!stopped.has_value());
    CO_REQUIRE(late.has_value());
    CO_CHECK_EQUAL(*late, 2);
    CO_REQUIRE(later.has_value());
    CO_CHECK_EQUAL(*later, 2);
    CO_CHECK_EQUAL(from.begun, 2);
}

CO_TEST(a_value_that_comes_in_spite_of_the_stop_is_for_everybody) {
    source from;
    flights all(co_await weir::this_task());
    const auto stubborn = []() -> weir::task<weir::result<int>> {
        static_cast<void>(co_await weir::shield(weir::sleep_for(1s), 1h));
        co_return 5;
    };
    const auto give_up = [&]() -> weir::task<weir::result<int>> {
        auto asked = all.run("key", stubborn);
        co_return co_await weir::with_timeout(100ms, asked);
    };
    const auto [stopped, late] =
        co_await weir::when_all(give_up(), ask_after(500ms, all, from, "key", 2));
    CO_REQUIRE(stopped.has_value());
    CO_CHECK_EQUAL(*stopped, 5);
    CO_REQUIRE(late.has_value());
    CO_CHECK_EQUAL(*late, 5);
    CO_CHECK_EQUAL(from.begun, 0);
}

CO_TEST(an_error_and_an_exception_reach_all_that_wait) {
    source from;
    flights all(co_await weir::this_task());
    const auto [a, b] =
        co_await weir::when_all(ask(all, from, "key", -1), ask(all, from, "key", -1));
    CO_REQUIRE(!a.has_value());
    CO_REQUIRE(!b.has_value());
    CO_CHECK(a.error() == std::errc::no_link);
    CO_CHECK(b.error() == std::errc::no_link);
    int caught = 0;
    const auto ask_and_catch = [&]() -> weir::task<> {
        try {
            static_cast<void>(co_await ask(all, from, "key", 0));
        } catch (const std::runtime_error&) {
            ++caught;
        }
    };
    static_cast<void>(co_await weir::when_all(ask_and_catch(), ask_and_catch()));
    CO_CHECK_EQUAL(caught, 2);
}

CO_TEST(keys_do_not_wait_for_each_other_and_an_outcome_is_not_kept) {
    source from;
    flights all(co_await weir::this_task());
    const auto begin = weir::reactor::current().now();
    const auto [a, b] = co_await weir::when_all(ask(all, from, "a", 1), ask(all, from, "b", 2));
    CO_REQUIRE(a.has_value());
    CO_REQUIRE(b.has_value());
    CO_CHECK_EQUAL(*a + *b, 3);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1s));
    const auto again = co_await ask(all, from, "a", 4);
    CO_REQUIRE(again.has_value());
    CO_CHECK_EQUAL(*again, 4);
}

CO_TEST(a_load_that_never_waits_is_over_at_once) {
    flights all(co_await weir::this_task());
    const auto quick = []() -> weir::task<weir::result<int>> { co_return 3; };
    auto asked = all.run("key", quick);
    const auto got = co_await asked;
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(*got, 3);
    CO_CHECK_EQUAL(all.in_flight(), 0U);
}

CO_TEST(a_load_is_told_the_key) {
    flights all(co_await weir::this_task());
    const auto length = [](const std::string& key) -> weir::task<weir::result<int>> {
        co_return static_cast<int>(key.size());
    };
    const auto got = co_await all.run("four", length);
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(*got, 4);
}

CO_TEST(who_comes_after_a_load_was_forgotten_gets_one_of_its_own) {
    source from;
    flights all(co_await weir::this_task());
    const auto forget = [&]() -> weir::task<weir::result<int>> {
        const auto slept = co_await weir::sleep_for(500ms);
        if (!slept) co_return weir::fail(slept.error());
        CO_CHECK(all.is_loading("key"));
        all.forget("key");
        CO_CHECK(!all.is_loading("key"));
        CO_CHECK_EQUAL(all.in_flight(), 1U);
        co_return co_await ask(all, from, "key", 8);
    };
    const auto [before, after] = co_await weir::when_all(ask(all, from, "key", 7), forget());
    CO_REQUIRE(before.has_value() && after.has_value());
    CO_CHECK_EQUAL(*before, 7);
    CO_CHECK_EQUAL(*after, 8);
    CO_CHECK_EQUAL(from.begun, 2);
    CO_CHECK_EQUAL(all.in_flight(), 0U);
}

CO_TEST(who_waited_for_the_end_of_a_forgotten_load_joins_the_one_that_came_meanwhile) {
    source from;
    flights all(co_await weir::this_task());
    bool is_stubborn = true;
    const auto stubborn = [&]() -> weir::task<weir::result<int>> {
        // Takes its time to stop.
        const auto slept = co_await weir::shield(weir::sleep_for(1s), 2s);
        is_stubborn = false;
        co_return slept ? weir::result<int>(weir::fail(std::errc::no_link)) : 0;
    };
    const auto give_up = [&]() -> weir::task<weir::result<int>> {
        co_return co_await weir::with_timeout(100ms, all.run("key", stubborn));
    };
    const auto succeed = [&]() -> weir::task<weir::result<int>> {
        co_return co_await ask_after(200ms, all, from, "key", 8);
    };
    const auto forget = [&]() -> weir::task<weir::result<int>> {
        const auto slept = co_await weir::sleep_for(300ms);
        if (!slept) co_return weir::fail(slept.error());
        all.forget("key");
        co_return co_await ask(all, from, "key", 9);
    };
    const auto [first, second, third] = co_await weir::when_all(give_up(), succeed(), forget());
    CO_CHECK(!first.has_value());
    CO_REQUIRE(second.has_value() && third.has_value());
    CO_CHECK_EQUAL(*second, 9);
    CO_CHECK_EQUAL(*third, 9);
    CO_CHECK_EQUAL(from.begun, 1);
    CO_CHECK(!is_stubborn);
}

CO_TEST(joining_a_load_allocates_nothing) {
    weir::single_flight<int, int> all(co_await weir::this_task());
    const auto load = [](const int& key) -> weir::task<weir::result<int>> {
        co_await weir::ok(weir::sleep_for(1s));
        co_return key;
    };
    const auto join = [&]() -> weir::task<> { static_cast<void>(co_await all.run(7, load)); };
    std::uint64_t allocated = 0;
    // The first round fills the pool of frames.
    for (int round = 0; round < 2; ++round) {
        weir::task_group group(co_await weir::this_task(), 101);
        CO_CHECK(group.try_spawn(join));
        const weir::test::allocation_count count;
        for (int i = 0; i < 100; ++i) CO_CHECK(group.try_spawn(join));
        allocated = count.value();
        static_cast<void>(co_await group.join());
    }
    CO_CHECK_EQUAL(allocated, 0U);
}

BOOST_AUTO_TEST_SUITE_END()
