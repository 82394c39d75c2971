// SPDX-License-Identifier: Apache-2.0
// merge: values as they come, whose end is the end, and what an error, a stop and a close do.
#include <weir/sync/merge.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(merge_test)

namespace {

using namespace std::chrono_literals;
using weir::ends_with;
using weir::test::is_about;
using numbers = weir::merge<int>;

/// `count` values from `first` on, one after each pause; says in `made` how many.
weir::stream<int> ticks(int first, int count, std::chrono::nanoseconds pause, int* made = nullptr) {
    for (int i = 0; i < count; ++i) {
        co_await weir::ok(weir::sleep_for(pause));
        if (made != nullptr) ++*made;
        co_yield first + i;
    }
}
weir::stream<int> at_once(int first, int count) {
    for (int i = 0; i < count; ++i) co_yield first + i;
}
weir::stream<int> fail_after(std::chrono::nanoseconds pause, std::errc error) {
    co_await weir::ok(weir::sleep_for(pause));
    weir::ok(weir::result<void>(weir::fail(error)));
    co_yield 0;
}
weir::stream<int> throw_after(std::chrono::nanoseconds pause) {
    co_await weir::ok(weir::sleep_for(pause));
    throw std::runtime_error("no more");
    co_yield 0;
}
/// Needs a second to end when it is stopped.
weir::stream<int> end_slowly(bool& has_ended) {
    const auto slept = co_await weir::sleep_for(1h);
    static_cast<void>(co_await weir::shield(weir::sleep_for(1s), 1h));
    has_ended = true;
    weir::ok(slept);
    co_yield 0;
}
weir::stream<int> throw_when_stopped() {
    static_cast<void>(co_await weir::sleep_for(1000h));
    throw std::runtime_error("not like this");
    co_yield 0;
}
weir::stream<std::unique_ptr<int>> boxes() { co_yield std::make_unique<int>(7); }

/// All that comes, as text, and how it ended.
weir::task<std::string> text_of(numbers& all) {
    std::string text;
    for (;;) {
        auto next = co_await all.next();
        if (!next) co_return text + next.error().message();
        if (!*next) co_return text + "end";
        text += std::to_string(**next) + " ";
    }
}
std::string words(std::errc error) { return std::make_error_code(error).message(); }

}  // namespace

CO_TEST(values_of_all_come_as_they_are_there) {
    numbers all(co_await weir::this_task(), ends_with::last, ticks(10, 3, 1s),
                ticks(20, 2, 1500ms));
    const auto text = co_await text_of(all);
    CO_CHECK_EQUAL(text, "10 20 11 12 21 end");
    const auto again = co_await text_of(all);
    CO_CHECK_EQUAL(again, "end");
    CO_CHECK_EQUAL(all.running(), 0U);
}

CO_TEST(the_first_source_that_ends_can_be_the_end_of_all) {
    numbers all(co_await weir::this_task(), ends_with::first, ticks(10, 100, 1s),
                ticks(20, 2, 1500ms));
    const auto text = co_await text_of(all);
    CO_CHECK_EQUAL(text, "10 20 11 12 21 end");
}

CO_TEST(sources_that_always_have_a_value_take_turns) {
    numbers all(co_await weir::this_task(), ends_with::last, at_once(10, 4), at_once(20, 4),
                at_once(30, 2));
    const auto text = co_await text_of(all);
    CO_CHECK_EQUAL(text, "10 20 30 11 21 31 12 22 13 23 end");
}

CO_TEST(a_source_is_at_most_one_value_ahead) {
    int made = 0;
    numbers all(co_await weir::this_task(), ends_with::last, ticks(1, 10, 1ms, &made));
    CO_CHECK_EQUAL(made, 0);
    static_cast<void>(co_await all.next());
    static_cast<void>(co_await weir::sleep_for(1s));
    CO_CHECK_EQUAL(made, 2);
    co_await all.close();
}

CO_TEST(an_error_stops_the_others_and_comes_when_they_have_ended) {
    bool has_ended = false;
    const auto begin = weir::reactor::current().now();
    numbers all(co_await weir::this_task(), ends_with::last, end_slowly(has_ended),
                fail_after(5s, std::errc::no_link), ticks(1, 100, 2s));
    const auto text = co_await text_of(all);
    CO_CHECK_EQUAL(text, "1 2 " + words(std::errc::no_link));
    CO_CHECK(has_ended);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 6s));
    const auto again = co_await text_of(all);
    CO_CHECK_EQUAL(again, "end");
}

CO_TEST(an_exception_does_the_same_as_an_error) {
    bool has_ended = false;
    bool caught = false;
    numbers all(co_await weir::this_task(), ends_with::last, throw_after(1s),
                end_slowly(has_ended));
    try {
        static_cast<void>(co_await all.next());
    } catch (const std::runtime_error&) {
        caught = true;
    }
    CO_CHECK(caught);
    CO_CHECK(has_ended);
}

