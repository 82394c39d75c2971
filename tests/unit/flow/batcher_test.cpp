// SPDX-License-Identifier: Apache-2.0
// batcher: when a batch comes, who waits for room, and that nothing is lost.
#include <weir/flow/batcher.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(batcher_test)

namespace {

using namespace std::chrono_literals;
using weir::flow::batch_limits;
using weir::flow::batcher;
using weir::test::is_about;

std::string text_of(const std::vector<int>& batch) {
    std::string text;
    for (const int each : batch) text += std::to_string(each) + " ";
    return text;
}
/// Adds 1 ... `last`, one each `pause`, and closes.
weir::task<weir::result<void>> add_all(batcher<int>& to, int last, std::chrono::nanoseconds pause) {
    for (int i = 1; i <= last; ++i) {
        co_await weir::ok(to.add(i));
        if (pause.count() > 0) co_await weir::ok(weir::sleep_for(pause));
    }
    to.close();
    co_return weir::result<void>();
}
/// All batches, each with a bar behind it.
weir::task<weir::result<std::string>> take_all(batcher<int>& from, std::chrono::nanoseconds pause) {
    std::string all;
    while (auto batch = co_await weir::ok(from.next())) {
        all += text_of(*batch) + "| ";
        if (pause.count() > 0) co_await weir::ok(weir::sleep_for(pause));
    }
    co_return all;
}

}  // namespace

CO_TEST(a_full_batch_comes_at_once_and_the_rest_at_the_end) {
    batch_limits limits;
    limits.max_items = 3;
    batcher<int> values(limits);
    const auto [added, taken] =
        co_await weir::when_all(add_all(values, 7, 0ns), take_all(values, 0ns));
    CO_REQUIRE(taken.has_value());
    CO_CHECK_EQUAL(*taken, "1 2 3 | 4 5 6 | 7 | ");
}

CO_TEST(no_value_waits_longer_than_the_delay) {
    batcher<int> values;
    const auto begin = weir::reactor::current().now();
    static_cast<void>(co_await values.add(1));
    static_cast<void>(co_await weir::sleep_for(30ms));
    static_cast<void>(co_await values.add(2));
    auto batch = co_await values.next();
    CO_REQUIRE(batch.has_value());
    CO_REQUIRE(batch->has_value());
    CO_CHECK_EQUAL(text_of(**batch), "1 2 ");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 50ms));
}

CO_TEST(the_delay_begins_with_a_value_that_comes_while_somebody_waits) {
    batcher<int> values;
    const auto begin = weir::reactor::current().now();
    const auto [added, taken] =
        co_await weir::when_all(add_all(values, 4, 20ms), take_all(values, 0ns));
    CO_REQUIRE(taken.has_value());
    CO_CHECK_EQUAL(*taken, "1 2 3 | 4 | ");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 80ms));
}

CO_TEST(a_flush_hands_out_what_there_is) {
    batcher<int> values;
    const auto begin = weir::reactor::current().now();
    static_cast<void>(co_await values.add(1));
    values.flush();
    auto batch = co_await values.next();
    CO_REQUIRE(batch.has_value());
    CO_REQUIRE(batch->has_value());
    CO_CHECK_EQUAL(text_of(**batch), "1 ");
    CO_CHECK(weir::reactor::current().now() - begin < 1ms);
}

CO_TEST(who_adds_to_a_full_one_waits_and_keeps_its_place) {
    batch_limits limits;
    limits.max_items = 2;
    limits.max_pending = 2;
    batcher<int> values(limits);
    const auto [added, taken] =
        co_await weir::when_all(add_all(values, 7, 0ns), take_all(values, 1s));
    CO_REQUIRE(taken.has_value());
    CO_CHECK_EQUAL(*taken, "1 2 | 3 4 | 5 6 | 7 | ");
}

CO_TEST(a_closed_one_takes_nothing_more_and_gives_the_rest) {
    batch_limits limits;
    limits.max_items = 1;
    limits.max_pending = 1;
    batcher<int> values(limits);
    static_cast<void>(co_await values.add(1));
    const auto close = [&]() -> weir::task<> {
        values.close();
        co_return;
    };
    const auto wait = [&]() -> weir::task<weir::result<void>> { co_return co_await values.add(2); };
    const auto [waited, closed] = co_await weir::when_all(wait(), close());
    CO_REQUIRE(!waited.has_value());
    CO_CHECK(waited.error() == std::errc::broken_pipe);
    auto rest = co_await values.next();
    CO_REQUIRE(rest.has_value());
    CO_CHECK(rest->has_value());
    auto end = co_await values.next();
    CO_REQUIRE(end.has_value());
    CO_CHECK(!end->has_value());
}

CO_TEST(a_stopped_next_loses_nothing) {
    batch_limits limits;
    limits.max_delay = 1h;
    batcher<int> values(limits);
    static_cast<void>(co_await values.add(1));
    auto early = co_await weir::with_timeout(1s, values.next());
    CO_REQUIRE(!early.has_value());
    CO_CHECK(early.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(values.size(), 1U);
    auto later = co_await values.next();
    CO_REQUIRE(later.has_value());
    CO_CHECK(later->has_value());
}

CO_TEST(a_stopped_add_has_not_added) {
    batch_limits limits;
    limits.max_items = 1;
    limits.max_pending = 1;
    batcher<int> values(limits);
    static_cast<void>(co_await values.add(1));
    auto late = co_await weir::with_timeout(1s, values.add(2));
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == std::errc::timed_out);
    values.close();
    const auto taken = co_await take_all(values, 0ns);
    CO_REQUIRE(taken.has_value());
    CO_CHECK_EQUAL(*taken, "1 | ");
}

CO_TEST(by_pace_a_trickle_waits_for_nobody_and_a_flood_makes_full_batches) {
    batch_limits limits;
    limits.size = weir::flow::batch_size::by_pace;
    limits.max_items = 20;
    batcher<int> values(limits);
    const auto begin = weir::reactor::current().now();
    static_cast<void>(co_await weir::when_all(add_all(values, 5, 1s), take_all(values, 0ns)));
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 5s));  // and no delay besides
    batcher<int> flooded(limits);
    std::size_t batches = 0;
    const auto count = [&]() -> weir::task<weir::result<void>> {
        while (auto batch = co_await weir::ok(flooded.next())) ++batches;
        co_return weir::result<void>();
    };
    const auto [added, taken] = co_await weir::when_all(add_all(flooded, 1000, 10us), count());
    CO_CHECK(added.has_value() && taken.has_value());
    CO_CHECK(batches <= 1000 / 20 + 5);
}

BOOST_AUTO_TEST_SUITE_END()
