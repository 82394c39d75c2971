// SPDX-License-Identifier: Apache-2.0
// A value through a bounded channel: in and out again, beside a bounded std::deque, which can
// neither wait nor be closed, and boost::lockfree::spsc_queue.
#include "cases.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/sync/channel.hpp>

#if defined(WEIR_BENCH_WITH_BOOST)
#include <boost/lockfree/spsc_queue.hpp>
#endif

#include <cstddef>
#include <deque>

namespace benchmark {
namespace {

constexpr int values = 1'000'000;
constexpr int burst = 64;
constexpr std::size_t room = 1024;

weir::task<double> burst_through_channel() {
    weir::channel<int> numbers(room);
    const stopwatch watch;
    long sum = 0;
    for (int i = 0; i < values; i += burst) {
        for (int j = 0; j < burst; ++j) static_cast<void>(co_await numbers.send(i + j));
        for (int j = 0; j < burst; ++j) {
            const auto got = co_await numbers.receive();
            sum += *got;
        }
    }
    keep(sum);
    co_return watch.each(values);
}
weir::task<> send_all(weir::channel<int>& numbers) {
    for (int i = 0; i < values; ++i) static_cast<void>(co_await numbers.send(i));
    numbers.close();
}
weir::task<> receive_all(weir::channel<int>& numbers, long& sum) {
    while (const auto got = co_await numbers.receive()) sum += *got;
}
weir::task<double> between_tasks() {
    weir::channel<int> numbers(room);
    const stopwatch watch;
    long sum = 0;
    static_cast<void>(co_await weir::when_all(send_all(numbers), receive_all(numbers, sum)));
    keep(sum);
    co_return watch.each(values);
}
double burst_through_deque() {
    std::deque<int> numbers;
    const stopwatch watch;
    long sum = 0;
    for (int i = 0; i < values; i += burst) {
        for (int j = 0; j < burst; ++j) {
            if (numbers.size() < room) numbers.push_back(i + j);
            keep(numbers);
        }
        for (int j = 0; j < burst; ++j) {
            sum += numbers.front();
            numbers.pop_front();
            keep(numbers);
        }
    }
    keep(sum);
    return watch.each(values);
}
#if defined(WEIR_BENCH_WITH_BOOST)
double burst_through_spsc() {
    boost::lockfree::spsc_queue<int> numbers(room);
    const stopwatch watch;
    long sum = 0;
    for (int i = 0; i < values; i += burst) {
        for (int j = 0; j < burst; ++j) static_cast<void>(numbers.push(i + j));
        for (int j = 0; j < burst; ++j) {
            int got = 0;
            static_cast<void>(numbers.pop(got));
            sum += got;
        }
    }
    keep(sum);
    return watch.each(values);
}
#endif

}  // namespace

void add_channels(contest& to) {
    to.add("channel: send and receive", "weir", in_task(burst_through_channel));
    to.add("channel: send and receive", "std", burst_through_deque);
#if defined(WEIR_BENCH_WITH_BOOST)
    to.add("channel: send and receive", "boost", burst_through_spsc);
#endif
    to.add("channel: between two tasks", "weir", in_task(between_tasks));
}

}  // namespace benchmark
