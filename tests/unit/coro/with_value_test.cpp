// SPDX-License-Identifier: Apache-2.0
// with_value: a context value is seen by all descendants, across suspensions, and by nobody else.
#include <weir/coro/with_value.hpp>

#include "co_test.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(with_value_test)

namespace {

using namespace std::chrono_literals;

class request_id {
public:
    explicit request_id(int number) noexcept : number_(number) {}
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

weir::task<int> id_here() {
    const auto self = co_await weir::this_task();
    const request_id* found = self.find<request_id>();
    co_return found == nullptr ? -1 : found->number();
}
weir::task<int> id_after_waiting() {
    static_cast<void>(co_await weir::sleep_for(1ms));
    co_return co_await id_here();
}
weir::task<int> id_below_deadlines() {
    auto found = co_await weir::with_timeout(1h, id_after_waiting());
    co_return found.value_or(-2);
}
weir::task<> store_id(int& out) { out = co_await id_after_waiting(); }
weir::task<int> id_in_group() {
    int found = 0;
    weir::task_group group(co_await weir::this_task(), 1);
    auto started = group.spawn(store_id, std::ref(found));
    static_cast<void>(co_await started);
    static_cast<void>(co_await group.join());
    co_return found;
}
weir::task<int> id_overridden() {
    const int inner = co_await weir::with_value(request_id(2), id_after_waiting());
    const int outer = co_await id_here();
    co_return inner * 10 + outer;
}

}  // namespace

CO_TEST(there_is_no_value_without_one) {
    const int found = co_await id_here();
    CO_CHECK_EQUAL(found, -1);
}

CO_TEST(a_value_survives_suspensions) {
    const int found = co_await weir::with_value(request_id(7), id_after_waiting());
    CO_CHECK_EQUAL(found, 7);
}

CO_TEST(a_value_goes_through_scopes_and_groups) {
    const int below = co_await weir::with_value(request_id(7), id_below_deadlines());
    const int grouped = co_await weir::with_value(request_id(8), id_in_group());
    CO_CHECK_EQUAL(below, 7);
    CO_CHECK_EQUAL(grouped, 8);
}

CO_TEST(an_inner_value_overrides_and_ends_with_its_work) {
    const int found = co_await weir::with_value(request_id(1), id_overridden());
    CO_CHECK_EQUAL(found, 21);
    const int after = co_await id_here();
    CO_CHECK_EQUAL(after, -1);
}

CO_TEST(concurrent_work_sees_its_own_value) {
    const auto [a, b, c] = co_await weir::when_all(
        weir::with_value(request_id(1), id_after_waiting()),
        weir::with_value(request_id(2), id_after_waiting()), id_after_waiting());
    CO_CHECK_EQUAL(a, 1);
    CO_CHECK_EQUAL(b, 2);
    CO_CHECK_EQUAL(c, -1);
}

CO_TEST(values_of_different_types_stand_side_by_side) {
    auto both = []() -> weir::task<std::string> {
        const auto self = co_await weir::this_task();
        co_return *self.find<std::string>() + std::to_string(self.find<request_id>()->number());
    };
    const std::string text =
        co_await weir::with_value(std::string("request "), weir::with_value(request_id(3), both()));
    CO_CHECK_EQUAL(text, "request 3");
}

CO_TEST(several_values_come_at_once_and_override_for_this_work_only) {
    auto both = []() -> weir::task<std::string> {
        const auto self = co_await weir::this_task();
        co_return *self.find<std::string>() + std::to_string(self.find<request_id>()->number());
    };
    auto outer = [&]() -> weir::task<std::string> {
        const auto inner = co_await weir::with_values(both(), std::string("b"), request_id(2));
        const auto sibling = co_await both();
        co_return inner + sibling;
    };
    const std::string text = co_await weir::with_values(outer(), request_id(1), std::string("a"));
    CO_CHECK_EQUAL(text, "b2a1");
}

CO_TEST(background_work_keeps_the_values_of_its_owner_and_ends_before_it) {
    std::string log;
    auto write = [](std::string& out) -> weir::task<> {
        out += std::to_string(co_await id_after_waiting());
    };
    auto owner = [&]() -> weir::task<> {
        weir::task_group background(co_await weir::this_task(), 2);
        static_cast<void>(background.try_spawn(write, std::ref(log)));
        static_cast<void>(background.try_spawn(write, std::ref(log)));
        log += "-";
        static_cast<void>(co_await background.join());
    };
    co_await weir::with_value(request_id(3), owner());
    log += ".";
    CO_CHECK_EQUAL(log, "-33.");
}

BOOST_AUTO_TEST_SUITE_END()
