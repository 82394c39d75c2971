// SPDX-License-Identifier: Apache-2.0
// The end: nobody new, everybody out, everything closed.
#include "gadgets.hpp"
#include "is_about.hpp"

#include <weir/base/refusal.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/when_all.hpp>

#include <optional>
#include <tuple>
#include <utility>

BOOST_AUTO_TEST_SUITE(pool_drain_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::test;

weir::task<weir::result<void>> drain_after(std::chrono::nanoseconds delay, gadget_pool& ending) {
    static_cast<void>(co_await weir::sleep_for(delay));
    co_return co_await ending.drain();
}

}  // namespace

CO_TEST(draining_waits_for_the_leases_and_closes_all) {
    workshop shop;
    shop.close_takes = 1s;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), room_for(5));
    static_cast<void>(co_await gadgets.warm_up(5));
    const auto begin = weir::reactor::current().now();
    const auto [used, drained] =
        co_await weir::when_all(use(gadgets, 1min), drain_after(0s, gadgets));
    CO_CHECK_EQUAL(used, 5);
    CO_CHECK(drained.has_value());
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 61s));
    CO_CHECK_EQUAL(shop.closed_in_order, 5);
    CO_CHECK_EQUAL(shop.alive, 0);
    CO_CHECK_EQUAL(gadgets.statistics().drained, 5U);
    static_cast<void>(co_await gadgets.drain());  // for runs in which the first was stopped
}

CO_TEST(those_that_wait_are_refused_and_so_are_those_that_come) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    static_cast<void>(co_await gadgets.warm_up(1));
    const auto [used, waited, drained, came] = co_await weir::when_all(
        use(gadgets, 1min), refused_within(1h, gadgets), drain_after(1s, gadgets),
        [](gadget_pool& from) -> weir::task<std::error_code> {
            static_cast<void>(co_await weir::sleep_for(2s));
            co_return co_await refused_within(1h, from);
        }(gadgets));
    CO_CHECK_EQUAL(used, 1);
    CO_CHECK(waited == weir::refusal::shutting_down);
    CO_CHECK(came == weir::refusal::shutting_down);
    CO_CHECK(drained.has_value());
    CO_CHECK(!gadgets.try_acquire().has_value());
    const auto cold = co_await gadgets.warm_up(1);
    CO_CHECK(!cold && cold.error() == weir::refusal::shutting_down);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(openings_under_way_are_stopped) {
    workshop shop;
    shop.open_takes = 1h;
    auto options = room_for(1);
    options.open_timeout = 2h;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), options);
    const auto begin = weir::reactor::current().now();
    static_cast<void>(
        co_await weir::when_all(refused_within(1h, gadgets), drain_after(1s, gadgets)));
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1s));
    CO_CHECK_EQUAL(shop.opened, 0);
    CO_CHECK_EQUAL(gadgets.statistics().open_failures, 0U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_stop_of_the_owner_refuses_those_that_wait) {
    workshop shop;
    shop.open_takes = 1min;
    auto options = room_for(1);
    options.open_timeout = 1h;
    gadget_pool* shared = nullptr;
    const auto own = [&]() -> weir::task<> {
        gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), options);
        shared = &gadgets;
        static_cast<void>(co_await weir::sleep_for(1h));
        // It has other things to put in order first.
        static_cast<void>(co_await weir::shield(weir::sleep_for(10s), 1min));
        CO_CHECK_EQUAL(gadgets.statistics().open_failures, 0U);
        CO_CHECK_EQUAL(gadgets.statistics().waiting, 0U);
        const auto late = co_await weir::shield(gadgets.acquire(), 1min);
        CO_CHECK(!late && late.error() == weir::refusal::shutting_down);
        CO_CHECK_EQUAL(shop.attempts, 1);
        static_cast<void>(co_await gadgets.drain());
    };
    const auto stop_soon = [](weir::stop_source& stop) -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(1s));
        stop.request_stop();
    };
    weir::stop_source stop;
    auto owning = weir::with_stop(stop, own());
    auto asking = [&]() -> weir::task<std::error_code> {
        if (shared == nullptr) co_return std::error_code();
        co_return co_await refused_within(30s, *shared);
    };
    const auto all = co_await weir::when_all(std::move(owning), asking(), stop_soon(stop));
    CO_CHECK(std::get<1>(all) == weir::refusal::shutting_down);
}

CO_TEST(leases_that_do_not_come_back_in_time_are_reported) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), room_for(2));
    static_cast<void>(co_await gadgets.warm_up(2));
    std::optional<gadget_pool::lease> kept = gadgets.try_acquire();
    const auto begin = weir::reactor::current().now();
    const auto late = co_await weir::with_timeout(3s, gadgets.drain());
    CO_CHECK(!late && late.error() == std::errc::timed_out);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 3s));
    CO_CHECK_EQUAL(gadgets.statistics().lent, 1U);
    kept.reset();
    const auto ended = co_await gadgets.drain();
    CO_CHECK(ended.has_value());
    CO_CHECK_EQUAL(shop.closed_in_order, 2);
    CO_CHECK_EQUAL(shop.alive, 0);
}

CO_TEST(a_pool_that_nobody_used_is_drained_at_once) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop));
    const auto ended = co_await gadgets.drain();
    CO_CHECK(ended.has_value());
    const auto again = co_await gadgets.drain();
    CO_CHECK(again.has_value());
}

CO_TEST(idle_ones_end_with_a_pool_that_was_not_drained) {
    workshop shop;
    {
        auto pool_of_one = [](workshop& from) -> weir::task<> {
            gadget_pool gadgets(co_await weir::this_task(), plain_factory(from), room_for(1));
            const auto warm = co_await gadgets.warm_up(1);
            if (!warm) static_cast<void>(co_await gadgets.drain());
        };
        co_await pool_of_one(shop);
    }
    CO_CHECK_EQUAL(shop.opened, 1);
    CO_CHECK_EQUAL(shop.alive, 0);
}

BOOST_AUTO_TEST_SUITE_END()
