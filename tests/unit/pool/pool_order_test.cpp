// SPDX-License-Identifier: Apache-2.0
// Who gets a resource, and which one: first come, first served, and nobody overtakes.
#include "gadgets.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/sync/task_group.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(pool_order_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::test;

weir::task<> use_named(gadget_pool& from, std::string name, std::string& order) {
    auto lease = co_await from.acquire();
    if (!lease) co_return;
    order += name;
    static_cast<void>(co_await weir::sleep_for(1s));
}
weir::task<std::vector<int>> numbers_in_turn(gadget_pool& from, int times) {
    std::vector<int> numbers;
    for (int i = 0; i < times; ++i) numbers.push_back(co_await use(from, 1ms));
    co_return numbers;
}

}  // namespace

CO_TEST(those_that_wait_are_served_in_the_order_in_which_they_came) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(2));
    std::string order;
    weir::task_group group(co_await weir::this_task(), 10);
    for (const char name : std::string("abcdefghij")) {
        CO_CHECK(
            group.try_spawn(use_named, std::ref(gadgets), std::string(1, name), std::ref(order)));
    }
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(order, "abcdefghij");
    CO_CHECK_EQUAL(shop.opened, 2);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(who_comes_when_a_lease_comes_back_does_not_overtake_those_that_wait) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    static_cast<void>(co_await gadgets.warm_up(1));
    std::string order;
    const auto greedy = [&]() -> weir::task<> {
        {
            auto lease = co_await gadgets.acquire();
            if (!lease) co_return;
            order += "first ";
            static_cast<void>(co_await weir::sleep_for(1s));
        }
        // Straight after it was given back: the other one has not even run yet.
        CO_CHECK(!gadgets.try_acquire().has_value());
        co_await use_named(gadgets, "again ", order);
    };
    static_cast<void>(co_await weir::when_all(greedy(), use_named(gadgets, "second ", order)));
    CO_CHECK_EQUAL(order, "first second again ");
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(who_leaves_the_line_lets_the_next_one_pass) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    std::string order;
    const auto impatient = [&]() -> weir::task<> {
        auto waiting = use_named(gadgets, "never ", order);
        static_cast<void>(co_await weir::with_timeout(500ms, std::move(waiting)));
    };
    static_cast<void>(co_await weir::when_all(use_named(gadgets, "first ", order), impatient(),
                                              use_named(gadgets, "second ", order)));
    CO_CHECK_EQUAL(order, "first second ");
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(the_last_one_used_is_lent_first) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(3));
    static_cast<void>(co_await gadgets.warm_up(3));
    const auto numbers = co_await numbers_in_turn(gadgets, 3);
    CO_CHECK(numbers == std::vector<int>({3, 3, 3}));
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(or_all_are_used_in_turn) {
    workshop shop;
    auto options = room_for(3);
    options.order = weir::idle_order::fifo;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), options);
    static_cast<void>(co_await gadgets.warm_up(3));
    const auto numbers = co_await numbers_in_turn(gadgets, 6);
    CO_CHECK(numbers == std::vector<int>({1, 2, 3, 1, 2, 3}));
    static_cast<void>(co_await gadgets.drain());
}

BOOST_AUTO_TEST_SUITE_END()
