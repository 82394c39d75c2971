// SPDX-License-Identifier: Apache-2.0
// stall_detector: a loop that does not come round is reported once, with the function that runs.
#include <weir/io/runtime.hpp>
#include <weir/io/sleep.hpp>

#include <boost/test/unit_test.hpp>

#include <time.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(stall_detector_test)

namespace {

#if defined(__SANITIZE_THREAD__)
constexpr bool interrupts_late = true;
#elif defined(__has_feature)
constexpr bool interrupts_late = __has_feature(thread_sanitizer);  // holds signals back
#else
constexpr bool interrupts_late = false;
#endif

/// Reports, collected from the watching thread.
class collected {
public:
    void add(const weir::stall_report& report) {
        const std::lock_guard lock(mutex_);
        reports_.push_back(report);
    }
    [[nodiscard]] std::vector<weir::stall_report> of_shard(unsigned shard) const {
        const std::lock_guard lock(mutex_);
        std::vector<weir::stall_report> found;
        std::copy_if(reports_.begin(), reports_.end(), std::back_inserter(found),
                     [shard](const weir::stall_report& each) { return each.shard() == shard; });
        return found;
    }

private:
    mutable std::mutex mutex_;
    std::vector<weir::stall_report> reports_;
};

/// Processor time, not time: beside other programs the latter may pass without any work.
[[gnu::noinline]] void burn_a_processor(std::chrono::nanoseconds duration) {
    const auto used = [] {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
    };
    const auto end = used() + duration;
    while (used() < end) {
    }
}

weir::task<> careless_coroutine() {
    // Resumed by the loop, so that no optimiser makes its body a part of its caller.
    static_cast<void>(co_await weir::sleep_for(1ms));
    burn_a_processor(100ms);
    co_return;
}

weir::runtime_options watched(collected& reports) {
    weir::runtime_options options;
    options.shards = 2;
    options.stall_threshold = 20ms;
    options.on_stall = [&reports](const weir::stall_report& each) { reports.add(each); };
    return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_busy_loop_is_reported_once_and_named_with_its_coroutine) {
    collected reports;
    weir::runtime runtime(watched(reports));
    auto main = [](weir::shard& here) -> weir::task<> {
        if (here.index() != 1) co_return;
        co_await careless_coroutine();
    };
    BOOST_TEST(runtime.run(main).has_value());
    const auto found = reports.of_shard(1);
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(runtime.stalls() >= 1U);
    BOOST_TEST((found.front().so_far() >= 20ms));
    const std::string text = found.front().to_text();
    BOOST_TEST_MESSAGE(text);
    if (interrupts_late) return;
    const auto burns = text.find("burn_a_processor");
    const auto careless = text.find("careless_coroutine");
    BOOST_TEST(burns != std::string::npos);
    BOOST_TEST(careless != std::string::npos);
    BOOST_TEST(burns < careless);
}

BOOST_AUTO_TEST_CASE(a_blocking_call_is_told_from_work_by_its_processor_time) {
    collected reports;
    weir::runtime runtime(watched(reports));
    auto main = [](weir::shard& here) -> weir::task<> {
        if (here.index() != 1) co_return;
        static_cast<void>(co_await weir::sleep_for(1ms));
        const timespec blocks{0, 100'000'000};
        ::clock_nanosleep(CLOCK_MONOTONIC, 0, &blocks, nullptr);
    };
    BOOST_TEST(runtime.run(main).has_value());
    const auto found = reports.of_shard(1);
    BOOST_REQUIRE(!found.empty());
    BOOST_TEST((found.front().on_processor() < 10ms));
}

BOOST_AUTO_TEST_CASE(an_idle_and_a_sleeping_loop_are_no_stall) {
    collected reports;
    weir::runtime runtime(watched(reports));
    auto main = [](weir::shard&) -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(60ms));
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(reports.of_shard(0).empty());
    BOOST_TEST(reports.of_shard(1).empty());
}

BOOST_AUTO_TEST_SUITE_END()
