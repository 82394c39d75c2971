// SPDX-License-Identifier: Apache-2.0
// runtime: shards start, talk, and end together; a loop outlives every message to it.
#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/offload.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/event.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(runtime_test)

namespace {

weir::runtime_options with_shards(unsigned shards) {
    weir::runtime_options options;
    options.shards = shards;
    options.stall_threshold = 0ns;
    options.reactor.sq_entries = 256;
    options.reactor.cq_entries = 4096;
    return options;
}

weir::task<weir::result<int>> index_there() {
    auto pause = co_await weir::yield();
    if (!pause) co_return weir::fail(pause.error());
    co_return static_cast<int>(weir::this_shard().index());
}

weir::task<weir::result<void>> wait_for_ever() {
    weir::event never;
    co_return co_await never.wait();
}

weir::task<int> throw_there() {
    static_cast<void>(co_await weir::yield());
    throw std::runtime_error("thrown on the other shard");
}

}  // namespace

BOOST_AUTO_TEST_CASE(main_runs_once_on_every_shard_and_shard_0_is_the_caller) {
    weir::runtime runtime(with_shards(3));
    std::atomic<unsigned> seen{0};
    const auto caller = std::this_thread::get_id();
    auto main = [&](weir::shard& here) -> weir::task<> {
        seen.fetch_add(1U << (8 * here.index()));
        if ((std::this_thread::get_id() == caller) != (here.index() == 0)) seen.store(0);
        if (here.count() != 3 || &weir::this_shard() != &here) seen.store(0);
        co_return;
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(seen.load() == 0x010101U);
}

BOOST_AUTO_TEST_CASE(the_first_error_stops_the_others_and_is_returned) {
    weir::runtime runtime(with_shards(2));
    auto main = [](weir::shard& here) -> weir::task<weir::result<void>> {
        if (here.index() == 1) co_return weir::fail(std::errc::address_in_use);
        co_return co_await wait_for_ever();
    };
    const weir::result<void> outcome = runtime.run(main);
    BOOST_REQUIRE(!outcome);
    BOOST_TEST((outcome.error() == std::errc::address_in_use));
}

BOOST_AUTO_TEST_CASE(an_exception_of_a_main_is_rethrown_after_all_have_ended) {
    weir::runtime runtime(with_shards(2));
    std::atomic<bool> other_ended{false};
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() == 1) throw std::runtime_error("main failed");
        static_cast<void>(co_await wait_for_ever());
        other_ended = true;
    };
    BOOST_CHECK_THROW(static_cast<void>(runtime.run(main)), std::runtime_error);
    BOOST_TEST(other_ended.load());
}

BOOST_AUTO_TEST_CASE(request_stop_from_another_thread_ends_all_shards_without_an_error) {
    weir::runtime runtime(with_shards(2));
    std::atomic<unsigned> waiting{0};
    auto main = [&](weir::shard&) -> weir::task<weir::result<void>> {
        ++waiting;
        co_return co_await wait_for_ever();
    };
    std::thread stopper([&] {
        while (waiting.load() < 2) std::this_thread::yield();
        runtime.request_stop();
    });
    BOOST_TEST(runtime.run(main).has_value());
    stopper.join();
}

BOOST_AUTO_TEST_CASE(a_stop_before_run_is_not_lost) {
    weir::runtime runtime(with_shards(2));
    runtime.request_stop();
    auto main = [](weir::shard&) { return wait_for_ever(); };
    BOOST_TEST(runtime.run(main).has_value());
}

BOOST_AUTO_TEST_CASE(a_runtime_that_never_ran_ends_cleanly) {
    weir::runtime made(with_shards(2));
    weir::runtime started(with_shards(2));
    BOOST_TEST(started.start().has_value());
}

