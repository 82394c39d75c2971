// SPDX-License-Identifier: Apache-2.0
// A timer that is armed and cancelled, as most deadlines are, while 10,000 others are armed: beside
// a std::multimap and Boost.Asio.
#include "cases.hpp"

#include <weir/base/random.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>

#if defined(WEIR_BENCH_WITH_BOOST)
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#endif

#include <chrono>
#include <deque>
#include <map>

namespace benchmark {
namespace {

using namespace std::chrono_literals;
constexpr int rounds = 200'000;
constexpr int others = 10'000;

class idle_timer final : public weir::timer {
public:
    void expired() noexcept override {}
};

double weir_timers() {
    using time_point = weir::timer_wheel::time_point;
    // They stay armed for all measurements, and so as long as the program.
    static auto& wheel = *new weir::timer_wheel(time_point());
    static auto& armed = *new std::deque<idle_timer>;
    weir::random chance(1);
    while (armed.size() < others) {
        wheel.arm(armed.emplace_back(), time_point() + chance.between(1s, 60s));
    }
    idle_timer one;
    const stopwatch watch;
    for (int i = 0; i < rounds; ++i) {
        wheel.arm(one, time_point() + 30s + i * 1us);
        wheel.disarm(one);
    }
    return watch.each(rounds);
}
double std_timers() {
    static std::multimap<std::chrono::nanoseconds, int> armed;
    weir::random chance(1);
    while (armed.size() < others) armed.emplace(chance.between(1s, 60s), 0);
    const stopwatch watch;
    for (int i = 0; i < rounds; ++i) armed.erase(armed.emplace(30s + i * 1us, 0));
    return watch.each(rounds);
}
#if defined(WEIR_BENCH_WITH_BOOST)
double asio_timers() {
    static boost::asio::io_context context(1);
    static std::deque<boost::asio::steady_timer> armed;
    weir::random chance(1);
    const auto ignore = [](boost::system::error_code) {};
    while (armed.size() < others) {
        armed.emplace_back(context, chance.between(1s, 60s)).async_wait(ignore);
    }
    boost::asio::steady_timer one(context);
    const stopwatch watch;
    for (int i = 0; i < rounds; ++i) {
        one.expires_after(30s + i * 1us);
        one.async_wait(ignore);
        one.cancel();
        if (i % 1000 == 999) context.poll();
    }
    return watch.each(rounds);
}
#endif

}  // namespace

void add_timers(contest& to) {
    to.add("timer: arm and cancel", "weir", weir_timers);
    to.add("timer: arm and cancel", "std", std_timers);
#if defined(WEIR_BENCH_WITH_BOOST)
    to.add("timer: arm and cancel", "boost", asio_timers);
#endif
}

}  // namespace benchmark
