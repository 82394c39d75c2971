// SPDX-License-Identifier: Apache-2.0
// with_timeout, with_deadline, shield: the nearest deadline counts, and a late result is kept.
#include <weir/io/timeout.hpp>

#include "co_test.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/channel.hpp>
#include <weir/sync/event.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(timeout_test)

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

weir::reactor::time_point now() { return weir::reactor::current().now(); }

weir::task<weir::result<int>> after(nanoseconds delay, int value) {
    const auto slept = co_await weir::sleep_for(delay);
    if (!slept) co_return weir::fail(slept.error());
    co_return value;
}
weir::task<int> answer() { co_return 42; }
weir::task<int> insist(nanoseconds delay) {
    static_cast<void>(co_await weir::shield(weir::sleep_for(delay), 1h));
    co_return 7;
}
weir::task<> sleep_quietly(nanoseconds delay) {
    static_cast<void>(co_await weir::sleep_for(delay));
}
weir::task<weir::result<int>> own_failure() { co_return weir::fail(std::errc::bad_message); }

class plain_error {
public:
    explicit plain_error(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};
weir::task<weir::result<int, plain_error>> fail_in_words(nanoseconds delay) {
    const auto slept = co_await weir::sleep_for(delay);
    if (!slept) co_return weir::fail(plain_error("interrupted"));
    co_return 1;
}
weir::task<weir::result<int>> receive_and_block(weir::channel<int>& numbers) {
    const auto got = co_await numbers.receive();
    // The thread is busy past the deadline, with the value in hand.
    weir::test::current_place().advance(1h);
    co_return got;
}
weir::task<> send(weir::channel<int>& numbers) { static_cast<void>(co_await numbers.send(5)); }
weir::task<bool> clean_up() {
    const auto slept = co_await weir::sleep_for(10ms);
    co_return slept.has_value();
}

}  // namespace

CO_TEST(what_ends_in_time_gives_its_result) {
    const auto early = co_await weir::with_timeout(2s, after(1s, 5));
    CO_CHECK_EQUAL(early.value_or(0), 5);
    const auto plain = co_await weir::with_timeout(2s, answer());
    CO_CHECK_EQUAL(plain.value_or(0), 42);
    const auto nothing = co_await weir::with_timeout(2s, sleep_quietly(1s));
    CO_CHECK(nothing.has_value());
    CO_CHECK_EQUAL(weir::reactor::current().timers().armed(), 0U);
}

CO_TEST(what_does_not_is_stopped_and_says_timed_out) {
    const auto begin = now();
    const auto late = co_await weir::with_timeout(1s, after(1h, 5));
    CO_CHECK(!late && late.error() == std::errc::timed_out);
    const auto nothing = co_await weir::with_timeout(1s, sleep_quietly(1h));
    CO_CHECK(!nothing && nothing.error() == std::errc::timed_out);
    CO_CHECK(now() - begin >= 2s && now() - begin < 3s);
}

CO_TEST(a_deadline_is_a_moment) {
    const auto begin = now();
    const auto late = co_await weir::with_deadline(begin + 1s, after(1h, 5));
    CO_CHECK(!late && late.error() == std::errc::timed_out);
    const auto past = co_await weir::with_deadline(begin, after(1h, 5));
    CO_CHECK(!past && past.error() == std::errc::timed_out);
    CO_CHECK(now() - begin < 2s);
}

CO_TEST(the_nearest_of_nested_deadlines_counts) {
    for (const auto& [outer, inner] : {std::pair(1s, 10s), std::pair(10s, 1s), std::pair(1s, 1s)}) {
        const auto begin = now();
        const auto late =
            co_await weir::with_timeout(outer, weir::with_timeout(inner, after(1h, 5)));
        CO_CHECK(!late && late.error() == std::errc::timed_out);
        CO_CHECK(now() - begin >= 1s && now() - begin < 2s);
    }
}

