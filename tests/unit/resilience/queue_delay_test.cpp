// SPDX-License-Identifier: Apache-2.0
// queue_delay: what is a burst and what an overload.
#include <weir/resilience/queue_delay.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(queue_delay_test)

namespace {

using namespace std::chrono_literals;
using weir::resilience::queue_delay;

constexpr queue_delay::time_point begin{1000h};

}  // namespace

BOOST_AUTO_TEST_CASE(a_line_that_is_empty_now_and_then_may_make_wait) {
    queue_delay line;
    for (int i = 0; i < 100; ++i) {
        const auto now = begin + i * 90ms;
        line.joined(now);
        BOOST_TEST(!line.is_standing(now + 89ms));
        BOOST_TEST((line.max_wait(now + 89ms) == 100ms));
        line.emptied(now + 89ms);
    }
}

BOOST_AUTO_TEST_CASE(a_line_that_stands_for_an_interval_may_not) {
    queue_delay line;
    line.joined(begin);
    line.joined(begin + 50ms);
    BOOST_TEST(!line.is_standing(begin + 100ms - 1ns));
    BOOST_TEST(line.is_standing(begin + 100ms));
    BOOST_TEST((line.max_wait(begin + 1s) == 5ms));
    line.emptied(begin + 1s);
    BOOST_TEST(!line.is_standing(begin + 1s));
}

BOOST_AUTO_TEST_CASE(a_standing_line_that_empties_at_once_stands_again_with_the_next_who_waits) {
    queue_delay line;
    line.joined(begin);
    for (int i = 1; i <= 100; ++i) {
        const auto held_up = begin + i * 110ms;
        BOOST_TEST(line.is_standing(held_up));
        line.emptied(held_up);
        BOOST_TEST(!line.is_standing(held_up + 1ms));
        line.joined(held_up + 1ms);
        BOOST_TEST(line.is_standing(held_up + 1ms));
        BOOST_TEST((line.max_wait(held_up + 1ms) == 5ms));
    }
    BOOST_TEST((line.retry_after(begin + 12s) == 12s));
}

BOOST_AUTO_TEST_CASE(an_overload_is_over_after_an_interval_of_short_waits) {
    queue_delay line;
    line.joined(begin);
    const auto end = begin + 1s;
    line.emptied(end);
    for (int i = 1; i < 10; ++i) {
        line.joined(end + i * 10ms);
        BOOST_TEST(line.is_standing(end + i * 10ms));
        line.emptied(end + i * 10ms + 4ms);
    }
    line.joined(end + 100ms);
    BOOST_TEST(!line.is_standing(end + 100ms));
    BOOST_TEST((line.max_wait(end + 100ms) == 100ms));
    BOOST_TEST(line.is_standing(end + 200ms));
}

BOOST_AUTO_TEST_CASE(the_longer_it_lasts_the_longer_one_stays_away) {
    queue_delay line;
    BOOST_TEST((line.retry_after(begin) == 100ms));
    line.joined(begin);
    BOOST_TEST((line.retry_after(begin + 10ms) == 100ms));
    BOOST_TEST((line.retry_after(begin + 10s) == 10s));
}

BOOST_AUTO_TEST_SUITE_END()
