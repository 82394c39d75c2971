// SPDX-License-Identifier: Apache-2.0
// A service that is away: who is told what and when, and how the pool comes back.
#include "gadgets.hpp"
#include "is_about.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/sync/task_group.hpp>

BOOST_AUTO_TEST_SUITE(pool_unreliable_factory_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::test;

weir::pool_options tried_each_second(std::size_t max) {
    auto options = room_for(max);
    options.reopen_delays = weir::resilience::backoff_policy::constant(1s);
    return options;
}
weir::task<> repair_after(std::chrono::nanoseconds delay, workshop& shop) {
    static_cast<void>(co_await weir::sleep_for(delay));
    shop.is_down = false;
}
weir::task<> use_within(std::chrono::nanoseconds patience, gadget_pool& from, int& served) {
    const auto lease = co_await weir::with_timeout(patience, from.acquire());
    if (lease) ++served;
}

}  // namespace

CO_TEST(who_has_no_deadline_is_told_at_once) {
    workshop shop;
    shop.is_down = true;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(5));
    const auto begin = weir::reactor::current().now();
    const auto lease = co_await gadgets.acquire();
    CO_CHECK(!lease && lease.error() == std::errc::connection_refused);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 10ms));
    const auto again = co_await gadgets.acquire();
    CO_CHECK(!again && again.error() == std::errc::connection_refused);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 10ms));
    CO_CHECK_EQUAL(shop.attempts, 1);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(who_has_one_learns_at_the_deadline_what_the_last_opening_met) {
    workshop shop;
    shop.is_down = true;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), tried_each_second(5));
    const auto begin = weir::reactor::current().now();
    const auto error = co_await refused_within(5s, gadgets);
    CO_CHECK(error == std::errc::connection_refused);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 5s));
    CO_CHECK_EQUAL(shop.attempts, 5);
    CO_CHECK_EQUAL(gadgets.statistics().timeouts, 1U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(an_outage_is_ridden_out_with_one_attempt_at_a_time) {
    workshop shop;
    shop.is_down = true;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), tried_each_second(50));
    int served = 0;
    weir::task_group group(co_await weir::this_task(), 51);
    CO_CHECK(group.try_spawn(repair_after, 10500ms, std::ref(shop)));
    for (int i = 0; i < 50; ++i) {
        CO_CHECK(group.try_spawn(use_within, 20s, std::ref(gadgets), std::ref(served)));
    }
    static_cast<void>(co_await weir::sleep_for(10s));
    // Ten at first, as many as may be opened at once, and then one a second.
    CO_CHECK(shop.attempts >= 18 && shop.attempts <= 20);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(served, 50);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(an_error_of_an_opening_is_no_news_while_others_are_lent) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), tried_each_second(5));
    static_cast<void>(co_await gadgets.warm_up(1));
    shop.is_down = true;
    const auto [first, second] = co_await weir::when_all(use(gadgets, 10s), use(gadgets, 1s));
    CO_CHECK_EQUAL(first, 1);
    CO_CHECK_EQUAL(second, 1);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(nothing_is_tried_any_more_when_nobody_waits) {
    workshop shop;
    shop.is_down = true;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), tried_each_second(5));
    static_cast<void>(co_await refused_within(3500ms, gadgets));
    const int attempts = shop.attempts;
    static_cast<void>(co_await weir::sleep_for(1h));
    CO_CHECK_EQUAL(shop.attempts, attempts);
    shop.is_down = false;
    const int number = co_await use(gadgets, 0s);
    CO_CHECK_EQUAL(number, 1);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(the_minimum_comes_back_by_itself) {
    workshop shop;
    auto options = weir::pool_options(3, 5);
    options.validate_idle_every = 10s;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), options);
    static_cast<void>(co_await gadgets.warm_up(3));
    shop.is_down = true;
    shop.broken = {1, 2, 3};
    static_cast<void>(co_await weir::sleep_for(30s));
    CO_CHECK_EQUAL(shop.alive, 0);
    shop.is_down = false;
    static_cast<void>(co_await weir::sleep_for(11s));
    CO_CHECK_EQUAL(gadgets.statistics().idle, 3U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(an_exception_of_the_factory_is_a_failure_and_comes_out_of_drain) {
    workshop shop;
    shop.throws = true;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(5));
    const auto lease = co_await gadgets.acquire();
    CO_CHECK(!lease && lease.error() == std::errc::state_not_recoverable);
    shop.throws = false;
    bool caught = false;
    try {
        static_cast<void>(co_await gadgets.drain());
    } catch (const std::logic_error&) {
        caught = true;
    }
    CO_CHECK(caught);
}

BOOST_AUTO_TEST_SUITE_END()
