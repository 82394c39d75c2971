// SPDX-License-Identifier: Apache-2.0
// rate_limiter: who waits how long, who goes first, and who is refused.
#include <weir/rate/rate_limiter.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/base/refusal.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/rate/gcra.hpp>
#include <weir/rate/leaky_bucket.hpp>
#include <weir/rate/sliding_window.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(rate_limiter_test)

namespace {

using namespace std::chrono_literals;
using weir::refusal;
using weir::rate::priority;
using weir::rate::quota;
using weir::rate::rate_limiter;
using weir::test::is_about;

weir::task<weir::result<void>> acquire(rate_limiter<>& from, std::uint64_t cost, priority urgency,
                                       std::string& order, std::string name) {
    const auto got = co_await from.acquire(cost, urgency);
    if (got) order += name;
    co_return got;
}
/// Four calls, of which two pass at once, over another limit.
template <class L>
weir::task<std::chrono::nanoseconds> time_of_four() {
    rate_limiter<L> limiter(quota(2, 1s));
    const auto begin = weir::reactor::current().now();
    for (int i = 0; i < 4; ++i) static_cast<void>(co_await limiter.acquire());
    co_return weir::reactor::current().now() - begin;
}
weir::task<> count_one(rate_limiter<>& from, int& done) {
    const auto got = co_await from.acquire();
    if (got) ++done;
}

}  // namespace

CO_TEST(a_burst_passes_and_the_rest_comes_at_the_rate) {
    rate_limiter limiter(quota(10, 1s), 1000);
    int done = 0;
    const auto begin = weir::reactor::current().now();
    weir::task_group group(co_await weir::this_task(), 100);
    for (int i = 0; i < 60; ++i) {
        CO_CHECK(group.try_spawn(count_one, std::ref(limiter), std::ref(done)));
    }
    CO_CHECK_EQUAL(done, 10);
    CO_CHECK_EQUAL(limiter.waiting(), 50U);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(done, 60);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 5s));
}

CO_TEST(one_that_needs_much_is_not_overtaken_by_those_that_need_little) {
    rate_limiter limiter(quota(1, 1s, 5));
    CO_CHECK(limiter.try_acquire(5));
    std::string order;
    static_cast<void>(
        co_await weir::when_all(acquire(limiter, 4, priority::normal, order, "much "),
                                acquire(limiter, 1, priority::normal, order, "little "),
                                acquire(limiter, 1, priority::normal, order, "less ")));
    CO_CHECK_EQUAL(order, "much little less ");
}

CO_TEST(the_urgent_go_first_and_the_rest_in_the_order_in_which_they_came) {
    rate_limiter limiter(quota(1, 1s));
    CO_CHECK(limiter.try_acquire());
    std::string order;
    static_cast<void>(
        co_await weir::when_all(acquire(limiter, 1, priority::background, order, "last "),
                                acquire(limiter, 1, priority::normal, order, "second "),
                                acquire(limiter, 1, priority::normal, order, "third "),
                                acquire(limiter, 1, priority::urgent, order, "first ")));
    CO_CHECK_EQUAL(order, "first second third last ");
}

CO_TEST(a_full_line_refuses_at_once) {
    rate_limiter limiter(quota(1, 1s), 1);
    CO_CHECK(limiter.try_acquire());
    std::string order;
    const auto begin = weir::reactor::current().now();
    const auto [waited, refused] =
        co_await weir::when_all(acquire(limiter, 1, priority::normal, order, "waited "),
                                acquire(limiter, 1, priority::urgent, order, "refused "));
    CO_CHECK(waited.has_value());
    CO_REQUIRE(!refused.has_value());
    CO_CHECK(refused.error() == refusal::rate_limited);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1s));
}

CO_TEST(who_could_not_be_served_before_the_deadline_is_told_at_once) {
    rate_limiter limiter(quota(1, 1min));
    CO_CHECK(limiter.try_acquire());
    const auto begin = weir::reactor::current().now();
    const auto late = co_await weir::with_timeout(30s, limiter.acquire());
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == refusal::rate_limited);
    CO_CHECK(weir::reactor::current().now() - begin < 1s);
    const auto never = co_await limiter.acquire(2);
    CO_REQUIRE(!never.has_value());
    CO_CHECK(never.error() == refusal::rate_limited);
    const auto in_time = co_await weir::with_timeout(2min, limiter.acquire());
    CO_CHECK(in_time.has_value());
}

