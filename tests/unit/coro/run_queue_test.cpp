// SPDX-License-Identifier: Apache-2.0
// run_queue: fair, bounded by its budget, and it resumes nobody in place.
#include <weir/coro/detail/run_queue.hpp>

#include "co_test.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/detail/branch.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/event.hpp>

#include <array>
#include <chrono>
#include <cstdlib>

BOOST_AUTO_TEST_SUITE(run_queue_test)

namespace {

using namespace std::chrono_literals;

weir::task<> count_turns(int& turns, const bool& stop) {
    while (!stop) {
        ++turns;
        static_cast<void>(co_await weir::yield());
    }
}
weir::task<> watch(std::array<int, 3>& turns, bool& stop) {
    for (int i = 0; i < 100; ++i) {
        CO_CHECK(std::abs(turns[0] - turns[1]) <= 1 && std::abs(turns[1] - turns[2]) <= 1);
        static_cast<void>(co_await weir::yield());
    }
    stop = true;
}
weir::task<> set_and_look(weir::event& event, const bool& went_on) {
    event.set();
    CO_CHECK(!went_on);
    co_return;
}
weir::task<> wait_and_note(weir::event& event, bool& went_on) {
    static_cast<void>(co_await event.wait());
    went_on = true;
}
weir::task<> spin_until(const bool& stop) {
    while (!stop) {
        const auto turn = co_await weir::yield();
        if (!turn) co_return;
    }
}
weir::task<> stop_after_sleep(bool& stop) {
    static_cast<void>(co_await weir::sleep_for(1ms));
    stop = true;
}

class quiet_owner final : public weir::detail::branch_owner {
public:
    void branch_finished(weir::detail::scope_root&) noexcept override { ++finished; }
    [[nodiscard]] weir::detail::promise_base* starter() const noexcept override { return nullptr; }
    int finished = 0;
};

}  // namespace

CO_TEST(those_who_yield_get_equally_many_turns) {
    if (weir::test::is_disturbed()) co_return;  // the loops below end by counting only
    std::array<int, 3> turns{};
    bool stop = false;
    static_cast<void>(co_await weir::when_all(count_turns(turns[0], stop),
                                              count_turns(turns[1], stop),
                                              count_turns(turns[2], stop), watch(turns, stop)));
    CO_CHECK(turns[0] >= 100);
}

CO_TEST(a_wake_does_not_run_the_woken_in_place) {
    weir::event event;
    bool went_on = false;
    static_cast<void>(
        co_await weir::when_all(wait_and_note(event, went_on), set_and_look(event, went_on)));
    CO_CHECK(went_on);
}

BOOST_AUTO_TEST_CASE(run_keeps_to_its_budget) {
    weir::scope root;
    bool stop = false;
    quiet_owner owner;
    weir::detail::branch<weir::task<>> spinner(spin_until(stop));
    spinner.start(owner, root);
    auto& queue = weir::detail::run_queue::current();
    BOOST_TEST(queue.run(10) == 10U);
    BOOST_TEST(!queue.empty());
    stop = true;
    BOOST_TEST(queue.run(10) == 1U);
    BOOST_TEST(queue.empty());
    BOOST_TEST(queue.run(10) == 0U);
    BOOST_TEST(owner.finished == 1);
}

BOOST_AUTO_TEST_CASE(a_task_that_only_yields_does_not_keep_timers_from_firing) {
    weir::test::virtual_loop place;
    weir::scope& root = place.loop().root();
    bool stop = false;
    quiet_owner owner;
    weir::detail::branch<weir::task<>> spinner(spin_until(stop));
    weir::detail::branch<weir::task<>> sleeper(stop_after_sleep(stop));
    spinner.start(owner, root);
    sleeper.start(owner, root);
    for (int i = 0; i < 10 && owner.finished < 2; ++i) {
        place.loop().turn(true);
        place.advance(1ms);
    }
    BOOST_TEST(owner.finished == 2);
}

BOOST_AUTO_TEST_SUITE_END()
