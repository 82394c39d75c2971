// SPDX-License-Identifier: Apache-2.0
// Waiting ends: at the deadline, at once where the line is full, and for everybody else goes on.
#include "gadgets.hpp"
#include "is_about.hpp"

#include <weir/base/refusal.hpp>
#include <weir/coro/when_all.hpp>

BOOST_AUTO_TEST_SUITE(pool_deadline_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::test;

}  // namespace

CO_TEST(a_wait_ends_at_the_deadline_of_the_scope_as_timed_out) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    static_cast<void>(co_await gadgets.warm_up(1));
    const auto begin = weir::reactor::current().now();
    const auto waiting = [&]() -> weir::task<std::error_code> {
        const auto error = co_await refused_within(1s, gadgets);
        CO_CHECK(is_about(weir::reactor::current().now() - begin, 1s));
        co_return error;
    };
    const auto [used, late] = co_await weir::when_all(use(gadgets, 5s), waiting());
    CO_CHECK_EQUAL(used, 1);
    CO_CHECK(late == std::errc::timed_out);
    CO_CHECK_EQUAL(gadgets.statistics().timeouts, 1U);
    CO_CHECK_EQUAL(gadgets.statistics().waiting, 0U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_full_line_refuses_at_once) {
    workshop shop;
    auto options = room_for(1);
    options.max_waiting = 2;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), options);
    const auto begin = weir::reactor::current().now();
    const auto refused = [&]() -> weir::task<std::error_code> {
        const auto error = co_await refused_within(1min, gadgets);
        CO_CHECK(weir::reactor::current().now() == begin);
        co_return error;
    };
    const auto [first, second, third] =
        co_await weir::when_all(use(gadgets, 1s), use(gadgets, 1s), refused());
    CO_CHECK_EQUAL(first, 1);
    CO_CHECK_EQUAL(second, 1);
    CO_CHECK(third == weir::refusal::exhausted);
    CO_CHECK_EQUAL(gadgets.statistics().refused, 1U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(an_opening_that_takes_too_long_is_a_failure) {
    workshop shop;
    shop.open_takes = 1h;
    auto options = room_for(1);
    options.open_timeout = 2s;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), options);
    const auto begin = weir::reactor::current().now();
    const auto lease = co_await gadgets.acquire();
    CO_CHECK(!lease && lease.error() == std::errc::timed_out);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 2s));
    CO_CHECK_EQUAL(gadgets.statistics().open_failures, 1U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_validation_that_takes_too_long_has_failed) {
    workshop shop;
    shop.validation_takes = 1h;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), room_for(1));
    static_cast<void>(co_await use(gadgets, 1s));
    static_cast<void>(co_await weir::sleep_for(5s));
    const auto begin = weir::reactor::current().now();
    const int number = co_await use(gadgets, 0s);
    CO_CHECK_EQUAL(number, 2);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1010ms));
    CO_CHECK_EQUAL(gadgets.statistics().invalid, 1U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_closing_that_takes_too_long_is_ended) {
    workshop shop;
    shop.close_takes = 1h;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), room_for(1));
    static_cast<void>(co_await use(gadgets, 1s));
    const auto begin = weir::reactor::current().now();
    const auto ended = co_await gadgets.drain();
    CO_CHECK(ended.has_value());
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 5s));
    CO_CHECK_EQUAL(shop.alive, 0);
}

BOOST_AUTO_TEST_SUITE_END()
