// SPDX-License-Identifier: Apache-2.0
// task: laziness, results, exceptions, and chains that must not use the stack.
#include <weir/coro/task.hpp>

#include "co_test.hpp"
#include "lifetime_probe.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/sync/event.hpp>

#include <memory>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(task_test)

namespace {

using probe = weir::test::lifetime_probe<struct task_tag>;

weir::task<> note(bool& started) {
    started = true;
    co_return;
}

weir::task<int> answer() { co_return 42; }

weir::task<int> answer_later() {
    static_cast<void>(co_await weir::yield());
    co_return 42;
}

weir::task<std::unique_ptr<int>> move_only() { co_return std::make_unique<int>(7); }

weir::task<int> thrower(bool later) {
    const probe local(1);
    if (later) static_cast<void>(co_await weir::yield());
    throw std::runtime_error("from three levels down");
    co_return 0;
}
weir::task<int> middle(bool later) {
    const probe local(2);
    co_return co_await thrower(later);
}
weir::task<int> outer(bool later) {
    const probe local(3);
    const int value = co_await middle(later);
    co_return value;
}

weir::task<std::size_t> deep(std::size_t levels, bool wait_at_the_end) {
    if (levels == 0) {
        if (wait_at_the_end) static_cast<void>(co_await weir::yield());
        co_return 0;
    }
    const std::size_t below = co_await deep(levels - 1, wait_at_the_end);
    co_return below + 1;
}

weir::task<> throw_from_deep(std::size_t levels) {
    if (levels == 0) throw std::runtime_error("the bottom");
    co_await throw_from_deep(levels - 1);
}

weir::task<probe> give(probe value) { co_return value; }

struct does_not_move_freely {
    explicit does_not_move_freely(int v) : value(v) {}
    does_not_move_freely(does_not_move_freely&&) = default;
    does_not_move_freely& operator=(does_not_move_freely&&) = delete;
    int value;
};
weir::task<does_not_move_freely> not_assignable() { co_return does_not_move_freely(5); }

std::string what_of(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const std::exception& e) {
        return e.what();
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_task_does_nothing_until_it_is_awaited) {
    bool started = false;
    {
        auto task = note(started);
    }
    BOOST_TEST(!started);
}

BOOST_AUTO_TEST_CASE(a_task_that_never_started_destroys_its_arguments) {
    probe::reset();
    {
        auto task = give(probe(1));
    }
    BOOST_TEST(probe::live() == 0);
}

BOOST_AUTO_TEST_CASE(assigning_to_a_task_destroys_the_one_it_held) {
    probe::reset();
    auto task = give(probe(1));
    task = give(probe(2));
    BOOST_TEST(probe::live() == 1);
}

CO_TEST(awaiting_gives_the_result) {
    const int value = co_await answer();
    CO_CHECK_EQUAL(value, 42);
}

CO_TEST(awaiting_gives_the_result_of_a_task_that_waited) {
    const int value = co_await answer_later();
    CO_CHECK_EQUAL(value, 42);
}

CO_TEST(a_stored_task_is_awaited_by_moving_it) {
    auto task = answer_later();
    const int value = co_await std::move(task);
    CO_CHECK_EQUAL(value, 42);
}

CO_TEST(a_result_may_be_move_only) {
    auto value = co_await move_only();
    CO_CHECK_EQUAL(*value, 7);
}

CO_TEST(a_result_need_be_neither_default_constructible_nor_assignable) {
    auto value = co_await not_assignable();
    CO_CHECK_EQUAL(value.value, 5);
}

CO_TEST(a_result_is_moved_and_never_copied) {
    probe::reset();
    {
        auto value = co_await give(probe(9));
        CO_CHECK_EQUAL(value.value(), 9);
        CO_CHECK_EQUAL(probe::copies(), 0);
    }
    CO_CHECK_EQUAL(probe::live(), 0);
}

CO_TEST(an_exception_passes_three_levels_and_destroys_their_locals) {
    probe::reset();
    for (const bool later : {false, true}) {
        std::string caught;
        try {
            static_cast<void>(co_await outer(later));
        } catch (const std::runtime_error& e) {
            caught = e.what();
        }
        CO_CHECK_EQUAL(caught, "from three levels down");
        CO_CHECK_EQUAL(probe::live(), 0);
    }
}

CO_TEST(an_exception_can_be_caught_and_the_task_goes_on) {
    int caught = 0;
    for (int i = 0; i < 3; ++i) {
        try {
            co_await thrower(i % 2 == 0);
        } catch (const std::runtime_error&) {
            ++caught;
        }
    }
    CO_CHECK_EQUAL(caught, 3);
}

CO_TEST(an_exception_crosses_a_thousand_levels) {
    std::exception_ptr caught;
    try {
        co_await throw_from_deep(1000);
    } catch (...) {
        caught = std::current_exception();
    }
    CO_CHECK_EQUAL(what_of(caught), "the bottom");
}

CO_TEST(a_chain_of_a_million_children_does_not_use_up_the_stack) {
    const std::size_t levels = co_await deep(1'000'000, false);
    CO_CHECK_EQUAL(levels, 1'000'000U);
}

CO_TEST(a_chain_of_children_that_waits_unwinds_without_the_stack) {
    const std::size_t levels = co_await deep(200'000, true);
    CO_CHECK_EQUAL(levels, 200'000U);
}

CO_TEST(a_loop_over_a_million_finished_children_does_not_use_up_the_stack) {
    std::size_t sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += static_cast<std::size_t>(co_await answer());
    CO_CHECK_EQUAL(sum, 42'000'000U);
}

CO_TEST(a_child_deeper_than_the_inline_limit_still_runs_in_order) {
    const std::size_t limit = weir::detail::run_queue::max_inline_depth;
    for (const std::size_t levels : {limit - 1, limit, limit + 1, 3 * limit + 7}) {
        const std::size_t reached = co_await deep(levels, levels % 2 == 0);
        CO_CHECK_EQUAL(reached, levels);
    }
}

CO_TEST(two_children_may_exist_before_either_is_awaited) {
    auto first = answer_later();
    auto second = answer();
    const int b = co_await std::move(second);
    const int a = co_await std::move(first);
    CO_CHECK_EQUAL(a + b, 84);
}

BOOST_AUTO_TEST_SUITE_END()
