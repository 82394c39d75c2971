// SPDX-License-Identifier: Apache-2.0
// What weir's tasks, groups, locks, channels and timers cost, in nanoseconds an operation, beside a
// minimal hand-written task and Boost.Asio's awaitables in the same process.
//
//   tasks [repetitions]     prints one JSON object a line: {"case", "who", "best", ...}
#include "minimal_task.hpp"
#include "stopwatch.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/channel.hpp>
#include <weir/sync/mutex.hpp>
#include <weir/sync/task_group.hpp>

#if defined(WEIR_BENCH_WITH_ASIO)
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#endif

#include <chrono>
#include <memory>

namespace {

using namespace std::chrono_literals;
using benchmark::stopwatch;

constexpr int await_count = 200'000;
constexpr int group_size = 100;
constexpr int group_rounds = 500;

int sink = 0;

// ---- weir ----

namespace with_weir {

[[gnu::noinline]] weir::task<int> child(int value) { co_return value; }
[[gnu::noinline]] weir::task<> finished() { co_return; }
[[gnu::noinline]] weir::task<> yields_once() { static_cast<void>(co_await weir::yield()); }

weir::task<double> await_child() {
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) sink += co_await child(i);
    co_return watch.each(await_count);
}
weir::task<double> turn() {
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) static_cast<void>(co_await weir::yield());
    co_return watch.each(await_count);
}
template <class F>
weir::task<double> group_of(F work) {
    const stopwatch watch;
    for (int round = 0; round < group_rounds; ++round) {
        weir::task_group group(co_await weir::this_task(), group_size);
        for (int i = 0; i < group_size; ++i) {
            auto started = group.spawn(work);
            static_cast<void>(co_await started);
        }
        static_cast<void>(co_await group.join());
    }
    co_return watch.each(group_rounds * group_size);
}
weir::task<double> spawn_finished() { co_return co_await group_of(finished); }
weir::task<double> spawn_yielding() { co_return co_await group_of(yields_once); }

weir::task<double> lock() {
    weir::mutex mutex;
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) {
        const auto guard = co_await mutex.lock();
        sink += guard.has_value();
    }
    co_return watch.each(await_count);
}
weir::task<double> channel_buffered() {
    weir::channel<int> numbers(16);
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) {
        static_cast<void>(co_await numbers.send(i));
        const auto got = co_await numbers.receive();
        sink += *got;
    }
    co_return watch.each(await_count);
}
weir::task<> send_all(weir::channel<int>& numbers) {
    for (int i = 0; i < await_count; ++i) static_cast<void>(co_await numbers.send(i));
    numbers.close();
}
weir::task<> receive_all(weir::channel<int>& numbers) {
    while (const auto got = co_await numbers.receive()) sink += *got;
}
weir::task<double> channel_between_tasks() {
    weir::channel<int> numbers(16);
    const stopwatch watch;
    static_cast<void>(co_await weir::when_all(send_all(numbers), receive_all(numbers)));
    co_return watch.each(await_count);
}
class idle_timer final : public weir::timer {
public:
    void expired() noexcept override {}
};
weir::task<double> timer_arm_cancel() {
    idle_timer one;
    weir::timer_wheel& wheel = weir::reactor::current().timers();
    const auto deadline = weir::reactor::current().now() + 30s;
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) {
        wheel.arm(one, deadline);
        wheel.disarm(one);
    }
    co_return watch.each(await_count);
}
weir::task<double> timeout_of_ready() {
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) {
        const auto value = co_await weir::with_timeout(30s, child(i));
        sink += *value;
    }
    co_return watch.each(await_count);
}
weir::task<double> all_of_two_ready() {
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) {
        const auto both = co_await weir::when_all(child(i), child(i));
        sink += std::get<0>(both) + std::get<1>(both);
    }
    co_return watch.each(await_count);
}

weir::reactor& loop() {
    static auto opened = weir::open_reactor();
    if (!opened) std::exit(69);
    return **opened;
}

template <weir::task<double> (*work)()>
double measure() {
    return weir::run(loop(), work());
}

}  // namespace with_weir

// ---- the minimal task ----

