// SPDX-License-Identifier: Apache-2.0
// wait_queue: first come, first served; a waiter is woken or stopped, never both.
#include <weir/coro/wait_queue.hpp>

#include "co_test.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(wait_queue_test)

namespace {

class stand_in final : public weir::wait_queue::waiter {
public:
    explicit stand_in(weir::wait_queue& line, int& left_by_stop) noexcept
        : line_(line), left_by_stop_(left_by_stop) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        return join(line_, self.promise());
    }
    weir::result<void> await_resume() const noexcept { return outcome(); }
    void describe(std::string& out) const override { out += "a line"; }

private:
    void left_line() noexcept override { ++left_by_stop_; }

    weir::wait_queue& line_;
    int& left_by_stop_;
};

struct line_state {
    weir::wait_queue line;
    int left_by_stop = 0;
    std::string log;
};

weir::task<> wait(line_state& state, char name) {
    const auto outcome = co_await stand_in(state.line, state.left_by_stop);
    state.log += name;
    if (!outcome) state.log += '!';
}
weir::task<> wait_stoppable(line_state& state, char name, weir::stop_source& source) {
    co_await weir::with_stop(source, wait(state, name));
}
weir::task<> wake_all(line_state& state) {
    state.line.wake_all();
    co_return;
}
weir::task<> stop_then_wake(line_state& state, weir::stop_source& source) {
    source.request_stop();
    CO_CHECK_EQUAL(state.line.size(), 2U);
    CO_CHECK(state.line.wake_one());
    state.line.wake_all();
    co_return;
}
weir::task<> wake_then_stop(line_state& state, weir::stop_source& source) {
    state.line.wake_one();
    source.request_stop();
    state.line.wake_all();
    co_return;
}

}  // namespace

CO_TEST(waiters_are_woken_in_the_order_they_came) {
    line_state state;
    static_cast<void>(co_await weir::when_all(wait(state, 'a'), wait(state, 'b'), wait(state, 'c'),
                                              wake_all(state)));
    CO_CHECK_EQUAL(state.log, "abc");
    CO_CHECK_EQUAL(state.left_by_stop, 0);
}

CO_TEST(a_stop_takes_a_waiter_out_of_the_middle) {
    line_state state;
    weir::stop_source source;
    static_cast<void>(co_await weir::when_all(wait(state, 'a'), wait_stoppable(state, 'b', source),
                                              wait(state, 'c'), stop_then_wake(state, source)));
    CO_CHECK_EQUAL(state.log, "b!ac");
    CO_CHECK_EQUAL(state.left_by_stop, 1);
}

CO_TEST(a_stop_after_the_wake_does_not_take_the_wake_back) {
    line_state state;
    weir::stop_source source;
    static_cast<void>(co_await weir::when_all(wait_stoppable(state, 'a', source), wait(state, 'b'),
                                              wake_then_stop(state, source)));
    CO_CHECK_EQUAL(state.log, "ab");
    CO_CHECK_EQUAL(state.left_by_stop, 0);
}

BOOST_AUTO_TEST_CASE(waking_an_empty_line_wakes_nobody) {
    weir::wait_queue line;
    BOOST_TEST(!line.wake_one());
    BOOST_TEST(line.empty());
}

BOOST_AUTO_TEST_SUITE_END()
