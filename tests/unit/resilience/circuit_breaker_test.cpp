// SPDX-License-Identifier: Apache-2.0
// circuit_breaker: each edge of its states, and what a call reports.
#include <weir/resilience/circuit_breaker.hpp>

#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string_view>

BOOST_AUTO_TEST_SUITE(circuit_breaker_test)

namespace {

using namespace std::chrono_literals;
using weir::refusal;
using weir::resilience::circuit_breaker;
using weir::resilience::circuit_options;
using weir::resilience::circuit_state;

constexpr circuit_breaker::time_point begin{1000h};

/// Calls one after the other: 's' succeeds, 'f' fails, 'a' is abandoned.
void calls(circuit_breaker& breaker, std::string_view outcomes, circuit_breaker::time_point now) {
    for (const char each : outcomes) {
        const auto permit = breaker.try_begin(now);
        BOOST_REQUIRE(permit.has_value());
        if (each == 's') breaker.succeeded(*permit);
        if (each == 'f') breaker.failed(*permit, now);
        if (each == 'a') breaker.abandoned(*permit);
    }
}
bool is(const circuit_breaker& breaker, circuit_state expected, circuit_breaker::time_point now) {
    return breaker.state(now) == expected;
}
weir::task<weir::result<int>> work(int value) {
    co_await weir::ok(weir::sleep_for(1s));
    if (value < 0) co_return weir::fail(std::errc::no_link);
    if (value == 0) throw std::logic_error("broken");
    co_return value;
}

}  // namespace

BOOST_AUTO_TEST_CASE(failures_in_a_row_open_it) {
    circuit_breaker breaker;
    calls(breaker, "ffffsffff", begin);
    BOOST_TEST(is(breaker, circuit_state::closed, begin));
    circuit_breaker other;
    calls(other, "fffff", begin);
    BOOST_TEST(is(other, circuit_state::open, begin));
    BOOST_TEST(!other.try_begin(begin).has_value());
    BOOST_TEST(other.statistics().refused == 1U);
    BOOST_TEST(other.statistics().opened == 1U);
}

BOOST_AUTO_TEST_CASE(a_share_of_the_last_calls_opens_it) {
    circuit_breaker breaker;
    calls(breaker, "sssssfsfs", begin);
    BOOST_TEST(is(breaker, circuit_state::closed, begin));
    // The window is full with the tenth; half of the last ten are failures with the thirteenth.
    calls(breaker, "fsf", begin);
    BOOST_TEST(is(breaker, circuit_state::closed, begin));
    calls(breaker, "f", begin);
    BOOST_TEST(is(breaker, circuit_state::open, begin));
}

BOOST_AUTO_TEST_CASE(half_open_lets_as_many_pass_as_could_close_it) {
    circuit_breaker breaker;
    calls(breaker, "fffff", begin);
    BOOST_TEST(is(breaker, circuit_state::open, begin + 60s - 1ns));
    const auto later = begin + 60s;
    BOOST_TEST(is(breaker, circuit_state::half_open, later));
    const auto first = breaker.try_begin(later);
    const auto second = breaker.try_begin(later);
    BOOST_REQUIRE((first && second));
    BOOST_TEST(!breaker.try_begin(later).has_value());
    breaker.succeeded(*first);
    BOOST_TEST(!breaker.try_begin(later).has_value());
    breaker.abandoned(*second);
    calls(breaker, "s", later);
    BOOST_TEST(is(breaker, circuit_state::closed, later));
}

BOOST_AUTO_TEST_CASE(a_failure_while_half_open_opens_it_for_as_long_again) {
    circuit_breaker breaker;
    calls(breaker, "fffff", begin);
    const auto later = begin + 60s;
    const auto slow = breaker.try_begin(later);
    BOOST_REQUIRE(slow.has_value());
    calls(breaker, "f", later);
    BOOST_TEST(is(breaker, circuit_state::open, later + 60s - 1ns));
    BOOST_TEST(breaker.statistics().opened == 2U);
    // The other probe belongs to the time before.
    breaker.succeeded(*slow);
    calls(breaker, "s", later + 60s);
    BOOST_TEST(is(breaker, circuit_state::half_open, later + 60s));
}

