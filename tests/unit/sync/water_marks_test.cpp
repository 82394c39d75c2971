// SPDX-License-Identifier: Apache-2.0
// water_marks: high from the one mark on, until the other is reached.
#include <weir/sync/water_marks.hpp>

#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/sync/channel.hpp>

#include <algorithm>
#include <cstddef>

BOOST_AUTO_TEST_SUITE(water_marks_test)

namespace {

/// A producer that pauses at the high mark, and what it saw.
class story {
public:
    weir::task<weir::result<void>> produce() {
        for (int i = 0; i < 100; ++i) {
            co_await weir::ok(queue.send(i));
            most = std::max(most, queue.size());
            if (!marks.note(queue.size())) continue;
            ++pauses;
            co_await weir::ok(marks.fallen());
            least_after_a_pause = std::min(least_after_a_pause, queue.size());
        }
        queue.close();
        co_return weir::result<void>();
    }
    weir::task<int> consume() {
        int got = 0;
        while (auto next = co_await queue.receive()) {
            ++got;
            static_cast<void>(marks.note(queue.size()));
            const auto turn = co_await weir::yield();
            if (!turn) break;
        }
        co_return got;
    }

    weir::channel<int> queue{20};
    weir::water_marks marks{4, 16};
    std::size_t most = 0;
    std::size_t least_after_a_pause = 100;
    int pauses = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_high_from_the_high_mark_until_the_low_one) {
    weir::water_marks marks(2, 5);
    BOOST_TEST(!marks.is_high());
    BOOST_TEST(!marks.note(4));
    BOOST_TEST(marks.note(5));
    BOOST_TEST(marks.note(9));
    BOOST_TEST(marks.note(3));
    BOOST_TEST(!marks.note(2));
    BOOST_TEST(!marks.note(4));
    BOOST_TEST(marks.note(5));
    BOOST_TEST(!marks.note(0));
}

CO_TEST(a_producer_that_pauses_keeps_below_the_high_mark_and_goes_on_at_the_low_one) {
    story all;
    const auto [produced, got] = co_await weir::when_all(all.produce(), all.consume());
    CO_CHECK(produced.has_value());
    CO_CHECK_EQUAL(got, 100);
    CO_CHECK_EQUAL(all.most, 16U);
    CO_CHECK(all.least_after_a_pause <= 4U);
    CO_CHECK(all.pauses > 1 && all.pauses < 10);
}

BOOST_AUTO_TEST_SUITE_END()
