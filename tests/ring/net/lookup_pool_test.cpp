// SPDX-License-Identifier: Apache-2.0
// Lookups that block: beside the loop, few at once, and left behind by a caller who is stopped.
#include "net/lookup_pool.hpp"
#include "stream_conformance.hpp"

#include <weir/sync/task_group.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

using weir::net::endpoint;
using weir::net::look_up;
using weir::test::error_of;

BOOST_AUTO_TEST_SUITE(lookup_pool_test)

namespace {

using found = weir::result<std::vector<endpoint>>;

/// Lookups stand here until it is opened.
class gate {
public:
    void close() {
        const std::lock_guard lock(mutex_);
        is_open_ = false;
        passed_ = 0;
        arrived_ = 0;
    }
    void open() {
        const std::lock_guard lock(mutex_);
        is_open_ = true;
        changed_.notify_all();
    }
    void pass() {
        std::unique_lock lock(mutex_);
        ++arrived_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return is_open_; });
        ++passed_;
        changed_.notify_all();
    }
    void await_passed(unsigned count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return passed_ >= count; });
    }
    [[nodiscard]] unsigned arrived() {
        const std::lock_guard lock(mutex_);
        return arrived_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_open_ = false;
    unsigned arrived_ = 0;
    unsigned passed_ = 0;
};

gate the_gate;

found wait_at_gate(const std::string&, std::uint16_t port) {
    the_gate.pass();
    return std::vector<endpoint>{endpoint::loopback(port)};
}
found answer_at_once(const std::string&, std::uint16_t port) {
    return std::vector<endpoint>{endpoint::loopback(port)};
}
found run_out_of_memory(const std::string&, std::uint16_t) { throw std::bad_alloc(); }

weir::task<> stop_at_the_gate(weir::stop_source& stop) {
    while (the_gate.arrived() == 0) co_await weir::test::turns(1);
    stop.request_stop();
}
/// A lookup that a thread has begun, which blocks there, and whose caller is stopped. (One that no
/// thread has begun yet would be withdrawn.)
weir::task<> leave_a_lookup_at_the_gate() {
    the_gate.close();
    weir::stop_source stop;
    auto asking = weir::when_all(weir::with_stop(stop, look_up(wait_at_gate, "slow", 1)),
                                 stop_at_the_gate(stop));
    const auto outcome = co_await asking;
    BOOST_REQUIRE(!std::get<0>(outcome));
    BOOST_TEST((error_of(std::get<0>(outcome)) == std::errc::operation_canceled));
}

weir::task<> the_loop_goes_on() {
    co_await leave_a_lookup_at_the_gate();
    // The thread goes on with memory of its own after everything here is gone.
    the_gate.open();
    the_gate.await_passed(1);
    const auto next = co_await look_up(answer_at_once, "fast", 7);
    BOOST_REQUIRE(next.has_value());
    BOOST_TEST((next->at(0) == endpoint::loopback(7)));
}

weir::task<> look_up_and_count(std::size_t* answered) {
    const auto outcome = co_await look_up(wait_at_gate, "slow", 1);
    if (outcome) ++*answered;
}

weir::task<> few_at_once() {
    the_gate.close();
    std::size_t answered = 0;
    weir::task_group group(co_await weir::this_task(), 20);
    for (int i = 0; i < 20; ++i) {
        auto started = group.spawn(look_up_and_count, &answered);
        weir::test::must(co_await started);
    }
    while (the_gate.arrived() < weir::net::lookup_pool::max_threads) co_await weir::test::turns(1);
    co_await weir::test::turns(50);
    BOOST_TEST(the_gate.arrived() == weir::net::lookup_pool::max_threads);
    the_gate.open();
    weir::test::expect_success(co_await group.join());
    BOOST_TEST(answered == 20U);
}

weir::task<> stopped_in_the_queue() {
    the_gate.close();
    {
        std::size_t answered = 0;
        weir::task_group group(co_await weir::this_task(), 20);
        for (int i = 0; i < 20; ++i) {
            auto started = group.spawn(look_up_and_count, &answered);
            weir::test::must(co_await started);
        }
        while (the_gate.arrived() < weir::net::lookup_pool::max_threads) {
            co_await weir::test::turns(1);
        }
        group.request_stop();
        weir::test::expect_success(co_await group.join());
        BOOST_TEST(answered == 0U);
    }
    the_gate.open();
    // Those in the queue were withdrawn: only the ones that a thread had begun pass.
    the_gate.await_passed(weir::net::lookup_pool::max_threads);
    static_cast<void>(co_await look_up(answer_at_once, "fast", 1));
    BOOST_TEST(the_gate.arrived() == weir::net::lookup_pool::max_threads);
}

weir::task<> stopped_at_random_moments() {
    weir::test::dice random(5);
    for (std::size_t i = 0; i < weir::test::rounds(20'000); ++i) {
        weir::stop_source stop;
        auto outcome =
            co_await weir::when_all(weir::with_stop(stop, look_up(answer_at_once, "fast", 5)),
                                    weir::test::stop_soon(stop, random));
        const found& got = std::get<0>(outcome);
        if (got) {
            BOOST_REQUIRE((got->at(0) == endpoint::loopback(5)));
        } else {
            BOOST_REQUIRE((error_of(got) == std::errc::operation_canceled));
        }
    }
}

weir::task<> no_memory() {
    const auto outcome = co_await look_up(run_out_of_memory, "any", 1);
    BOOST_REQUIRE(!outcome);
    BOOST_TEST((error_of(outcome) == std::errc::not_enough_memory));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_stop_returns_from_a_lookup_that_blocks, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(the_loop_goes_on);
}
BOOST_AUTO_TEST_CASE(only_a_few_lookups_run_at_once_and_all_are_answered, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(few_at_once);
}
BOOST_AUTO_TEST_CASE(lookups_stopped_in_the_queue_are_never_begun, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(stopped_in_the_queue);
}
BOOST_AUTO_TEST_CASE(a_stop_that_meets_the_answer_does_no_harm, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(stopped_at_random_moments);
}
BOOST_AUTO_TEST_CASE(running_out_of_memory_on_a_thread_is_an_error_of_the_lookup, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(no_memory);
}
BOOST_AUTO_TEST_CASE(a_lookup_outlives_the_loop_that_asked, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(leave_a_lookup_at_the_gate);
    the_gate.open();
    the_gate.await_passed(1);
}

BOOST_AUTO_TEST_SUITE_END()
