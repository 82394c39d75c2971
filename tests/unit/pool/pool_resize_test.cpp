// SPDX-License-Identifier: Apache-2.0
// The bounds change while the pool is at work.
#include "gadgets.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/sync/task_group.hpp>

BOOST_AUTO_TEST_SUITE(pool_resize_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::test;

}  // namespace

CO_TEST(a_larger_pool_serves_those_that_wait_at_once) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    weir::task_group group(co_await weir::this_task(), 10);
    for (int i = 0; i < 5; ++i) {
        CO_CHECK(group.try_spawn(use_and_forget, std::ref(gadgets), 1min));
    }
    static_cast<void>(co_await weir::sleep_for(1s));
    CO_CHECK_EQUAL(gadgets.statistics().lent, 1U);
    gadgets.resize(0, 3);
    static_cast<void>(co_await weir::sleep_for(1s));
    CO_CHECK_EQUAL(gadgets.statistics().lent, 3U);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(shop.most_alive, 3);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_smaller_pool_closes_the_idle_ones_now_and_the_lent_ones_when_they_come_back) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(6));
    weir::task_group group(co_await weir::this_task(), 10);
    static_cast<void>(co_await gadgets.warm_up(6));
    for (int i = 0; i < 4; ++i) {
        CO_CHECK(group.try_spawn(use_and_forget, std::ref(gadgets), 10s));
    }
    gadgets.resize(0, 1);
    CO_CHECK_EQUAL(gadgets.statistics().idle, 0U);
    CO_CHECK_EQUAL(shop.alive, 4);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(shop.alive, 1);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_higher_minimum_is_opened_at_once) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(6));
    gadgets.resize(4, 6);
    static_cast<void>(co_await weir::sleep_for(1s));
    CO_CHECK_EQUAL(gadgets.statistics().idle, 4U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_warm_up_ends_when_so_many_do_not_fit_any_more) {
    workshop shop;
    shop.open_takes = 1s;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(6));
    const auto shrink = [&]() -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(1500ms));
        gadgets.resize(0, 2);
    };
    const auto warm_up = [&]() -> weir::task<weir::result<void>> {
        co_return co_await gadgets.warm_up(6, 1);
    };
    const auto warm = std::get<0>(co_await weir::when_all(warm_up(), shrink()));
    CO_CHECK(warm.has_value());
    CO_CHECK_EQUAL(shop.alive, 2);
    static_cast<void>(co_await gadgets.drain());
}

BOOST_AUTO_TEST_SUITE_END()
