// SPDX-License-Identifier: Apache-2.0
// measured_channel: the marks, and what the histograms say.
#include <weir/flow/measured_channel.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(measured_channel_test)

namespace {

using namespace std::chrono_literals;
using weir::flow::measured_channel;
using weir::flow::measured_channel_options;

measured_channel_options with_marks(std::size_t low, std::size_t high, std::size_t capacity) {
    measured_channel_options options;
    options.low_water = low;
    options.high_water = high;
    options.capacity = capacity;
    return options;
}
weir::task<weir::result<void>> send(measured_channel<int>& to, int count) {
    for (int i = 0; i < count; ++i) co_await weir::ok(to.send(i));
    co_return weir::result<void>();
}

}  // namespace

CO_TEST(it_holds_ten_thousand_unless_said_otherwise) {
    measured_channel<int> values;
    const auto sent = co_await send(values, 10'000);
    CO_CHECK(sent.has_value());
    CO_CHECK_EQUAL(values.size(), 10'000U);
    CO_CHECK(values.is_high());
}

CO_TEST(it_is_high_from_one_mark_down_to_the_other) {
    measured_channel<int> values(with_marks(2, 5, 10));
    static_cast<void>(co_await send(values, 4));
    const bool at_4 = values.is_high();
    static_cast<void>(co_await send(values, 1));
    const bool at_5 = values.is_high();
    static_cast<void>(co_await values.receive_many(2));
    const bool down_at_3 = values.is_high();
    static_cast<void>(co_await values.receive_many(1));
    const bool down_at_2 = values.is_high();
    static_cast<void>(co_await send(values, 2));
    const bool up_at_4 = values.is_high();
    CO_CHECK(!at_4 && at_5 && down_at_3 && !down_at_2 && !up_at_4);
}

CO_TEST(a_peak_that_nobody_asked_about_is_seen) {
    measured_channel<int> values(with_marks(1, 5, 10));
    static_cast<void>(co_await send(values, 5));
    static_cast<void>(co_await values.receive_many(3));
    CO_CHECK(values.is_high());
}

CO_TEST(the_histograms_tell_depth_and_waits) {
    measured_channel<int> values(with_marks(2, 5, 10));
    static_cast<void>(co_await send(values, 4));
    static_cast<void>(co_await weir::sleep_for(10ms));
    static_cast<void>(co_await send(values, 1));
    const auto batch = co_await values.receive_many(10);
    CO_REQUIRE(batch && batch->size() == 5);
    CO_CHECK_EQUAL(values.depth().max(), 5U);
    CO_CHECK_EQUAL(values.wait().count(), 5U);
    CO_CHECK_EQUAL(values.wait().min(), 0U);
    CO_CHECK(weir::test::is_about(std::chrono::nanoseconds(values.wait().max()), 10ms));
}

CO_TEST(when_it_is_full_senders_wait_and_at_the_end_all_is_there) {
    measured_channel<int> values(with_marks(0, 1, 2));
    auto send_and_close = [&]() -> weir::task<> {
        static_cast<void>(co_await send(values, 100));
        values.close();
    };
    auto count = [&]() -> weir::task<std::size_t> {
        std::size_t sum = 0;
        while (auto batch = co_await values.receive_many(7)) sum += batch->size();
        co_return sum;
    };
    const auto [none, received] = co_await weir::when_all(send_and_close(), count());
    CO_CHECK_EQUAL(received, 100U);
    static_cast<void>(none);
}

BOOST_AUTO_TEST_SUITE_END()