CO_TEST(who_gives_up_takes_nothing_and_lets_the_next_one_pass) {
    rate_limiter limiter(quota(1, 1s, 10));
    CO_CHECK(limiter.try_acquire(10));
    std::string order;
    const auto begin = weir::reactor::current().now();
    const auto give_up = [&]() -> weir::task<weir::result<void>> {
        weir::stop_source impatience;
        auto asked = acquire(limiter, 9, priority::normal, order, "much ");
        auto waiting = weir::with_stop(impatience, std::move(asked));
        const auto stop = [&]() -> weir::task<> {
            static_cast<void>(co_await weir::sleep_for(3s));
            impatience.request_stop();
        };
        const auto both = co_await weir::when_all(std::move(waiting), stop());
        co_return std::get<0>(both);
    };
    const auto [stopped, served] =
        co_await weir::when_all(give_up(), acquire(limiter, 2, priority::normal, order, "little "));
    CO_CHECK(!stopped.has_value());
    CO_CHECK(served.has_value());
    CO_CHECK_EQUAL(order, "little ");
    CO_CHECK_EQUAL(limiter.waiting(), 0U);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 3s));
}

CO_TEST(what_is_refused_can_be_told_when_to_come_again) {
    rate_limiter limiter(quota(1, 1s, 5), 0);
    CO_CHECK(limiter.retry_after(5) == 0s);
    CO_CHECK(limiter.try_acquire(5));
    const auto refused = co_await limiter.acquire(3);
    CO_CHECK(!refused.has_value());
    CO_CHECK(limiter.retry_after(3) == 3s);
    CO_CHECK(limiter.retry_after(6) == std::chrono::nanoseconds::max());
}

CO_TEST(each_kind_of_limit_can_make_wait) {
    const auto cells = co_await time_of_four<weir::rate::gcra>();
    CO_CHECK(is_about(cells, 1s));
    const auto leaking = co_await time_of_four<weir::rate::leaky_bucket>();
    CO_CHECK(is_about(leaking, 1s));
    const auto window = co_await time_of_four<weir::rate::sliding_window>();
    CO_CHECK(is_about(window, 1s));
}

CO_TEST(modes_for_tests_allow_refuse_or_hold_whoever_comes) {
    rate_limiter limiter(quota(1, 1h), 2);
    limiter.set_mode(weir::rate::limiter_mode::always_reject);
    const auto rejected = co_await limiter.acquire();
    CO_CHECK(!rejected.has_value());
    limiter.set_mode(weir::rate::limiter_mode::always_allow);
    for (int i = 0; i < 10; ++i) {
        const auto allowed = co_await limiter.acquire();
        CO_CHECK(allowed.has_value());
    }
    limiter.set_mode(weir::rate::limiter_mode::always_queue);
    int done = 0;
    weir::task_group group(co_await weir::this_task(), 10);
    for (int i = 0; i < 3; ++i) {
        CO_CHECK(group.try_spawn(count_one, std::ref(limiter), std::ref(done)));
    }
    static_cast<void>(co_await weir::sleep_for(2h));
    CO_CHECK_EQUAL(done, 0);
    CO_CHECK_EQUAL(limiter.waiting(), 2U);
    CO_CHECK_EQUAL(limiter.force_serve(), 1U);
    static_cast<void>(co_await weir::sleep_for(1s));
    CO_CHECK_EQUAL(done, 1);
    // What came before the mode changed back is served as the limit says.
    limiter.set_mode(weir::rate::limiter_mode::normal);
    static_cast<void>(co_await weir::sleep_for(1s));
    CO_CHECK_EQUAL(done, 2);
    CO_CHECK_EQUAL(limiter.force_serve(5), 0U);
    static_cast<void>(co_await group.join());
}

CO_TEST(who_is_served_by_force_takes_nothing_from_those_behind) {
    rate_limiter limiter(quota(1, 10s));
    CO_CHECK(limiter.try_acquire());
    int done = 0;
    const auto begin = weir::reactor::current().now();
    weir::task_group group(co_await weir::this_task(), 10);
    for (int i = 0; i < 3; ++i) {
        CO_CHECK(group.try_spawn(count_one, std::ref(limiter), std::ref(done)));
    }
    CO_CHECK_EQUAL(limiter.force_serve(2), 2U);
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(done, 3);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 10s));
}

CO_TEST(who_is_behind_one_served_by_force_waits_for_its_own_cost_only) {
    rate_limiter limiter(quota(1, 1s, 10));
    CO_CHECK(limiter.try_acquire(10));
    std::string order;
    const auto begin = weir::reactor::current().now();
    const auto force = [&]() -> weir::task<> {
        static_cast<void>(co_await weir::yield());
        CO_CHECK_EQUAL(limiter.force_serve(), 1U);
    };
    static_cast<void>(
        co_await weir::when_all(acquire(limiter, 9, priority::normal, order, "much "),
                                acquire(limiter, 1, priority::normal, order, "little "), force()));
    CO_CHECK_EQUAL(order, "much little ");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1s));
}

BOOST_AUTO_TEST_SUITE_END()