CO_TEST(values_that_were_there_come_before_the_error) {
    numbers all(co_await weir::this_task(), ends_with::last, at_once(1, 3), at_once(5, 3),
                fail_after(1s, std::errc::no_link));
    static_cast<void>(co_await all.next());
    static_cast<void>(co_await weir::sleep_for(2s));
    const auto rest = co_await text_of(all);
    CO_CHECK_EQUAL(rest, "5 2 " + words(std::errc::no_link));
}

CO_TEST(an_impatient_asker_loses_nothing) {
    numbers all(co_await weir::this_task(), ends_with::last, ticks(1, 3, 1s), ticks(5, 3, 1s));
    std::string text;
    int timeouts = 0;
    while (timeouts < 100) {
        auto next = co_await weir::with_timeout(300ms, all.next());
        if (!next && next.error() != std::errc::timed_out) break;
        if (!next) {
            ++timeouts;
            continue;
        }
        if (!*next) break;
        text += std::to_string(**next) + " ";
    }
    CO_CHECK_EQUAL(text, "1 5 2 6 3 7 ");
    CO_CHECK_EQUAL(timeouts, 9);
    co_await all.close();  // for the runs that are stopped
}

CO_TEST(when_the_owner_is_stopped_the_sources_have_ended_before_next_returns) {
    bool has_ended = false;
    const auto own = [&]() -> weir::task<weir::result<void>> {
        numbers all(co_await weir::this_task(), ends_with::last, end_slowly(has_ended));
        while (auto each = co_await weir::ok(all.next())) {
        }
        co_return weir::result<void>();
    };
    const auto begin = weir::reactor::current().now();
    const auto outcome = co_await weir::with_timeout(5s, own());
    CO_REQUIRE(!outcome.has_value());
    CO_CHECK(outcome.error() == std::errc::timed_out);
    CO_CHECK(has_ended);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 6s));
}

CO_TEST(an_exception_is_not_lost_when_the_owner_is_stopped) {
    bool caught = false;
    const auto own = [&]() -> weir::task<weir::result<void>> {
        numbers all(co_await weir::this_task(), ends_with::last, throw_when_stopped());
        try {
            static_cast<void>(co_await all.next());
        } catch (const std::runtime_error&) {
            caught = true;
        }
        co_return weir::result<void>();
    };
    static_cast<void>(co_await weir::with_timeout(1s, own()));
    CO_CHECK(caught);
}

CO_TEST(close_stops_the_sources_and_drops_what_they_held) {
    bool has_ended = false;
    numbers all(co_await weir::this_task(), ends_with::last, at_once(1, 10), end_slowly(has_ended));
    static_cast<void>(co_await all.next());
    co_await all.close();
    CO_CHECK(has_ended);
    CO_CHECK_EQUAL(all.running(), 0U);
    const auto rest = co_await text_of(all);
    CO_CHECK_EQUAL(rest, "end");
}

CO_TEST(a_merge_that_nobody_asked_has_begun_nothing) {
    int made = 0;
    {
        numbers unasked(co_await weir::this_task(), ends_with::last, ticks(1, 3, 0s, &made));
        numbers closed(co_await weir::this_task(), ends_with::last, ticks(1, 3, 0s, &made));
        co_await closed.close();
        const auto text = co_await text_of(closed);
        CO_CHECK_EQUAL(text, "end");
    }
    CO_CHECK_EQUAL(made, 0);
}

CO_TEST(many_streams_or_none_and_values_that_only_move) {
    std::vector<weir::stream<std::unique_ptr<int>>> sources;
    for (int i = 0; i < 100; ++i) sources.push_back(boxes());
    weir::merge all(co_await weir::this_task(), ends_with::last, std::move(sources));
    int sum = 0;
    for (;;) {
        auto next = co_await all.next();
        if (!next || !*next) break;
        sum += ***next;
    }
    CO_CHECK_EQUAL(sum, 700);
    weir::merge none(co_await weir::this_task(), ends_with::first,
                     std::vector<weir::stream<int>>());
    const auto text = co_await text_of(none);
    CO_CHECK_EQUAL(text, "end");
}

CO_TEST(values_allocate_nothing) {
    numbers all(co_await weir::this_task(), ends_with::last, at_once(0, 1000), at_once(0, 1000));
    static_cast<void>(co_await all.next());
    const weir::test::allocation_count count;
    for (int i = 0; i < 1900; ++i) {
        const auto next = co_await all.next();
        if (!next) break;
    }
    CO_CHECK_EQUAL(count.value(), 0U);
    co_await all.close();
}

BOOST_AUTO_TEST_SUITE_END()
