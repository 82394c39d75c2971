// SPDX-License-Identifier: Apache-2.0
// The test harness itself: what it must catch, it catches.
#include "co_test.hpp"
#include "allocation_count.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/mutex.hpp>

#include <unistd.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(co_test_test)

namespace {

using namespace std::chrono_literals;

weir::task<> waits_for_ever() {
    weir::event never;
    static_cast<void>(co_await never.wait());
}
weir::task<> checks_wrongly() {
    static_cast<void>(co_await weir::yield());
    CO_CHECK_EQUAL(1, 2);
}
weir::task<> leaks_a_descriptor_when_stopped() {
    const auto turn = co_await weir::yield();
    const int copied = turn ? 0 : ::dup(0);
    static_cast<void>(copied);
}
/// Keeps a block that is found again later, so that only this harness calls it a leak.
std::vector<std::unique_ptr<int>> kept;
weir::task<> keeps_a_block_when_stopped() {
    const auto turn = co_await weir::yield();
    if (!turn) kept.push_back(std::make_unique<int>(1));
}
std::vector<weir::task<>> kept_tasks;
weir::task<> never_started() { co_return; }
weir::task<> keeps_a_frame_when_stopped() {
    if (kept_tasks.capacity() == 0) kept_tasks.reserve(100);
    const auto turn = co_await weir::yield();
    if (!turn) kept_tasks.push_back(never_started());
}
weir::task<> throws() {
    static_cast<void>(co_await weir::yield());
    throw std::runtime_error("out of the body");
}

/// The one complaint of a run of `body`.
std::string complaint_of(weir::task<> (*body)()) {
    const weir::test::caught_complaints caught;
    weir::test::run_co_test(body);
    BOOST_TEST(caught.all().size() == 1U);
    return caught.all().empty() ? "" : caught.all().front();
}

int stops_seen = 0;
weir::task<> counts_stops() {
    for (int i = 0; i < 5; ++i) {
        const auto turn = co_await weir::yield();
        if (!turn) ++stops_seen;
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_body_that_waits_for_ever_fails_with_the_waiters) {
    BOOST_TEST(complaint_of(waits_for_ever).find("waits_for_ever()") != std::string::npos);
    BOOST_TEST(complaint_of(waits_for_ever).find("waiting for event") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_check_fails_once_with_both_values) {
    BOOST_TEST(complaint_of(checks_wrongly).find("[1 != 2]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_exception_fails) {
    BOOST_CHECK_THROW(weir::test::run_co_test(throws), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_descriptor_that_leaks_after_a_stop_fails) {
    BOOST_TEST(complaint_of(leaks_a_descriptor_when_stopped).find("descriptor") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_block_that_leaks_after_a_stop_fails) {
    if (!weir::test::allocations_are_counted()) return;
    BOOST_TEST(complaint_of(keeps_a_block_when_stopped).find("leaks a frame or a block") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_frame_that_leaks_after_a_stop_fails) {
    if (!weir::test::allocations_are_counted()) return;
    BOOST_TEST(complaint_of(keeps_a_frame_when_stopped).find("leaks a frame or a block") !=
               std::string::npos);
    kept_tasks.clear();
}

BOOST_AUTO_TEST_CASE(a_stop_is_tried_at_each_step) {
    stops_seen = 0;
    weir::test::run_co_test(counts_stops);
    // Before the body, and before each of its five turns but the last, which sees no stop.
    BOOST_TEST(stops_seen >= 5 + 4 + 3 + 2 + 1);
}

CO_TEST(an_hour_passes_at_once) {
    const auto begin = weir::reactor::current().now();
    static_cast<void>(co_await weir::sleep_for(1h));
    CO_CHECK(weir::reactor::current().now() - begin >= 1h);
}

CO_TEST(time_does_not_pass_while_tasks_run) {
    const auto begin = weir::reactor::current().now();
    for (int i = 0; i < 300; ++i) static_cast<void>(co_await weir::yield());
    CO_CHECK(weir::reactor::current().now() == begin);
}

BOOST_AUTO_TEST_SUITE_END()
