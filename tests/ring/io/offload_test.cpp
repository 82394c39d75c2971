// SPDX-License-Identifier: Apache-2.0
// offload: blocking work leaves the loop free, comes back to its shard, and is never lost.
#include <weir/coro/context.hpp>
#include <weir/coro/context_view.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/with_value.hpp>
#include <weir/io/offload.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/map_concurrently.hpp>
#include <weir/sync/task_group.hpp>

#include <boost/test/unit_test.hpp>

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <functional>
#include <latch>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(offload_test)

namespace {

weir::offload_options threads(unsigned count) {
    weir::offload_options options;
    options.max_threads = count;
    return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_result_comes_back_to_the_same_thread) {
    const auto home = std::this_thread::get_id();
    auto main = [&]() -> weir::task<> {
        auto job = weir::offload([] { return std::this_thread::get_id(); });
        const weir::result<std::thread::id> worker = co_await job;
        BOOST_TEST((*worker != home));
        BOOST_TEST((std::this_thread::get_id() == home));
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(context_goes_along_as_a_view_and_is_there_afterwards) {
    using view = weir::context_view<std::string>;
    auto work = []() -> weir::task<std::string> {
        auto length = [](view here) { return here.find<std::string>()->size(); };
        auto job = weir::offload(length, co_await weir::this_context<std::string>());
        const auto there = co_await job;
        const std::string& after = co_await weir::context<std::string>();
        co_return after + std::to_string(*there);
    };
    auto main = [&]() -> weir::task<> {
        const std::string seen = co_await weir::with_value(std::string("abc"), work());
        BOOST_TEST(seen == "abc3");
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(arguments_are_kept_and_moved_in) {
    auto main = []() -> weir::task<> {
        auto length = [](std::string text) { return text.size(); };
        auto job = weir::offload(length, std::string(100, 'x'));
        BOOST_TEST(*co_await job == 100U);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(an_exception_is_rethrown_and_a_result_is_not_wrapped) {
    auto main = []() -> weir::task<> {
        auto thrower = weir::offload([]() -> int { throw std::runtime_error("from the pool"); });
        BOOST_CHECK_THROW(static_cast<void>(co_await thrower), std::runtime_error);
        auto failing =
            weir::offload([]() -> weir::result<int> { return weir::fail(std::errc::bad_message); });
        const weir::result<int> failed = co_await failing;
        BOOST_TEST((failed.error() == std::errc::bad_message));
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(the_loop_goes_on_while_a_job_blocks) {
    auto main = []() -> weir::task<> {
        std::atomic<bool> go{false};
        auto wait = [&go] {
            while (!go.load()) std::this_thread::yield();
            return true;
        };
        auto opener = [](std::atomic<bool>& flag) -> weir::task<> {
            static_cast<void>(co_await weir::sleep_for(1ms));
            flag = true;
        };
        auto job = weir::offload(wait);
        auto both = weir::when_all(job, opener(go));
        auto outcome = co_await both;
        BOOST_TEST(*std::get<0>(outcome));
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(a_queued_job_is_withdrawn_by_a_stop_and_never_runs) {
    weir::offload_pool pool(threads(1));
    auto main = [&]() -> weir::task<> {
        std::atomic<bool> go{false};
        std::atomic<int> ran{0};
        auto block = [&go] {
            while (!go.load()) std::this_thread::yield();
        };
        auto count = [&ran] { ++ran; };
        auto first = weir::offload_to(pool, block);
        auto second = weir::offload_to(pool, count);
        auto limited = [&]() -> weir::task<> {
            auto timed = weir::with_timeout(1ms, second);
            const weir::result<void> outcome = co_await timed;
            BOOST_TEST((outcome.error() == std::errc::timed_out));
            go = true;
        };
        auto both = weir::when_all(first, limited());
        static_cast<void>(co_await both);
        BOOST_TEST(ran.load() == 0);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(a_running_job_is_waited_for_and_its_result_is_kept) {
    weir::offload_pool pool(threads(1));
    auto main = [&]() -> weir::task<> {
        std::atomic<bool> go{false};
        auto block = [&go] {
            while (!go.load()) std::this_thread::yield();
            return 7;
        };
        auto job = weir::offload_to(pool, block);
        weir::stop_source stop;
        auto stopper = [&]() -> weir::task<> {
            while (pool.running() == 0) static_cast<void>(co_await weir::yield());
            stop.request_stop();
            static_cast<void>(co_await weir::yield());
            go = true;
        };
        auto work = weir::with_stop(stop, job);
        auto both = weir::when_all(work, stopper());
        auto outcome = co_await both;
        BOOST_TEST(std::get<0>(outcome).value_or(0) == 7);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(a_stopped_task_offloads_nothing) {
    auto main = []() -> weir::task<> {
        std::atomic<int> ran{0};
        auto self = co_await weir::this_task();
        self.ambient().request_stop();
        auto job = weir::offload([&ran] { ++ran; });
        const weir::result<void> outcome = co_await job;
        BOOST_TEST((outcome.error() == std::errc::operation_canceled));
        BOOST_TEST(ran.load() == 0);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(ten_thousand_jobs_never_use_more_than_the_threads_allowed) {
    weir::offload_pool pool(threads(3));
    std::atomic<int> at_once{0};
    std::atomic<int> most{0};
    std::atomic<int> done{0};
    auto main = [&]() -> weir::task<> {
        auto work = [&] {
            const int now = ++at_once;
            int seen = most.load();
            while (now > seen && !most.compare_exchange_weak(seen, now)) {
            }
            ++done;
            --at_once;
        };
        auto child = [&]() -> weir::task<weir::result<void>> {
            auto job = weir::offload_to(pool, work);
            co_return co_await job;
        };
        weir::task_group group(co_await weir::this_task(), 1000);
        for (int i = 0; i < 10000; ++i) {
            auto started = group.spawn(child);
            static_cast<void>(co_await started);
        }
        const weir::result<void> joined = co_await group.join();
        BOOST_TEST(joined.has_value());
    };
    weir::run(main());
    BOOST_TEST(done.load() == 10000);
    BOOST_TEST(most.load() <= 3);
    BOOST_TEST(pool.threads() <= 3U);
}

BOOST_AUTO_TEST_CASE(a_list_is_mapped_whole_and_in_order_whatever_the_number_of_threads) {
    weir::offload_pool pool(threads(3));
    auto main = [&]() -> weir::task<> {
        auto square = [&pool](int value) -> weir::task<weir::result<int>> {
            auto job = weir::offload_to(pool, [value] { return value * value; });
            co_return co_await job;
        };
        std::vector<int> values(100);  // no multiple of 3
        std::iota(values.begin(), values.end(), 0);
        auto mapping = weir::map_concurrently(std::move(values), 3, std::ref(square));
        const auto squares = co_await std::move(mapping);
        BOOST_REQUIRE(squares.has_value());
        BOOST_TEST(squares->size() == 100U);
        for (std::size_t i = 0; i < squares->size(); ++i) {
            BOOST_TEST((*squares)[i] == static_cast<int>(i * i));
        }
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(jobs_that_race_with_their_stop_end_once) {
    weir::offload_pool pool(threads(2));
    auto main = [&]() -> weir::task<> {
        for (int i = 0; i < 2000; ++i) {
            weir::stop_source stop;
            auto job = weir::offload_to(pool, [] {});
            auto stopper = [&stop](int yields) -> weir::task<> {
                for (; yields > 0; --yields) static_cast<void>(co_await weir::yield());
                stop.request_stop();
            };
            auto work = weir::with_stop(stop, job);
            auto both = weir::when_all(work, stopper(i % 5));
            static_cast<void>(co_await both);
        }
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(every_signal_is_blocked_in_the_pool) {
    auto main = []() -> weir::task<> {
        auto blocked = [] {
            sigset_t mask;
            ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
            return ::sigismember(&mask, SIGTERM) == 1 && ::sigismember(&mask, SIGUSR2) == 1;
        };
        auto job = weir::offload(blocked);
        BOOST_TEST(*co_await job);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_SUITE_END()
