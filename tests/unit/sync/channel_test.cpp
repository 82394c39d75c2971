// SPDX-License-Identifier: Apache-2.0
// channel: order, the five policies, closing, and a stop on either side that loses nothing.
#include <weir/sync/channel.hpp>

#include "co_test.hpp"
#include "lifetime_probe.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(channel_test)

namespace {

using namespace std::chrono_literals;
using weir::when_full;
using numbers = weir::channel<int>;

weir::task<std::vector<int>> receive_all(numbers& from) {
    std::vector<int> got;
    while (auto value = co_await from.receive()) got.push_back(*value);
    co_return got;
}
weir::task<> send_range(numbers& to, int first, int count) {
    for (int i = 0; i < count; ++i) {
        const auto sent = co_await to.send(first + i);
        if (!sent) co_return;
    }
    to.close();
}
weir::task<weir::result<void>> send_one(numbers& to, int value) {
    co_return co_await to.send(value);
}
weir::task<weir::result<int>> receive_one(numbers& from) { co_return co_await from.receive(); }

weir::task<std::string> fill(numbers& full, int count) {
    std::string outcome;
    for (int i = 1; i <= count; ++i) {
        const auto sent = co_await full.send(i);
        outcome += sent ? '+' : '-';
    }
    full.close();
    const auto left = co_await receive_all(full);
    for (const int each : left) outcome += std::to_string(each);
    co_return outcome;
}
weir::task<> stop(weir::stop_source& source) {
    source.request_stop();
    co_return;
}
weir::task<> take_then_stop(numbers& from, weir::stop_source& source, int& got) {
    got = from.try_receive().value_or(0);
    source.request_stop();
    co_return;
}
weir::task<> give_then_stop(numbers& to, weir::stop_source& source) {
    int value = 8;
    CO_CHECK(to.try_send(value));
    source.request_stop();
    co_return;
}
weir::task<> close_and_destroy(std::optional<numbers>& channel) {
    channel->close();
    channel.reset();
    co_return;
}

}  // namespace

CO_TEST(values_arrive_in_the_order_they_were_sent) {
    for (const std::size_t capacity : {1U, 2U, 7U, 100U}) {
        numbers channel(capacity);
        const auto [got, done] =
            co_await weir::when_all(receive_all(channel), send_range(channel, 0, 50));
        bool in_order = got.size() == 50;
        for (std::size_t i = 0; i < got.size(); ++i) in_order &= got[i] == int(i);
        CO_CHECK(in_order);
    }
}