CO_TEST(an_inner_timeout_leaves_the_outer_one_running) {
    auto twice = []() -> weir::task<weir::result<int>> {
        const auto first = co_await weir::with_timeout(1s, after(1h, 1));
        CO_CHECK(!first && first.error() == std::errc::timed_out);
        co_return co_await after(1h, 2);
    };
    const auto begin = now();
    const auto late = co_await weir::with_timeout(3s, twice());
    CO_CHECK(!late && late.error() == std::errc::timed_out);
    CO_CHECK(now() - begin >= 3s && now() - begin < 4s);
}

CO_TEST(a_result_that_came_in_spite_of_the_deadline_is_kept) {
    const auto late = co_await weir::with_timeout(1s, insist(5s));
    CO_CHECK_EQUAL(late.value_or(0), 7);
}

CO_TEST(a_value_received_before_the_deadline_was_noticed_is_kept) {
    weir::channel<int> numbers(1);
    const auto [got, sent] =
        co_await weir::when_all(weir::with_timeout(1s, receive_and_block(numbers)), send(numbers));
    CO_CHECK_EQUAL(got.value_or(0), 5);
}

CO_TEST(errors_of_the_work_itself_pass) {
    const auto failed = co_await weir::with_timeout(1s, own_failure());
    CO_CHECK(!failed && failed.error() == std::errc::bad_message);
}

CO_TEST(an_error_type_without_codes_keeps_its_own_words) {
    const auto late = co_await weir::with_timeout(1s, fail_in_words(1h));
    CO_REQUIRE(!late.has_value());
    CO_CHECK_EQUAL(late.error().text(), "interrupted");
}

CO_TEST(an_outer_stop_is_no_timeout) {
    auto stop = [](weir::scope& ambient) -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(1ms));
        ambient.request_stop();
    };
    weir::scope& ambient = (co_await weir::this_task()).ambient();
    const auto [late, done] =
        co_await weir::when_all(weir::with_timeout(1h, after(2h, 1)), stop(ambient));
    CO_CHECK(!late && late.error() == std::errc::operation_canceled);
}

CO_TEST(the_longest_timeout_means_none) {
    const auto value = co_await weir::with_timeout(nanoseconds::max(), after(24h * 100, 3));
    CO_CHECK_EQUAL(value.value_or(0), 3);
}

CO_TEST(a_negative_timeout_has_passed_already) {
    const auto begin = now();
    const auto late = co_await weir::with_timeout(nanoseconds::min(), after(1h, 3));
    CO_CHECK(!late && late.error() == std::errc::timed_out);
    CO_CHECK(now() - begin < 1s);
}

CO_TEST(a_shield_keeps_a_stop_out) {
    (co_await weir::this_task()).ambient().request_stop();
    const auto cleaned = co_await weir::shield(clean_up(), 1s);
    CO_CHECK(cleaned.value_or(false));
    const auto unshielded = co_await weir::sleep_for(1ms);
    CO_CHECK(!unshielded.has_value());
}

CO_TEST(a_shield_has_a_deadline_of_its_own) {
    (co_await weir::this_task()).ambient().request_stop();
    const auto begin = now();
    const auto late = co_await weir::shield(after(1h, 1), 2s);
    CO_CHECK(!late && late.error() == std::errc::timed_out);
    CO_CHECK(now() - begin >= 2s && now() - begin < 3s);
}

CO_TEST(a_shield_outlasts_the_deadline_around_it) {
    const auto begin = now();
    const auto value = co_await weir::with_timeout(1s, weir::shield(after(3s, 9), 10s));
    CO_CHECK_EQUAL(value.value_or(0), 9);
    CO_CHECK(now() - begin >= 3s);
}

CO_TEST(many_timeouts_that_do_not_fire_leave_no_timer) {
    for (int i = 0; i < 1000; ++i) {
        const auto value = co_await weir::with_timeout(1h, answer());
        CO_CHECK(value.has_value());
    }
    CO_CHECK_EQUAL(weir::reactor::current().timers().armed(), 0U);
}

BOOST_AUTO_TEST_SUITE_END()
