// SPDX-License-Identifier: Apache-2.0
// pool: what it does on a good day: lending, warming up, counting; and that it costs nothing.
#include <weir/pool/pool.hpp>

#include "allocation_count.hpp"
#include "gadgets.hpp"
#include "is_about.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/sync/task_group.hpp>

#include <optional>
#include <utility>

BOOST_AUTO_TEST_SUITE(pool_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::test;

}  // namespace

CO_TEST(the_first_one_is_opened_when_it_is_asked_for_and_used_again) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(5));
    CO_CHECK_EQUAL(shop.attempts, 0);
    const int first = co_await use(gadgets, 1s);
    const int second = co_await use(gadgets, 1s);
    CO_CHECK_EQUAL(first, 1);
    CO_CHECK_EQUAL(second, 1);
    const auto ended = co_await gadgets.drain();
    CO_CHECK(ended.has_value());
    CO_CHECK_EQUAL(shop.alive, 0);
    CO_CHECK_EQUAL(shop.attempts, 1);
}

CO_TEST(a_callable_is_a_factory_too) {
    workshop shop;
    plain_factory factory(shop);
    const auto open = [&factory] { return factory.open(); };
    gadget_pool gadgets(co_await weir::this_task(), open, room_for(5));
    const int number = co_await use(gadgets, 1s);
    CO_CHECK_EQUAL(number, 1);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(callers_that_wait_are_served_by_openings_in_parallel) {
    workshop shop;
    auto options = room_for(10);
    options.max_opening = 4;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), options);
    const auto begin = weir::reactor::current().now();
    weir::task_group group(co_await weir::this_task(), 10);
    for (int i = 0; i < 10; ++i) {
        CO_CHECK(group.try_spawn(use_and_forget, std::ref(gadgets), 1s));
    }
    CO_CHECK_EQUAL(gadgets.statistics().opening, 4U);
    CO_CHECK_EQUAL(gadgets.statistics().waiting, 10U);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(shop.most_opening, 4);
    CO_CHECK_EQUAL(shop.opened, 10);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1030ms));
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(once_it_is_in_use_as_many_as_the_minimum_are_open) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), weir::pool_options(3, 5));
    static_cast<void>(co_await use(gadgets, 1s));
    CO_CHECK_EQUAL(gadgets.statistics().idle, 3U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(warming_up_opens_so_many_at_a_time_and_waits_for_all) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop),
                        weir::pool_options(0, 100));
    const auto begin = weir::reactor::current().now();
    const auto warm = co_await gadgets.warm_up(100, 20);
    CO_CHECK(warm.has_value());
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 50ms));
    CO_CHECK_EQUAL(gadgets.statistics().idle, 100U);
    CO_CHECK_EQUAL(shop.most_opening, 20);
    const auto again = co_await gadgets.warm_up(50, 1);
    CO_CHECK(again.has_value());
    CO_CHECK_EQUAL(shop.attempts, 100);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(warming_up_says_why_it_could_not) {
    workshop shop;
    shop.is_down = true;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(5));
    const auto at_once = co_await gadgets.warm_up(3);
    CO_REQUIRE((!at_once && at_once.error() == std::errc::connection_refused) || is_disturbed());
    const auto late = co_await weir::with_timeout(3s, gadgets.warm_up(3));
    CO_CHECK(!late && late.error() == std::errc::connection_refused);
    shop.is_down = false;
    const auto warm = co_await weir::with_timeout(20s, gadgets.warm_up(3));
    CO_CHECK(warm.has_value());
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(try_acquire_takes_what_is_idle_and_never_waits) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(5));
    CO_CHECK(!gadgets.try_acquire().has_value());
    static_cast<void>(co_await use(gadgets, 1s));
    {
        const auto lease = gadgets.try_acquire();
        CO_CHECK(lease.has_value());
        CO_CHECK(!gadgets.try_acquire().has_value());
    }
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_lease_cannot_be_given_back_twice_or_lost) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(5));
    static_cast<void>(co_await gadgets.warm_up(2));
    {
        auto one = gadgets.try_acquire();
        auto other = gadgets.try_acquire();
        CO_CHECK(is_disturbed() || (one && other));
        if (one && other) {
            auto moved = std::move(*one);
            one->release();
            CO_CHECK_EQUAL(gadgets.statistics().lent, 2U);
            moved = std::move(*other);
            CO_CHECK_EQUAL(gadgets.statistics().lent, 1U);
            moved.release();
            moved.release();
            CO_CHECK(moved.is_empty());
        }
    }
    CO_CHECK_EQUAL(gadgets.statistics().lent, 0U);
    CO_CHECK(is_disturbed() || gadgets.statistics().idle == 2U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(waits_are_in_the_histogram_of_those_that_got_a_lease) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    static_cast<void>(co_await gadgets.warm_up(1));
    static_cast<void>(co_await weir::when_all(use(gadgets, 1s), use(gadgets, 1s),
                                              refused_within(500ms, gadgets)));
    CO_CHECK_EQUAL(gadgets.wait_times().count(), 2U);
    CO_CHECK_EQUAL(gadgets.wait_times().min(), 0U);
    CO_CHECK(is_about(std::chrono::nanoseconds(gadgets.wait_times().max()), 1s));
    const auto counted = gadgets.statistics();
    CO_CHECK_EQUAL(counted.acquired, 2U);
    CO_CHECK_EQUAL(counted.timeouts, 1U);
    static_cast<void>(co_await gadgets.drain());
    CO_CHECK_EQUAL(gadgets.statistics().opened, gadgets.statistics().closed);
}

CO_TEST(acquiring_what_is_idle_neither_waits_nor_allocates) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), room_for(2));
    static_cast<void>(co_await gadgets.warm_up(2));
    const auto turns = weir::reactor::current().stats().turns;
    const allocation_count count;
    for (int i = 0; i < 1000; ++i) {
        auto lease = co_await gadgets.acquire();
        if (!lease) break;
        lease->begin_conversation();
        lease->end_conversation();
    }
    CO_CHECK_EQUAL(count.value(), 0U);
    CO_CHECK_EQUAL(weir::reactor::current().stats().turns, turns);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(handing_over_allocates_nothing) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    static_cast<void>(co_await gadgets.warm_up(1));
    static_cast<void>(co_await weir::when_all(use(gadgets, 1ms), use(gadgets, 1ms)));
    const allocation_count count;
    for (int i = 0; i < 100; ++i) {
        static_cast<void>(co_await weir::when_all(use(gadgets, 1ms), use(gadgets, 1ms)));
    }
    CO_CHECK_EQUAL(count.value(), 0U);
    static_cast<void>(co_await gadgets.drain());
}

BOOST_AUTO_TEST_SUITE_END()
