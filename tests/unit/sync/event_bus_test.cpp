// SPDX-License-Identifier: Apache-2.0
// event_bus: who gets what, the four ways to lag, and the end of the bus or of a subscriber.
#include <weir/sync/event_bus.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"
#include "lifetime_probe.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

BOOST_AUTO_TEST_SUITE(event_bus_test)

namespace {

using namespace std::chrono_literals;
using weir::when_lagging;
using bus = weir::event_bus<int>;
using probe = weir::test::lifetime_probe<struct event_bus_tag>;

/// All that comes, with "+n" where n were missed, and how it ended.
weir::task<std::string> read(bus::subscription& from) {
    std::string text;
    for (;;) {
        auto next = co_await from.next();
        if (!next) co_return text + next.error().message();
        if (next->missed() > 0) text += "+" + std::to_string(next->missed()) + " ";
        if (!*next) co_return text + "end";
        text += std::to_string(**next) + " ";
    }
}
weir::task<weir::result<void>> publish(bus& to, int first, int last) {
    for (int i = first; i <= last; ++i) co_await weir::ok(to.publish(i));
    co_return weir::result<void>();
}
weir::task<> publish_and_close(bus& to, int first, int last) {
    static_cast<void>(co_await publish(to, first, last));
    to.close();
}
/// Publishes 1 ... 9 and closes; what a subscriber gets that asks only then.
weir::task<std::string> lag(std::size_t capacity, when_lagging policy) {
    bus numbers;
    auto mine = numbers.subscribe(capacity, policy);
    co_await publish_and_close(numbers, 1, 9);
    co_return co_await read(mine);
}
std::string words(std::errc error) { return std::make_error_code(error).message(); }

}  // namespace

CO_TEST(a_subscriber_gets_what_comes_after_its_subscription) {
    bus numbers;
    static_cast<void>(co_await publish(numbers, 1, 2));
    auto early = numbers.subscribe(10);
    static_cast<void>(co_await publish(numbers, 3, 4));
    auto late = numbers.subscribe(10);
    co_await publish_and_close(numbers, 5, 6);
    const auto by_early = co_await read(early);
    const auto by_late = co_await read(late);
    CO_CHECK_EQUAL(by_early, "3 4 5 6 end");
    CO_CHECK_EQUAL(by_late, "5 6 end");
    const auto again = co_await read(late);
    CO_CHECK_EQUAL(again, "end");
}

CO_TEST(those_that_wait_get_each_event_in_order) {
    bus numbers;
    auto a = numbers.subscribe(1, when_lagging::wait);
    auto b = numbers.subscribe(1, when_lagging::wait);
    const auto [by_a, by_b, published] =
        co_await weir::when_all(read(a), read(b), publish_and_close(numbers, 1, 5));
    CO_CHECK_EQUAL(by_a, "1 2 3 4 5 end");
    CO_CHECK_EQUAL(by_b, "1 2 3 4 5 end");
}

CO_TEST(a_laggard_that_drops_the_oldest_hears_how_many_it_missed) {
    const auto text = co_await lag(3, when_lagging::drop_oldest);
    CO_CHECK_EQUAL(text, "+6 7 8 9 end");
}

CO_TEST(a_laggard_that_drops_the_newest_hears_of_the_gap_where_it_is) {
    const auto text = co_await lag(3, when_lagging::drop_newest);
    CO_CHECK_EQUAL(text, "1 2 3 +6 end");
    bus numbers;
    auto mine = numbers.subscribe(2, when_lagging::drop_newest);
    static_cast<void>(co_await publish(numbers, 1, 4));
    static_cast<void>(co_await mine.next());
    co_await publish_and_close(numbers, 5, 5);
    const auto rest = co_await read(mine);
    CO_CHECK_EQUAL(rest, "2 +2 5 end");
}

CO_TEST(a_laggard_that_is_closed_gets_what_was_queued_and_the_reason) {
    bus numbers;
    auto slow = numbers.subscribe(2, when_lagging::close);
    auto quick = numbers.subscribe(10);
    static_cast<void>(co_await publish(numbers, 1, 4));
    CO_CHECK_EQUAL(numbers.subscribers(), 1U);
    const auto by_slow = co_await read(slow);
    CO_CHECK_EQUAL(by_slow, "1 2 " + words(std::errc::no_buffer_space));
    numbers.close();
    const auto by_quick = co_await read(quick);
    CO_CHECK_EQUAL(by_quick, "1 2 3 4 end");
}

CO_TEST(what_the_new_event_supersedes_makes_room_first) {
    bus numbers;
    // Tens are the key.
    const auto same_key = [](const int& queued, const int& newer) {
        return queued / 10 == newer / 10;
    };
    auto mine = numbers.subscribe(3, when_lagging::drop_oldest, same_key);
    for (int event : {11, 21, 31, 22, 12, 32, 41}) CO_CHECK(numbers.try_publish(event));
    numbers.close();
    const auto text = co_await read(mine);
    // 22 for 21, 12 for 11, 32 for 31; 41 has no like, so the oldest, 22, went.
    CO_CHECK_EQUAL(text, "+4 12 32 41 end");
}

