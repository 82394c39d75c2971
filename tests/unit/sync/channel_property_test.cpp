// SPDX-License-Identifier: Apache-2.0
// channel against a model: random senders, receivers, stops and closes from a seed. Whatever
// happens, what was said to be sent is received once and in order, and nothing else is.
#include <weir/sync/channel.hpp>

#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/sync/task_group.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(channel_property_test)

namespace {

constexpr int senders = 4;
constexpr int receivers = 3;
constexpr int values_each = 25;
constexpr int range = 1000;  // sender s sends s * range + 0, 1, 2 ...

class story {
public:
    explicit story(unsigned seed, std::size_t capacity, weir::when_full policy)
        : random(seed), channel(capacity, policy) {}

    [[nodiscard]] bool chance(unsigned one_in) { return random() % one_in == 0; }

    std::mt19937 random;
    weir::channel<int> channel;
    std::vector<int> sent;  // in the order in which sends returned success
    std::array<std::vector<int>, receivers> received;  // by each, in order
    int senders_left = senders;
};

weir::task<> pause(story& all) {
    for (auto turns = all.random() % 4; turns > 0; --turns) {
        static_cast<void>(co_await weir::yield());
    }
}
weir::task<weir::result<void>> send_one(story& all, int value) {
    co_return co_await all.channel.send(value);
}
/// One value, or a few at once.
weir::task<weir::result<std::vector<int>>> receive_some(story& all) {
    if (all.chance(2)) co_return co_await all.channel.receive_many(1 + all.random() % 3);
    const int one = co_await weir::ok(all.channel.receive());
    co_return std::vector<int>(1, one);
}

weir::task<> stop_after_turns(weir::stop_source& source, unsigned turns) {
    for (unsigned i = 0; i < turns; ++i) static_cast<void>(co_await weir::yield());
    source.request_stop();
}

weir::task<> send_many(story& all, int sender) {
    weir::task_group stoppers(co_await weir::this_task(), 1000);
    std::vector<std::unique_ptr<weir::stop_source>> sources;
    for (int i = 0; i < values_each; ++i) {
        co_await pause(all);
        const int value = sender * range + i;
        sources.push_back(std::make_unique<weir::stop_source>());
        if (all.chance(3)) {
            static_cast<void>(stoppers.try_spawn(stop_after_turns, std::ref(*sources.back()),
                                                 unsigned(all.random() % 5)));
        }
        const auto outcome = co_await weir::with_stop(*sources.back(), send_one(all, value));
        if (outcome) all.sent.push_back(value);
    }
    static_cast<void>(co_await stoppers.join());
    if (--all.senders_left == 0) all.channel.close();
}

weir::task<> receive_many(story& all, int receiver) {
    weir::task_group stoppers(co_await weir::this_task(), 10000);
    std::vector<std::unique_ptr<weir::stop_source>> sources;
    for (;;) {
        co_await pause(all);
        sources.push_back(std::make_unique<weir::stop_source>());
        if (all.chance(3)) {
            static_cast<void>(stoppers.try_spawn(stop_after_turns, std::ref(*sources.back()),
                                                 unsigned(all.random() % 5)));
        }
        const auto got = co_await weir::with_stop(*sources.back(), receive_some(all));
        auto& mine = all.received[static_cast<std::size_t>(receiver)];
        if (got) mine.insert(mine.end(), got->begin(), got->end());
        if (!got && got.error() == std::errc::broken_pipe) break;
        const auto stopped = co_await weir::check_stopped();
        if (!stopped) break;
    }
    static_cast<void>(co_await stoppers.join());
}

weir::task<> tell(story& all) {
    weir::task_group group(co_await weir::this_task(), senders + receivers);
    for (int i = 0; i < senders; ++i) {
        static_cast<void>(group.try_spawn(send_many, std::ref(all), i));
    }
    for (int i = 0; i < receivers; ++i) {
        static_cast<void>(group.try_spawn(receive_many, std::ref(all), i));
    }
    static_cast<void>(co_await group.join());
}

/// Each sender's values rise at each receiver; which of two receivers runs first says nothing.
bool in_order(const story& all) {
    for (const auto& values : all.received) {
        std::array<int, senders> last{};
        for (const int value : values) {
            int& previous = last[static_cast<std::size_t>(value / range)];
            if (value % range + 1 <= previous) return false;
            previous = value % range + 1;
        }
    }
    return true;
}
std::vector<int> received(const story& all) {
    std::vector<int> together;
    for (const auto& values : all.received) {
        together.insert(together.end(), values.begin(), values.end());
    }
    std::sort(together.begin(), together.end());
    return together;
}

std::vector<int> sorted(std::vector<int> values) {
    std::sort(values.begin(), values.end());
    return values;
}

}  // namespace

CO_TEST(with_waiting_senders_all_that_was_sent_arrives_once_and_in_order) {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        story all(seed, 1 + seed % 5, weir::when_full::wait);
        co_await tell(all);
        CO_CHECK_EQUAL(received(all).size(), all.sent.size());
        CO_CHECK(received(all) == sorted(all.sent));
        CO_CHECK(in_order(all));
        CO_CHECK(all.channel.empty());
    }
}

CO_TEST(with_dropping_policies_nothing_arrives_twice_and_the_drops_are_counted) {
    using weir::when_full;
    for (const auto policy :
         {when_full::reject, when_full::drop_oldest, when_full::drop_newest, when_full::conflate}) {
        for (unsigned seed = 1; seed <= 10; ++seed) {
            story all(seed, 1 + seed % 3, policy);
            co_await tell(all);
            const auto sent = sorted(all.sent);
            const auto got = received(all);
            CO_CHECK_EQUAL(sent.size(), got.size() + all.channel.dropped());
            CO_CHECK(std::includes(sent.begin(), sent.end(), got.begin(), got.end()));
            CO_CHECK(in_order(all));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
