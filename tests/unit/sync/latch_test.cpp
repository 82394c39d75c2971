// SPDX-License-Identifier: Apache-2.0
// latch: opens at zero, for good.
#include <weir/sync/latch.hpp>

#include "co_test.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>

BOOST_AUTO_TEST_SUITE(latch_test)

namespace {

weir::task<> count_down(weir::latch& latch, bool& was_open) {
    static_cast<void>(co_await weir::yield());
    was_open = latch.count() == 0;
    latch.count_down();
}
weir::task<weir::result<void>> wait(weir::latch& latch) { co_return co_await latch.wait(); }

}  // namespace

CO_TEST(zero_is_open_from_the_start) {
    weir::latch latch(0);
    const auto waited = co_await latch.wait();
    CO_CHECK(waited.has_value());
}

CO_TEST(it_opens_at_the_last_count_and_stays_open) {
    weir::latch latch(3);
    bool open_before[3] = {};
    const auto [waited, a, b, c] = co_await weir::when_all(
        wait(latch), count_down(latch, open_before[0]), count_down(latch, open_before[1]),
        count_down(latch, open_before[2]));
    CO_CHECK(waited.has_value());
    CO_CHECK(!open_before[2]);
    const auto again = co_await latch.wait();
    CO_CHECK(again.has_value());
}

BOOST_AUTO_TEST_CASE(several_may_be_counted_at_once) {
    weir::latch latch(5);
    latch.count_down(0);
    latch.count_down(3);
    BOOST_TEST(latch.count() == 2U);
    latch.count_down(2);
    BOOST_TEST(latch.count() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
