// SPDX-License-Identifier: Apache-2.0
// What a call on another thread and its answer cost: `shard::run`, beside two threads that wake
// each other through eventfds by hand (what the kernel asks for two wake-ups), and Boost.Asio's
// post between two contexts.
//
//   cross_shard [repetitions]     prints one JSON object a line: {"case", "who", "best", ...}
#include "stopwatch.hpp"

#include <weir/io/runtime.hpp>
#include <weir/io/shard.hpp>

#if defined(WEIR_BENCH_WITH_ASIO)
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#endif

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <thread>

namespace {

using benchmark::stopwatch;

constexpr int round_trips = 5'000;

// ---- weir ----

double with_weir() {
    double result = 0;
    weir::runtime_options options;
    options.shards = 2;
    weir::runtime runtime(options);
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        const stopwatch watch;
        for (int i = 0; i < round_trips; ++i) {
            auto call = here.sibling(1).run([] {});
            static_cast<void>(co_await call);
        }
        result = watch.each(round_trips);
    };
    static_cast<void>(runtime.run(main));
    return result;
}

// ---- by hand ----

void wake(int fd) {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(fd, &one, sizeof one));
}
void sleep_until_woken(int fd) {
    std::uint64_t count = 0;
    static_cast<void>(!::read(fd, &count, sizeof count));
}

double by_hand() {
    const int there = ::eventfd(0, EFD_CLOEXEC);
    const int back = ::eventfd(0, EFD_CLOEXEC);
    std::thread other([&] {
        for (int i = 0; i < round_trips; ++i) {
            sleep_until_woken(there);
            wake(back);
        }
    });
    const stopwatch watch;
    for (int i = 0; i < round_trips; ++i) {
        wake(there);
        sleep_until_woken(back);
    }
    const double result = watch.each(round_trips);
    other.join();
    ::close(there);
    ::close(back);
    return result;
}

// ---- Boost.Asio ----

#if defined(WEIR_BENCH_WITH_ASIO)
namespace asio = boost::asio;

asio::awaitable<void> call_and_return(asio::io_context& away, double& result) {
    const stopwatch watch;
    for (int i = 0; i < round_trips; ++i) {
        // Runs there, and resumes this coroutine through its own executor, here.
        co_await asio::post(away, asio::use_awaitable);
    }
    result = watch.each(round_trips);
    away.stop();
}

double with_asio() {
    double result = 0;
    asio::io_context home(1);
    asio::io_context away(1);
    auto keep = asio::make_work_guard(away);
    std::thread other([&] { away.run(); });
    asio::co_spawn(home, call_and_return(away, result), asio::detached);
    home.run();
    other.join();
    return result;
}
#endif

}  // namespace

int main(int argc, char** argv) {
    constexpr const char* topic = "a call on another thread and back";
    benchmark::contest all;
    all.add(topic, "weir", with_weir);
    all.add(topic, "minimal", by_hand);
#if defined(WEIR_BENCH_WITH_ASIO)
    all.add(topic, "asio", with_asio);
#endif
    all.run(benchmark::repetitions(argc, argv));
}
