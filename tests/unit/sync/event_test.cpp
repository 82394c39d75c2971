// SPDX-License-Identifier: Apache-2.0
// event: raised, it lets everyone through; lowered, it holds them again.
#include <weir/sync/event.hpp>

#include "co_test.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <optional>

BOOST_AUTO_TEST_SUITE(event_test)

namespace {

using namespace std::chrono_literals;

weir::task<weir::result<void>> wait(weir::event& event) { co_return co_await event.wait(); }
weir::task<> set_later(weir::event& event) {
    static_cast<void>(co_await weir::yield());
    event.set();
}
weir::task<> set_and_reset(weir::event& event) {
    event.set();
    event.reset();
    co_return;
}
weir::task<> set_then_stop(weir::event& event, weir::stop_source& source) {
    event.set();
    source.request_stop();
    co_return;
}
weir::task<> set_and_destroy(std::optional<weir::event>& event) {
    event->set();
    event.reset();
    co_return;
}

}  // namespace

CO_TEST(a_raised_event_does_not_hold_anyone) {
    weir::event event;
    event.set();
    const auto waited = co_await event.wait();
    CO_CHECK(waited.has_value());
    CO_CHECK(event.is_set());
}

CO_TEST(setting_wakes_everyone_who_waits) {
    weir::event event;
    const auto [a, b, done] = co_await weir::when_all(wait(event), wait(event), set_later(event));
    CO_CHECK(a.has_value());
    CO_CHECK(b.has_value());
}

CO_TEST(a_reset_does_not_hold_back_those_already_woken) {
    weir::event event;
    const auto [waited, done] = co_await weir::when_all(wait(event), set_and_reset(event));
    CO_CHECK(waited.has_value());
    CO_CHECK(!event.is_set());
}

CO_TEST(a_lowered_event_holds_again) {
    weir::event event;
    event.set();
    event.reset();
    const auto waited = co_await weir::with_timeout(1s, event.wait());
    CO_CHECK(!waited && waited.error() == std::errc::timed_out);
}

CO_TEST(a_stop_that_comes_after_the_set_does_not_turn_it_into_an_error) {
    weir::event event;
    weir::stop_source source;
    const auto [waited, done] =
        co_await weir::when_all(weir::with_stop(source, wait(event)), set_then_stop(event, source));
    CO_CHECK(waited.has_value());
}

CO_TEST(an_event_may_end_as_soon_as_it_is_set) {
    std::optional<weir::event> event(std::in_place);
    const auto [waited, done] = co_await weir::when_all(wait(*event), set_and_destroy(event));
    CO_CHECK(waited.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
