// SPDX-License-Identifier: Apache-2.0
// reactor: its turns, on a kernel without Linux.
#include <weir/io/reactor.hpp>

#include "co_test.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

BOOST_AUTO_TEST_SUITE(reactor_test)

namespace {

using namespace std::chrono_literals;

class count_turn_ends final : public weir::turn_end_hook {
public:
    void turn_ends() noexcept override { ++count; }
    int count = 0;
};

class note_message final : public weir::inbox_message {
public:
    void run() noexcept override { has_run = true; }
    bool has_run = false;
};

weir::task<int> sleep_and_answer() {
    static_cast<void>(co_await weir::sleep_for(1h));
    co_return 42;
}
weir::task<std::chrono::nanoseconds> first_sleep(weir::test::virtual_loop& place) {
    const auto begin = place.now();
    static_cast<void>(co_await weir::sleep_for(1s));
    co_return place.now() - begin;
}

}  // namespace

BOOST_AUTO_TEST_CASE(run_drives_a_task_to_its_end) {
    weir::test::virtual_loop place;
    BOOST_TEST(weir::run(place.loop(), sleep_and_answer()) == 42);
    BOOST_TEST(weir::run(place.loop(), sleep_and_answer()) == 42);
}

BOOST_AUTO_TEST_CASE(a_reactor_made_long_before_it_runs_does_not_cut_the_first_sleep_short) {
    weir::test::virtual_loop place;
    place.advance(10s);
    const auto slept = weir::run(place.loop(), first_sleep(place));
    BOOST_TEST((slept >= 1s));
}

BOOST_AUTO_TEST_CASE(a_turn_says_when_it_would_sleep_for_ever) {
    weir::test::virtual_loop place;
    place.loop().turn(false);
    BOOST_TEST(!place.loop().turn(false));
    BOOST_TEST(!place.take_hang());
    place.loop().turn(true);
    BOOST_TEST(place.take_hang());
}

BOOST_AUTO_TEST_CASE(a_hook_is_called_once_at_the_end_of_the_turn) {
    weir::test::virtual_loop place;
    count_turn_ends hook;
    place.loop().at_turn_end(hook);
    place.loop().at_turn_end(hook);
    place.loop().turn(false);
    place.loop().turn(false);
    BOOST_TEST(hook.count == 1);
}

BOOST_AUTO_TEST_CASE(a_posted_message_runs_in_the_next_turn) {
    weir::test::virtual_loop place;
    note_message message;
    place.loop().post(message);
    BOOST_TEST(!message.has_run);
    place.loop().turn(false);
    BOOST_TEST(message.has_run);
}

BOOST_AUTO_TEST_CASE(submission_memory_is_aligned_and_does_not_overlap) {
    weir::test::virtual_loop place;
    std::vector<std::uintptr_t> begins;
    for (const std::size_t size : {1U, 16U, 17U, 60000U, 10000U, 65536U, 8U}) {
        const auto begin = reinterpret_cast<std::uintptr_t>(place.loop().submission_memory(size));
        BOOST_TEST(begin % 16 == 0U);
        for (const std::uintptr_t other : begins) BOOST_TEST(begin != other);
        begins.push_back(begin);
    }
    place.loop().turn(false);
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(place.loop().submission_memory(8)) == begins[0]);
}

BOOST_AUTO_TEST_CASE(there_is_no_reactor_outside_of_one) {
    BOOST_TEST(weir::reactor::current_or_null() == nullptr);
    {
        weir::test::virtual_loop place;
        BOOST_TEST(weir::reactor::current_or_null() == &place.loop());
    }
    BOOST_TEST(weir::reactor::current_or_null() == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
