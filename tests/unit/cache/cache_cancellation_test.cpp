// SPDX-License-Identifier: Apache-2.0
// cache: a million gets that are stopped at random moments: while they begin a load, join one, wait
// for one that is being stopped. Whatever they meet, a key has one load at a time, no load outlives
// those who wait for it, and whoever is not stopped gets the right value.
#include <weir/cache/cache.hpp>

#include "virtual_run.hpp"

#include <weir/base/random.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/task_group.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>

BOOST_AUTO_TEST_SUITE(cache_cancellation_test)

namespace {

using namespace std::chrono_literals;
using weir::result;
using weir::task;
using cache = weir::cache<int, int>;

constexpr int keys = 8;
constexpr int askers = 16;
constexpr int asks_each = 200;

/// What one story counts.
class story {
public:
    explicit story(std::uint64_t seed) : chance(seed), erases(seed % 2 == 0) {}

    task<result<int>> load(int key) {
        int& running = loading[static_cast<std::size_t>(key)];
        if (++running > 1) ++doubled;
        ++begun;
        const auto slept = co_await weir::sleep_for(chance.between(0us, 400us));
        --running;
        ++ended;
        if (!slept) co_return weir::fail(slept.error());
        if (chance.chance(0.1)) co_return weir::fail(std::errc::io_error);
        co_return key* key;
    }

    weir::random chance;
    bool erases;  // whoever asks after that gets a load of its own
    std::array<int, keys> loading{};
    std::uint64_t begun = 0;
    std::uint64_t ended = 0;
    std::uint64_t stopped = 0;
    std::uint64_t answered = 0;
    std::uint64_t doubled = 0;  // loads of a key beside another
    std::uint64_t wrong = 0;    // values, or stops that nobody asked for
    std::size_t left = 0;       // loads under way when all have ended
};

task<> stop_later(weir::stop_source& source, std::chrono::nanoseconds delay) {
    static_cast<void>(co_await weir::sleep_for(delay));
    source.request_stop();
}
task<result<int>> get(cache& from, int key) { co_return co_await from.get(key); }

task<> ask(story& all, cache& from) {
    for (int i = 0; i < asks_each; ++i) {
        const int key = static_cast<int>(all.chance.below(keys));
        weir::stop_source source;
        weir::task_group stopper(co_await weir::this_task(), 1);
        const bool is_stopped = all.chance.chance(0.8);
        if (is_stopped) {
            // The first tick of a timer comes after 65 us: often before the load, often after it.
            const auto delay = all.chance.between(0us, 300us);
            static_cast<void>(stopper.try_spawn(stop_later, std::ref(source), delay));
        }
        const auto got = co_await weir::with_stop(source, get(from, key));
        if (got) {
            ++all.answered;
            if (*got != key * key) ++all.wrong;
        } else if (weir::is_stopped(got.error())) {
            ++all.stopped;
            if (!is_stopped) ++all.wrong;
        }
        if (all.erases && all.chance.chance(0.3)) from.erase(key);
        stopper.request_stop();
        static_cast<void>(co_await stopper.join());
    }
}
task<> tell(story& all) {
    const auto load = [&all](const int& key) { return all.load(key); };
    weir::cache_options options(4);
    options.ttl = 1ms;
    options.stale_while_revalidate = 1ms;
    options.refresh_ahead = 200us;
    cache from(co_await weir::this_task(), options, load);
    weir::task_group group(co_await weir::this_task(), askers);
    for (int i = 0; i < askers; ++i) {
        static_cast<void>(group.try_spawn(ask, std::ref(all), std::ref(from)));
    }
    static_cast<void>(co_await group.join());
    co_await from.close();
    all.left = from.loading();
}

constexpr std::uint64_t wanted = 1'000'000;

}  // namespace

BOOST_AUTO_TEST_CASE(whatever_is_stopped_nothing_is_loaded_twice_at_once_or_left_behind) {
    std::uint64_t stopped = 0;
    const weir::test::run_conditions how;
    for (std::uint64_t seed = 1; stopped < wanted; ++seed) {
        story all(seed);
        weir::test::virtual_run run(tell(all), how, seed, weir::test::disturbance());
        run.run();
        run.rethrow();
        BOOST_TEST_CONTEXT("seed " << seed) {
            BOOST_REQUIRE(all.wrong == 0U);
            BOOST_REQUIRE((all.erases || all.doubled == 0U));
            BOOST_REQUIRE(all.begun == all.ended);
            BOOST_REQUIRE(all.left == 0U);
            BOOST_REQUIRE(all.stopped > 0U);
            BOOST_REQUIRE(all.answered > 0U);
        }
        stopped += all.stopped;
    }
    BOOST_TEST_MESSAGE(stopped << " gets were stopped");
}

BOOST_AUTO_TEST_SUITE_END()