CO_TEST(a_publisher_waits_for_one_that_must_not_miss_any) {
    bus numbers;
    auto careful = numbers.subscribe(2, when_lagging::wait);
    auto other = numbers.subscribe(10);
    static_cast<void>(co_await publish(numbers, 1, 2));
    int third = 3;
    CO_CHECK(!numbers.try_publish(third));
    const auto late = co_await weir::with_timeout(1s, numbers.publish(3));
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(other.size(), 2U);  // a stopped publish has reached nobody
    const auto [a, b, got] = co_await weir::when_all(
        publish(numbers, 4, 5), publish(numbers, 6, 6), [](auto& from) -> weir::task<int> {
            static_cast<void>(co_await weir::sleep_for(1s));
            int sum = 0;
            for (int i = 0; i < 3; ++i) {
                const auto next = co_await from.next();
                if (next && *next) sum = sum * 10 + **next;
            }
            co_return sum;
        }(careful));
    CO_CHECK(a.has_value());
    CO_CHECK(b.has_value());
    CO_CHECK_EQUAL(got, 124);
    numbers.close();
    const auto by_other = co_await read(other);
    CO_CHECK_EQUAL(by_other, "1 2 4 6 5 end");  // who waited longer comes first
}

CO_TEST(a_publisher_goes_on_when_the_one_it_waits_for_leaves) {
    bus numbers;
    std::optional<bus::subscription> careful(numbers.subscribe(1, when_lagging::wait));
    const auto leave = [&]() -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(1s));
        careful.reset();
    };
    const auto [published, left] = co_await weir::when_all(publish(numbers, 1, 5), leave());
    CO_CHECK(published.has_value());
    CO_CHECK_EQUAL(numbers.subscribers(), 0U);
}

CO_TEST(a_closed_bus_refuses_publishers_and_ends_new_subscriptions) {
    bus numbers;
    auto careful = numbers.subscribe(1, when_lagging::wait);
    const auto [published, closed] =
        co_await weir::when_all(publish(numbers, 1, 2), [](bus& which) -> weir::task<> {
            static_cast<void>(co_await weir::yield());
            which.close();
        }(numbers));
    CO_REQUIRE(!published.has_value());
    CO_CHECK(published.error() == std::errc::broken_pipe);
    const auto refused = co_await numbers.publish(3);
    CO_CHECK(!refused.has_value());
    auto late = numbers.subscribe(1);
    const auto by_late = co_await read(late);
    CO_CHECK_EQUAL(by_late, "end");
}

CO_TEST(the_end_of_the_bus_ends_a_wait_and_leaves_what_is_queued) {
    std::optional<bus> numbers(std::in_place);
    auto waiting = numbers->subscribe(1);
    auto kept = numbers->subscribe(10);
    const auto [text, ended] =
        co_await weir::when_all(read(waiting), [](auto& which) -> weir::task<> {
            static_cast<void>(co_await publish(*which, 1, 1));
            which.reset();
        }(numbers));
    CO_CHECK_EQUAL(text, "1 end");
    const auto rest = co_await read(kept);
    CO_CHECK_EQUAL(rest, "1 end");
}

CO_TEST(an_impatient_subscriber_loses_nothing) {
    bus numbers;
    auto mine = numbers.subscribe(10);
    const auto late = co_await weir::with_timeout(1s, mine.next());
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == std::errc::timed_out);
    co_await publish_and_close(numbers, 1, 2);
    const auto text = co_await read(mine);
    CO_CHECK_EQUAL(text, "1 2 end");
}

CO_TEST(an_event_is_stored_once_and_ends_with_the_last_that_uses_it) {
    probe::reset();
    {
        weir::event_bus<probe> probes;
        auto a = probes.subscribe(4);
        auto b = probes.subscribe(4);
        auto c = probes.subscribe(4);
        static_cast<void>(co_await probes.publish(probe(7)));
        CO_CHECK_EQUAL(probe::live(), 1);
        auto by_a = co_await a.next();
        auto by_b = co_await b.next();
        CO_REQUIRE((by_a.has_value() && by_b.has_value()));
        CO_CHECK_EQUAL((*by_a)->value(), 7);
        CO_CHECK_EQUAL(&**by_a, &**by_b);
        CO_CHECK_EQUAL(probe::copies(), 0);
    }
    CO_CHECK_EQUAL(probe::live(), 0);
}

CO_TEST(events_allocate_nothing_in_a_steady_state) {
    bus numbers;
    auto a = numbers.subscribe(8);
    auto b = numbers.subscribe(8, when_lagging::wait);
    const auto round = [](bus& all, auto& of_a, auto& of_b) -> weir::task<> {
        for (int i = 0; i < 8; ++i) static_cast<void>(co_await all.publish(i));
        for (int i = 0; i < 8; ++i) {
            static_cast<void>(co_await of_a.next());
            static_cast<void>(co_await of_b.next());
        }
    };
    co_await round(numbers, a, b);
    const weir::test::allocation_count count;
    for (int i = 0; i < 100; ++i) co_await round(numbers, a, b);
    CO_CHECK_EQUAL(count.value(), 0U);
}

BOOST_AUTO_TEST_SUITE_END()
