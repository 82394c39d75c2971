// SPDX-License-Identifier: Apache-2.0
// ok: the value goes on, the error leaves the task, and what the task held is destroyed.
#include <weir/coro/ok.hpp>

#include "co_test.hpp"
#include "lifetime_probe.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/mutex.hpp>

#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(ok_test)

namespace {

using probe = weir::test::lifetime_probe<struct ok_tag>;
using weir::ok;

weir::task<weir::result<int>> give(int value, bool later) {
    if (later) static_cast<void>(co_await weir::yield());
    if (value < 0) co_return weir::fail(std::errc::bad_message);
    co_return value;
}

weir::task<weir::result<std::string>> middle(int value, bool later) {
    const probe before(1);
    const int number = co_await ok(give(value, later));
    const probe after(2);
    co_return std::to_string(number);
}

weir::task<weir::result<void>> outer(int value, bool later, bool& reached_the_end) {
    const probe local(3);
    const std::string text = co_await ok(middle(value, later));
    reached_the_end = !text.empty();
    co_return weir::result<void>();
}

class own_error {
public:
    explicit own_error(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

weir::task<weir::result<int, own_error>> fail_richly() {
    co_return weir::fail(own_error("SQLSTATE 40001"));
}
weir::task<weir::result<std::string, own_error>> pass_richly() {
    const int value = co_await ok(fail_richly());
    co_return std::to_string(value);
}

weir::task<weir::result<std::unique_ptr<int>>> move_only() { co_return std::make_unique<int>(3); }
weir::task<weir::result<int>> use_move_only() {
    auto owned = co_await ok(move_only());
    co_return *owned;
}

weir::task<weir::result<int>> of_ready_result(weir::result<int> outcome) {
    const int value = ok(std::move(outcome));
    co_return value + 1;
}

weir::task<weir::result<void>> lock_and_fail(weir::mutex& mutex) {
    const auto guard = co_await ok(mutex.lock());
    static_cast<void>(co_await ok(give(-1, true)));
    co_return weir::result<void>();
}

}  // namespace

CO_TEST(a_value_goes_on) {
    for (const bool later : {false, true}) {
        bool reached = false;
        const auto outcome = co_await outer(5, later, reached);
        CO_CHECK(outcome.has_value());
        CO_CHECK(reached);
    }
}

CO_TEST(an_error_leaves_every_level_and_destroys_the_locals) {
    probe::reset();
    for (const bool later : {false, true}) {
        bool reached = false;
        const auto outcome = co_await outer(-1, later, reached);
        CO_REQUIRE(!outcome.has_value());
        CO_CHECK(outcome.error() == std::errc::bad_message);
        CO_CHECK(!reached);
        CO_CHECK_EQUAL(probe::live(), 0);
    }
}

CO_TEST(an_error_type_of_its_own_passes_whole) {
    const auto outcome = co_await pass_richly();
    CO_REQUIRE(!outcome.has_value());
    CO_CHECK_EQUAL(outcome.error().text(), "SQLSTATE 40001");
}

CO_TEST(a_move_only_value_passes) {
    const auto outcome = co_await use_move_only();
    CO_REQUIRE(outcome.has_value());
    CO_CHECK_EQUAL(*outcome, 3);
}

CO_TEST(a_result_that_is_there_already_is_unwrapped_without_an_await) {
    const auto good = co_await of_ready_result(1);
    const auto bad = co_await of_ready_result(weir::fail(std::errc::timed_out));
    CO_REQUIRE(good.has_value());
    CO_CHECK_EQUAL(*good, 2);
    CO_REQUIRE(!bad.has_value());
    CO_CHECK(bad.error() == std::errc::timed_out);
}

CO_TEST(an_early_leave_releases_a_lock) {
    weir::mutex mutex;
    const auto outcome = co_await lock_and_fail(mutex);
    CO_CHECK(!outcome.has_value());
    CO_CHECK(!mutex.is_locked());
}

BOOST_AUTO_TEST_SUITE_END()
