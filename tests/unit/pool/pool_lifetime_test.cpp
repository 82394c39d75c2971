// SPDX-License-Identifier: Apache-2.0
// Nothing lives for ever: lifetimes, idle times, overflow; and what is gone is opened anew.
#include "gadgets.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/sync/task_group.hpp>

BOOST_AUTO_TEST_SUITE(pool_lifetime_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::test;

weir::task<> all_at_once(gadget_pool& from, int count) {
    weir::task_group group(co_await weir::this_task(), 100);
    for (int i = 0; i < count; ++i) {
        static_cast<void>(group.try_spawn(use_and_forget, std::ref(from), 1s));
    }
    static_cast<void>(co_await group.join());
}

}  // namespace

CO_TEST(those_above_the_minimum_are_closed_when_nobody_needs_them) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), weir::pool_options(2, 10));
    co_await all_at_once(gadgets, 10);
    CO_CHECK_EQUAL(shop.alive, 10);
    static_cast<void>(co_await weir::sleep_for(29s));
    CO_CHECK_EQUAL(shop.alive, 10);
    static_cast<void>(co_await weir::sleep_for(2s));
    CO_CHECK_EQUAL(shop.alive, 2);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(those_that_were_warmed_up_for_nobody_go_too) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(5));
    static_cast<void>(co_await gadgets.warm_up(5));
    static_cast<void>(co_await weir::sleep_for(29s));
    CO_CHECK_EQUAL(shop.alive, 5);
    static_cast<void>(co_await weir::sleep_for(2s));
    CO_CHECK_EQUAL(shop.alive, 0);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(in_steady_use_the_last_used_one_stays_and_the_others_go) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(5));
    co_await all_at_once(gadgets, 5);
    for (int i = 0; i < 40; ++i) static_cast<void>(co_await use(gadgets, 1s));
    CO_CHECK_EQUAL(shop.alive, 1);
    CO_CHECK_EQUAL(shop.opened, 5);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(an_idle_one_is_replaced_at_the_end_of_its_life) {
    workshop shop;
    auto options = weir::pool_options(1, 5);
    options.max_lifetime = 1min;
    options.lifetime_jitter = 0;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), options);
    static_cast<void>(co_await use(gadgets, 1s));
    static_cast<void>(co_await weir::sleep_for(58s));
    CO_CHECK_EQUAL(shop.opened, 1);
    static_cast<void>(co_await weir::sleep_for(2s));
    CO_CHECK_EQUAL(shop.opened, 2);
    CO_CHECK_EQUAL(shop.alive, 1);
    CO_CHECK_EQUAL(gadgets.statistics().expired, 1U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_lent_one_lives_until_it_comes_back) {
    workshop shop;
    auto options = room_for(1);
    options.max_lifetime = 1min;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), options);
    const auto [first, second] = co_await weir::when_all(use(gadgets, 2min), use(gadgets, 1s));
    CO_CHECK_EQUAL(first, 1);
    CO_CHECK_EQUAL(second, 2);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(those_that_were_opened_together_do_not_end_together) {
    workshop shop;
    auto options = weir::pool_options(50, 50);
    options.max_lifetime = 100s;
    options.lifetime_jitter = 0.5;
    options.max_opening = 50;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), options);
    static_cast<void>(co_await gadgets.warm_up(50, 50));
    static_cast<void>(co_await weir::sleep_for(50s));
    int before = shop.opened;
    for (int i = 0; i < 10; ++i) {
        static_cast<void>(co_await weir::sleep_for(5s));
        CO_CHECK(shop.opened > before && shop.opened < before + 15);
        before = shop.opened;
    }
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(overflow_serves_a_peak_and_goes_after_it) {
    workshop shop;
    auto options = room_for(2);
    options.overflow = 3;
    options.overflow_ttl = 5s;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), options);
    co_await all_at_once(gadgets, 20);
    CO_CHECK_EQUAL(shop.most_alive, 5);
    CO_CHECK_EQUAL(shop.alive, 5);
    static_cast<void>(co_await weir::sleep_for(6s));
    CO_CHECK_EQUAL(shop.alive, 2);
    static_cast<void>(co_await gadgets.drain());
}

BOOST_AUTO_TEST_SUITE_END()