CO_TEST(wait_holds_the_sender_until_there_is_room) {
    numbers channel(2);
    int value = 1;
    CO_CHECK(channel.try_send(value));
    CO_CHECK(channel.try_send(value));
    CO_CHECK(!channel.try_send(value));
    const auto late = co_await weir::with_timeout(1s, channel.send(3));
    CO_CHECK(!late && late.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(channel.size(), 2U);
}

CO_TEST(reject_fails_when_full) {
    numbers channel(2, when_full::reject);
    const std::string outcome = co_await fill(channel, 4);
    CO_CHECK_EQUAL(outcome, "++--12");
    CO_CHECK_EQUAL(channel.dropped(), 0U);
}

CO_TEST(reject_says_which_error) {
    numbers channel(1, when_full::reject);
    static_cast<void>(co_await channel.send(1));
    const auto full = co_await channel.send(2);
    channel.close();
    const auto closed = co_await channel.send(3);
    CO_CHECK(!full && full.error() == std::errc::no_buffer_space);
    CO_CHECK(!closed && closed.error() == std::errc::broken_pipe);
}

CO_TEST(drop_oldest_keeps_the_newest) {
    numbers channel(2, when_full::drop_oldest);
    const std::string outcome = co_await fill(channel, 5);
    CO_CHECK_EQUAL(outcome, "+++++45");
    CO_CHECK_EQUAL(channel.dropped(), 3U);
}

CO_TEST(drop_newest_keeps_the_oldest) {
    numbers channel(2, when_full::drop_newest);
    const std::string outcome = co_await fill(channel, 5);
    CO_CHECK_EQUAL(outcome, "+++++12");
    CO_CHECK_EQUAL(channel.dropped(), 3U);
}

CO_TEST(conflate_replaces_the_newest) {
    numbers channel(2, when_full::conflate);
    const std::string outcome = co_await fill(channel, 5);
    CO_CHECK_EQUAL(outcome, "+++++15");
    CO_CHECK_EQUAL(channel.dropped(), 3U);
}

CO_TEST(closing_lets_receivers_have_what_is_queued) {
    numbers channel(4);
    static_cast<void>(co_await channel.send(1));
    static_cast<void>(co_await channel.send(2));
    channel.close();
    channel.close();
    const auto got = co_await receive_all(channel);
    CO_CHECK_EQUAL(got.size(), 2U);
    const auto after = co_await channel.receive();
    CO_CHECK(!after && after.error() == std::errc::broken_pipe);
}

CO_TEST(closing_wakes_those_who_wait_on_either_side) {
    auto close = [](numbers& channel) -> weir::task<> {
        channel.close();
        co_return;
    };
    numbers full(1);
    static_cast<void>(co_await full.send(1));
    const auto [sent, a] = co_await weir::when_all(send_one(full, 2), close(full));
    CO_CHECK(!sent && sent.error() == std::errc::broken_pipe);
    numbers empty(1);
    const auto [got, b] = co_await weir::when_all(receive_one(empty), close(empty));
    CO_CHECK(!got && got.error() == std::errc::broken_pipe);
}

CO_TEST(a_channel_may_end_as_soon_as_it_is_closed) {
    std::optional<numbers> channel(std::in_place, std::size_t{1});
    static_cast<void>(co_await channel->send(1));
    const auto [sent, done] =
        co_await weir::when_all(send_one(*channel, 2), close_and_destroy(channel));
    CO_CHECK(!sent && sent.error() == std::errc::broken_pipe);
}

CO_TEST(a_stopped_send_has_not_sent) {
    numbers channel(1);
    weir::stop_source source;
    static_cast<void>(co_await channel.send(1));
    const auto [sent, done] =
        co_await weir::when_all(weir::with_stop(source, send_one(channel, 2)), stop(source));
    CO_CHECK(!sent && sent.error() == std::errc::operation_canceled);
    channel.close();
    const auto got = co_await receive_all(channel);
    CO_CHECK_EQUAL(got.size(), 1U);
}

CO_TEST(a_send_that_moved_up_before_the_stop_has_sent) {
    numbers channel(1);
    weir::stop_source source;
    int got = 0;
    static_cast<void>(co_await channel.send(1));
    const auto [sent, done] = co_await weir::when_all(weir::with_stop(source, send_one(channel, 2)),
                                                      take_then_stop(channel, source, got));
    CO_CHECK(sent.has_value());
    CO_CHECK_EQUAL(got, 1);
    CO_CHECK_EQUAL(channel.try_receive().value_or(0), 2);
}

CO_TEST(a_value_handed_over_before_the_stop_is_received) {
    numbers channel(1);
    weir::stop_source source;
    const auto [got, done] = co_await weir::when_all(weir::with_stop(source, receive_one(channel)),
                                                     give_then_stop(channel, source));
    CO_CHECK_EQUAL(got.value_or(0), 8);
    CO_CHECK(channel.empty());
}

CO_TEST(move_only_values_pass_through) {
    weir::channel<std::unique_ptr<int>> channel(1);
    auto sending = channel.send(std::make_unique<int>(3));
    static_cast<void>(co_await sending);
    auto got = co_await channel.receive();
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(**got, 3);
}

CO_TEST(queued_values_are_destroyed_with_the_channel_and_never_copied) {
    using probe = weir::test::lifetime_probe<struct channel_tag>;
    probe::reset();
    {
        weir::channel<probe> channel(3, when_full::drop_oldest);
        for (int i = 0; i < 5; ++i) {
            auto sending = channel.send(probe(i));
            static_cast<void>(co_await sending);
        }
        static_cast<void>(channel.try_receive());
    }
    CO_CHECK_EQUAL(probe::live(), 0);
    CO_CHECK_EQUAL(probe::copies(), 0);
}

BOOST_AUTO_TEST_CASE(a_failed_try_send_leaves_the_value_untouched) {
    weir::channel<std::string> channel(1);
    std::string first = "one";
    std::string second = "two";
    BOOST_TEST(channel.try_send(first));
    BOOST_TEST(!channel.try_send(second));
    BOOST_TEST(second == "two");
}

CO_TEST(receive_many_waits_for_the_first_and_takes_what_is_there) {
    numbers few(4);
    const auto [text, sent] = co_await weir::when_all(
        [](numbers& from) -> weir::task<std::string> {
            std::string all;
            while (auto got = co_await from.receive_many(3)) {
                for (const int each : *got) all += std::to_string(each) + " ";
                all += "| ";
            }
            co_return all;
        }(few),
        send_range(few, 1, 11));
    // The first came while it waited; those of the sender that waited came along.
    CO_CHECK_EQUAL(text, "1 2 3 | 4 5 6 | 7 8 9 | 10 11 | ");
    CO_CHECK(few.empty());
}

CO_TEST(receive_many_that_is_stopped_has_taken_nothing) {
    numbers some(4);
    const auto late = co_await weir::with_timeout(1s, some.receive_many(3));
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == std::errc::timed_out);
    for (int i = 1; i <= 3; ++i) static_cast<void>(co_await some.send(i));
    const auto got = co_await some.receive_many(2);
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(got->size(), 2U);
    some.close();
    const auto rest = co_await some.receive_many(2);
    CO_REQUIRE(rest.has_value());
    CO_CHECK_EQUAL(rest->front(), 3);
    const auto end = co_await some.receive_many(2);
    CO_REQUIRE(!end.has_value());
    CO_CHECK(end.error() == std::errc::broken_pipe);
}

BOOST_AUTO_TEST_SUITE_END()