namespace by_hand {

minimal::ready_queue queue;

[[gnu::noinline]] minimal::task<int> child(int value) { co_return value; }
[[gnu::noinline]] minimal::task<int> finished() { co_return 0; }
[[gnu::noinline]] minimal::task<int> yields_once() {
    co_await queue.yield();
    co_return 0;
}
minimal::task<double> await_child() {
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) sink += co_await child(i);
    co_return watch.each(await_count);
}
minimal::task<double> turn() {
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) co_await queue.yield();
    co_return watch.each(await_count);
}
minimal::task<double> group_of(minimal::task<int> (*work)()) {
    const stopwatch watch;
    for (int round = 0; round < group_rounds; ++round) {
        minimal::group group;
        for (int i = 0; i < group_size; ++i) group.spawn(work());
        co_await group.join();
    }
    co_return watch.each(group_rounds * group_size);
}
minimal::task<double> spawn_finished() { co_return co_await group_of(finished); }
minimal::task<double> spawn_yielding() { co_return co_await group_of(yields_once); }

template <minimal::task<double> (*work)()>
double measure() {
    auto main = work();
    main.start();
    queue.run();
    return main.value();
}

}  // namespace by_hand

// ---- Boost.Asio ----

#if defined(WEIR_BENCH_WITH_ASIO)
namespace with_asio {

namespace asio = boost::asio;

asio::io_context& context() {
    static asio::io_context one(1);
    return one;
}

[[gnu::noinline]] asio::awaitable<int> child(int value) { co_return value; }
[[gnu::noinline]] asio::awaitable<void> finished(int& left) {
    --left;
    co_return;
}
[[gnu::noinline]] asio::awaitable<void> yields_once(int& left) {
    co_await asio::post(context(), asio::use_awaitable);
    --left;
}
asio::awaitable<void> await_child(double& result) {
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) sink += co_await child(i);
    result = watch.each(await_count);
}
asio::awaitable<void> turn(double& result) {
    const stopwatch watch;
    for (int i = 0; i < await_count; ++i) co_await asio::post(context(), asio::use_awaitable);
    result = watch.each(await_count);
}
asio::awaitable<void> group_of(asio::awaitable<void> (*work)(int&), double& result) {
    const stopwatch watch;
    for (int round = 0; round < group_rounds; ++round) {
        int left = group_size;
        for (int i = 0; i < group_size; ++i) asio::co_spawn(context(), work(left), asio::detached);
        while (left > 0) co_await asio::post(context(), asio::use_awaitable);
    }
    result = watch.each(group_rounds * group_size);
}
asio::awaitable<void> spawn_finished(double& result) { co_await group_of(finished, result); }
asio::awaitable<void> spawn_yielding(double& result) { co_await group_of(yields_once, result); }

template <asio::awaitable<void> (*work)(double&)>
double measure() {
    double result = 0;
    asio::co_spawn(context(), work(result), asio::detached);
    context().restart();
    context().run();
    return result;
}

}  // namespace with_asio
#endif

// ---- the table ----

benchmark::contest contestants() {
    benchmark::contest all;
    const auto add = [&](const char* topic, const char* who, double (*measure)()) {
        all.add(topic, who, measure);
    };
    add("co_await a ready child", "weir", with_weir::measure<with_weir::await_child>);
    add("co_await a ready child", "minimal", by_hand::measure<by_hand::await_child>);
    add("yield", "weir", with_weir::measure<with_weir::turn>);
    add("yield", "minimal", by_hand::measure<by_hand::turn>);
    add("spawn and join a finished child", "weir", with_weir::measure<with_weir::spawn_finished>);
    add("spawn and join a finished child", "minimal", by_hand::measure<by_hand::spawn_finished>);
    add("spawn and join a yielding child", "weir", with_weir::measure<with_weir::spawn_yielding>);
    add("spawn and join a yielding child", "minimal", by_hand::measure<by_hand::spawn_yielding>);
#if defined(WEIR_BENCH_WITH_ASIO)
    add("co_await a ready child", "asio", with_asio::measure<with_asio::await_child>);
    add("yield", "asio", with_asio::measure<with_asio::turn>);
    add("spawn and join a finished child", "asio", with_asio::measure<with_asio::spawn_finished>);
    add("spawn and join a yielding child", "asio", with_asio::measure<with_asio::spawn_yielding>);
#endif
    add("lock and unlock a free mutex", "weir", with_weir::measure<with_weir::lock>);
    add("channel: send and receive, buffered", "weir",
        with_weir::measure<with_weir::channel_buffered>);
    add("channel: a value between two tasks", "weir",
        with_weir::measure<with_weir::channel_between_tasks>);
    add("timer: arm and cancel", "weir", with_weir::measure<with_weir::timer_arm_cancel>);
    add("with_timeout of a ready child", "weir", with_weir::measure<with_weir::timeout_of_ready>);
    add("when_all of two ready children", "weir", with_weir::measure<with_weir::all_of_two_ready>);
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    contestants().run(benchmark::repetitions(argc, argv));
    return sink == 42 ? 1 : 0;  // keeps the work from being optimised away
}
