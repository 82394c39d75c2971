// SPDX-License-Identifier: Apache-2.0
// hedge: when there is a second call, which of the two counts, and what becomes of the other.
#include <weir/resilience/hedge.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <stdexcept>
#include <vector>

BOOST_AUTO_TEST_SUITE(hedge_test)

namespace {

using namespace std::chrono_literals;
using weir::resilience::hedge;
using weir::resilience::hedge_options;
using weir::test::is_about;

/// Calls that take as long as they are told, one after the other; a negative time is a failure.
class service {
public:
    explicit service(std::vector<std::chrono::nanoseconds> times) : times_(std::move(times)) {}

    weir::task<weir::result<std::size_t>> call() {
        const std::size_t number = calls++;
        const auto time = times_[std::min(number, times_.size() - 1)];
        const auto slept = co_await weir::sleep_for(time < 0s ? -time : time);
        ++ended;
        if (!slept) co_return weir::fail(slept.error());
        if (time < 0s) {
            co_return weir::fail(number == 0 ? std::errc::no_link : std::errc::connection_refused);
        }
        co_return number;
    }
    auto caller() {
        return [this] { return call(); };
    }
    std::size_t calls = 0;
    std::size_t ended = 0;

private:
    std::vector<std::chrono::nanoseconds> times_;
};
hedge_options after(std::chrono::nanoseconds delay) {
    hedge_options options;
    options.delay = delay;
    return options;
}

}  // namespace

CO_TEST(what_is_fast_enough_is_called_once) {
    hedge reads(after(1s));
    service backend({900ms});
    const auto got = co_await reads.call(backend.caller());
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(backend.calls, 1U);
    CO_CHECK_EQUAL(reads.hedged(), 0U);
}

CO_TEST(the_second_wins_and_the_first_is_stopped_and_awaited) {
    hedge reads(after(1s));
    service backend({1h, 1s});
    const auto begin = weir::reactor::current().now();
    const auto got = co_await reads.call(backend.caller());
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(*got, 1U);
    CO_CHECK_EQUAL(backend.ended, 2U);
    CO_CHECK_EQUAL(reads.won(), 1U);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 2s));
}

CO_TEST(the_first_wins_and_the_second_is_stopped_and_awaited) {
    hedge reads(after(1s));
    service backend({2s, 1h});
    const auto begin = weir::reactor::current().now();
    const auto got = co_await reads.call(backend.caller());
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(*got, 0U);
    CO_CHECK_EQUAL(backend.ended, 2U);
    CO_CHECK_EQUAL(reads.won(), 0U);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 2s));
}

CO_TEST(a_failure_waits_for_the_other_one) {
    hedge reads(after(1s));
    service first_fails({-2s, 5s});
    const auto second = co_await reads.call(first_fails.caller());
    CO_REQUIRE(second.has_value());
    CO_CHECK_EQUAL(*second, 1U);
    service second_fails({10s, -1s});
    const auto first = co_await reads.call(second_fails.caller());
    CO_REQUIRE(first.has_value());
    CO_CHECK_EQUAL(*first, 0U);
}

CO_TEST(when_both_fail_the_error_of_the_first_is_told) {
    hedge reads(after(1s));
    service down({-2s, -5s});
    const auto got = co_await reads.call(down.caller());
    CO_REQUIRE(!got.has_value());
    CO_CHECK(got.error() == std::errc::no_link);
    CO_CHECK_EQUAL(down.calls, 2U);
}

CO_TEST(one_that_fails_before_there_is_a_second_is_told_at_once) {
    hedge reads(after(1s));
    service down({-500ms});
    const auto begin = weir::reactor::current().now();
    const auto got = co_await reads.call(down.caller());
    CO_REQUIRE(!got.has_value());
    CO_CHECK(got.error() == std::errc::no_link);
    CO_CHECK_EQUAL(down.calls, 1U);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 500ms));
}

CO_TEST(a_stop_reaches_both) {
    hedge reads(after(1s));
    service slow({1h});
    const auto late = co_await weir::with_timeout(5s, reads.call(slow.caller()));
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(slow.ended, 2U);
}

CO_TEST(an_exception_of_the_first_stops_the_second) {
    hedge reads(after(1s));
    int calls = 0;
    const auto broken = [&calls]() -> weir::task<weir::result<int>> {
        const int number = ++calls;
        const auto slept = co_await weir::sleep_for(number == 1 ? 2s : 1h);
        if (!slept) co_return weir::fail(slept.error());
        throw std::logic_error("broken");
    };
    const auto begin = weir::reactor::current().now();
    bool caught = false;
    try {
        static_cast<void>(co_await reads.call(broken));
    } catch (const std::logic_error&) {
        caught = true;
    }
    CO_CHECK(caught);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 2s));
}

CO_TEST(the_delay_is_what_nearly_all_of_the_last_calls_took) {
    hedge reads;
    service backend({100ms});
    CO_CHECK(!reads.delay().has_value());
    for (int i = 0; i < 20; ++i) static_cast<void>(co_await reads.call(backend.caller()));
    CO_REQUIRE(reads.delay().has_value());
    CO_CHECK(is_about(*reads.delay(), 100ms));
    service one_slow({10s, 50ms});
    const auto begin = weir::reactor::current().now();
    const auto got = co_await reads.call(one_slow.caller());
    CO_REQUIRE(got.has_value());
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 150ms));
}

CO_TEST(callers_that_give_up_early_do_not_make_the_service_look_fast) {
    hedge reads;
    service backend({100ms});
    for (int i = 0; i < 20; ++i) static_cast<void>(co_await reads.call(backend.caller()));
    for (int i = 0; i < 130; ++i) {
        static_cast<void>(co_await weir::with_timeout(1ms, reads.call(backend.caller())));
    }
    CO_REQUIRE(reads.delay().has_value());
    CO_CHECK(is_about(*reads.delay(), 100ms));
}

CO_TEST(a_service_that_is_slow_for_all_is_not_called_twice_as_often) {
    hedge_options options = after(1s);
    options.max_share = 0.05;
    options.burst = 3;
    hedge reads(options);
    service slow({5s});
    for (int i = 0; i < 200; ++i) static_cast<void>(co_await reads.call(slow.caller()));
    // The burst, and one for each twenty.
    CO_CHECK(reads.hedged() >= 11 && reads.hedged() <= 13);
    CO_CHECK_EQUAL(slow.calls, 200 + reads.hedged());
}

BOOST_AUTO_TEST_SUITE_END()