BOOST_AUTO_TEST_CASE(run_on_another_shard_gives_the_value_of_a_function_and_of_a_task) {
    weir::runtime runtime(with_shards(2));
    std::atomic<int> plain{-1};
    std::atomic<int> from_task{-1};
    std::atomic<bool> same_thread{false};
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        const auto thread = std::this_thread::get_id();
        auto first = here.sibling(1).run([](int a, int b) { return a * b; }, 6, 7);
        plain = *co_await first;
        auto second = here.sibling(1).run(&index_there);
        from_task = *co_await second;
        same_thread = thread == std::this_thread::get_id();
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(plain.load() == 42);
    BOOST_TEST(from_task.load() == 1);
    BOOST_TEST(same_thread.load());
}

BOOST_AUTO_TEST_CASE(run_on_the_own_shard_works_too) {
    weir::runtime runtime(with_shards(1));
    int index = -1;
    auto main = [&](weir::shard& here) -> weir::task<> {
        auto call = here.run(&index_there);
        index = *co_await call;
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(index == 0);
}

BOOST_AUTO_TEST_CASE(an_exception_crosses_back_to_the_caller) {
    weir::runtime runtime(with_shards(2));
    std::string text;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        auto call = here.sibling(1).run(&throw_there);
        try {
            static_cast<void>(co_await call);
        } catch (const std::runtime_error& error) {
            text = error.what();
        }
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(text == "thrown on the other shard");
}

BOOST_AUTO_TEST_CASE(a_timeout_of_the_caller_stops_the_task_on_the_other_shard) {
    weir::runtime runtime(with_shards(2));
    std::error_code error;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        auto call = here.sibling(1).run(&wait_for_ever);
        auto limited = weir::with_timeout(2ms, call);
        const weir::result<void> outcome = co_await limited;
        if (!outcome) error = outcome.error();
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST((error == std::errc::timed_out));
}

BOOST_AUTO_TEST_CASE(a_stop_that_races_with_the_reply_neither_hangs_nor_loses_it) {
    constexpr int rounds = 3000;
    weir::runtime runtime(with_shards(2));
    int values = 0;
    int stops = 0;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        for (int i = 0; i < rounds; ++i) {
            weir::stop_source stop;
            auto call = here.sibling(1).run(&index_there);
            auto stopper = [](weir::stop_source& source, int yields) -> weir::task<> {
                for (; yields > 0; --yields) static_cast<void>(co_await weir::yield());
                source.request_stop();
            };
            auto work = weir::with_stop(stop, call);
            auto both = weir::when_all(work, stopper(stop, i % 7));
            auto outcome = co_await both;
            ++(std::get<0>(outcome) ? values : stops);
        }
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(values + stops == rounds);
}

BOOST_AUTO_TEST_CASE(a_call_of_a_stopped_task_is_not_made) {
    weir::runtime runtime(with_shards(2));
    std::atomic<int> calls{0};
    std::error_code error;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        auto self = co_await weir::this_task();
        self.ambient().request_stop();
        auto call = here.sibling(1).run([&calls] { return ++calls; });
        const weir::result<int> outcome = co_await call;
        if (!outcome) error = outcome.error();
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(calls.load() == 0);
    BOOST_TEST((error == std::errc::operation_canceled));
}

BOOST_AUTO_TEST_CASE(a_million_posts_between_shards_and_from_plain_threads_all_arrive_in_order) {
    constexpr unsigned shards = 3;
    constexpr unsigned outside = 2;
    constexpr std::uint64_t each = 1'000'000 / (shards * (shards - 1) + shards * outside) + 1;
    weir::runtime runtime(with_shards(shards));
    // [receiver][sender]: the last number seen; only the receiver touches its row.
    std::uint64_t last[shards][shards + outside] = {};
    bool in_order = true;
    std::atomic<unsigned> complete{0};
    std::atomic<bool> started{false};
    auto note = [&](unsigned to, unsigned from, std::uint64_t number) {
        if (last[to][from] + 1 != number) in_order = false;
        last[to][from] = number;
        if (number == each) ++complete;
    };
    constexpr unsigned streams = shards * (shards - 1) + shards * outside;
    auto main = [&](weir::shard& here) -> weir::task<> {
        started = true;
        for (std::uint64_t n = 1; n <= each; ++n) {
            for (unsigned to = 0; to < shards; ++to) {
                if (to == here.index()) continue;
                auto message = [&note, to, from = here.index(), n] { note(to, from, n); };
                while (!here.sibling(to).post(message)) static_cast<void>(co_await weir::yield());
            }
            if (n % 64 == 0) static_cast<void>(co_await weir::yield());
        }
        while (complete.load() < streams) static_cast<void>(co_await weir::yield());
    };
    std::vector<std::thread> plain;
    for (unsigned t = 0; t < outside; ++t) {
        plain.emplace_back([&, t] {
            while (!started.load()) std::this_thread::yield();
            for (std::uint64_t n = 1; n <= each; ++n) {
                for (unsigned to = 0; to < shards; ++to) {
                    auto message = [&note, to, from = shards + t, n] { note(to, from, n); };
                    while (!runtime.at(to).post(message)) std::this_thread::yield();
                }
            }
        });
    }
    BOOST_TEST(runtime.run(main).has_value());
    for (std::thread& thread : plain) thread.join();
    BOOST_TEST(in_order);
    BOOST_TEST(complete.load() == streams);
}

BOOST_AUTO_TEST_CASE(posting_before_the_start_and_after_the_end_says_no) {
    weir::runtime runtime(with_shards(2));
    const weir::result<void> early = runtime.at(1).post([] {});
    BOOST_TEST((early.error() == std::errc::broken_pipe));
    auto main = [](weir::shard&) -> weir::task<> { co_return; };
    BOOST_TEST(runtime.run(main).has_value());
    const weir::result<void> late = runtime.at(1).post([] {});
    BOOST_TEST((late.error() == std::errc::broken_pipe));
}

BOOST_AUTO_TEST_CASE(a_full_inbox_refuses_and_takes_again_when_it_was_read) {
    auto options = with_shards(1);
    options.max_posted = 3;
    weir::runtime runtime(options);
    int ran = 0;
    std::error_code error;
    auto main = [&](weir::shard& here) -> weir::task<> {
        for (int i = 0; i < 3; ++i) BOOST_TEST(here.post([&ran] { ++ran; }).has_value());
        const weir::result<void> refused = here.post([&ran] { ++ran; });
        if (!refused) error = refused.error();
        while (ran < 3) static_cast<void>(co_await weir::yield());
        BOOST_TEST(here.post([&ran] { ++ran; }).has_value());
        while (ran < 4) static_cast<void>(co_await weir::yield());
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST((error == std::errc::no_buffer_space));
    BOOST_TEST(ran == 4);
}

BOOST_AUTO_TEST_CASE(threads_that_post_while_the_runtime_ends_do_no_harm) {
    for (int round = 0; round < 50; ++round) {
        weir::runtime runtime(with_shards(2));
        std::atomic<bool> over{false};
        std::atomic<std::uint64_t> ran{0};
        std::thread poster([&] {
            while (!over.load()) {
                for (unsigned to : {0U, 1U}) static_cast<void>(runtime.at(to).post([&] { ++ran; }));
            }
        });
        auto main = [&](weir::shard&) -> weir::task<> {
            for (int i = 0; i < 20; ++i) static_cast<void>(co_await weir::yield());
        };
        const bool fine = runtime.run(main).has_value();
        over = true;
        poster.join();
        BOOST_REQUIRE(fine);
    }
}

BOOST_AUTO_TEST_CASE(a_thousand_calls_both_ways_at_once_come_back) {
    weir::runtime runtime(with_shards(4));
    std::atomic<int> sum{0};
    auto main = [&](weir::shard& here) -> weir::task<> {
        for (int i = 0; i < 250; ++i) {
            for (unsigned to = 0; to < here.count(); ++to) {
                auto call = here.sibling(to).run(&index_there);
                sum += *co_await call;
            }
        }
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(sum.load() == 4 * 250 * (0 + 1 + 2 + 3));
}

BOOST_AUTO_TEST_SUITE_END()