BOOST_AUTO_TEST_CASE(what_began_before_it_opened_tells_nothing_new) {
    circuit_breaker breaker;
    const auto old_failure = breaker.try_begin(begin);
    const auto old_success = breaker.try_begin(begin);
    BOOST_REQUIRE((old_failure && old_success));
    calls(breaker, "fffff", begin);
    breaker.failed(*old_failure, begin + 59s);
    BOOST_TEST(is(breaker, circuit_state::half_open, begin + 60s));
    breaker.succeeded(*old_success);
    calls(breaker, "s", begin + 60s);
    BOOST_TEST(is(breaker, circuit_state::half_open, begin + 60s));
}

BOOST_AUTO_TEST_CASE(it_can_be_forced_and_reset) {
    circuit_breaker breaker;
    breaker.force_open();
    BOOST_TEST(!breaker.try_begin(begin).has_value());
    breaker.force_closed();
    calls(breaker, "ffffffffff", begin);
    BOOST_TEST(is(breaker, circuit_state::closed, begin));
    breaker.reset();
    BOOST_TEST(is(breaker, circuit_state::closed, begin));
    calls(breaker, "ffff", begin);
    BOOST_TEST(is(breaker, circuit_state::closed, begin));
}

BOOST_AUTO_TEST_CASE(it_says_when_calls_may_pass_again) {
    circuit_breaker breaker;
    BOOST_TEST((breaker.retry_after(begin) == 0s));
    calls(breaker, "fffff", begin);
    BOOST_TEST((breaker.retry_after(begin + 20s) == 40s));
    BOOST_TEST((breaker.retry_after(begin + 60s) == 0s));
    breaker.force_open();
    BOOST_TEST((breaker.retry_after(begin) == std::chrono::nanoseconds::max()));
}

CO_TEST(calls_report_how_they_ended) {
    circuit_options options;
    options.is_failure = [](std::error_code error) { return error == std::errc::no_link; };
    circuit_breaker breaker(options);
    const auto good = [] { return work(1); };
    const auto bad = [] { return work(-1); };
    const auto thrown = [] { return work(0); };
    const auto got = co_await breaker.call(good);
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(*got, 1);
    for (int i = 0; i < 4; ++i) static_cast<void>(co_await breaker.call(bad));
    bool caught = false;
    try {
        static_cast<void>(co_await breaker.call(thrown));
    } catch (const std::logic_error&) {
        caught = true;
    }
    CO_CHECK(caught);
    CO_CHECK_EQUAL(breaker.statistics().failures, 5U);
    const auto refused = co_await breaker.call(good);
    CO_REQUIRE(!refused.has_value());
    CO_CHECK(refused.error() == refusal::circuit_open);
    static_cast<void>(co_await weir::sleep_for(60s));
    const auto again = co_await breaker.call(good);
    CO_CHECK(again.has_value());
}

CO_TEST(a_call_that_was_stopped_is_no_failure) {
    circuit_breaker breaker;
    const auto endless = []() -> weir::task<weir::result<int>> {
        co_await weir::ok(weir::sleep_for(1h));
        co_return 1;
    };
    for (int i = 0; i < 10; ++i) {
        const auto late = co_await weir::with_timeout(1s, breaker.call(endless));
        CO_CHECK(!late.has_value());
    }
    CO_CHECK_EQUAL(breaker.statistics().failures, 0U);
    CO_CHECK(breaker.state(weir::reactor::current().now()) == circuit_state::closed);
}

CO_TEST(an_error_that_is_none_of_the_service_is_a_success_of_it) {
    circuit_options options;
    options.is_failure = [](std::error_code error) { return error != std::errc::no_link; };
    circuit_breaker breaker(options);
    const auto bad = [] { return work(-1); };
    for (int i = 0; i < 10; ++i) static_cast<void>(co_await breaker.call(bad));
    CO_CHECK(breaker.state(weir::reactor::current().now()) == circuit_state::closed);
}

BOOST_AUTO_TEST_SUITE_END()
