// SPDX-License-Identifier: Apache-2.0
// data_loader: what is loaded together, whose outcome is whose, and who may leave when.
#include <weir/flow/data_loader.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(data_loader_test)

namespace {

using namespace std::chrono_literals;
using weir::flow::data_loader_options;
using weir::test::is_about;
using loader = weir::flow::data_loader<int, std::string>;

/// Loads the text of each number in a second, an error for those below 0; notes each load.
class table {
public:
    weir::task<weir::result<loader::answer>> select(std::span<const int> keys) {
        std::string load;
        for (const int key : keys) load += std::to_string(key) + " ";
        loads.push_back(load);
        enters = weir::reactor::current().stats().enters;
        const auto slept = co_await weir::sleep_for(1s);
        ++ended;
        if (!slept) co_return weir::fail(slept.error());
        loader::answer rows;
        for (const int key : keys) {
            if (key < 0)
                rows.emplace_back(weir::fail(std::errc::argument_out_of_domain));
            else
                rows.emplace_back(std::to_string(key));
        }
        co_return rows;
    }
    loader::load_function function() {
        return [this](std::span<const int> keys) { return select(keys); };
    }
    std::vector<std::string> loads;
    std::uint64_t enters = 0;
    int ended = 0;
};

weir::task<weir::result<std::string>> ask(loader& rows, int key) {
    co_return co_await rows.load(key);
}
weir::task<weir::result<std::string>> ask_for(loader& rows, int key,
                                              std::chrono::nanoseconds patience) {
    co_return co_await weir::with_timeout(patience, ask(rows, key));
}
weir::task<weir::result<std::string>> ask_after(std::chrono::nanoseconds delay, loader& rows,
                                                int key) {
    const auto slept = co_await weir::sleep_for(delay);
    if (!slept) co_return weir::fail(slept.error());
    co_return co_await ask(rows, key);
}
weir::task<weir::result<std::string>> ask_after_turns(int turns, loader& rows, int key) {
    for (int i = 0; i < turns; ++i) co_await weir::ok(weir::yield());
    co_return co_await ask(rows, key);
}
weir::task<> ask_and_count(loader& rows, int key, int& right) {
    const auto row = co_await ask(rows, key);
    if (row && *row == std::to_string(key)) ++right;
}
/// Asks for 1 ... count at once; how many got their own.
weir::task<int> ask_for_all(loader& rows, int count) {
    int right = 0;
    weir::task_group group(co_await weir::this_task(), 1000);
    for (int key = 1; key <= count; ++key) {
        static_cast<void>(group.try_spawn(ask_and_count, std::ref(rows), key, std::ref(right)));
    }
    static_cast<void>(co_await group.join());
    co_return right;
}

}  // namespace

CO_TEST(a_hundred_tasks_that_want_a_row_each_make_one_load) {
    table all;
    loader rows(co_await weir::this_task(), all.function());
    const int right = co_await ask_for_all(rows, 100);
    CO_CHECK_EQUAL(right, 100);
    CO_CHECK_EQUAL(all.loads.size(), 1U);
    CO_CHECK_EQUAL(rows.in_flight(), 0U);
}

CO_TEST(more_keys_than_a_load_may_have_make_more_loads_at_once) {
    table all;
    data_loader_options options;
    options.max_keys = 30;
    loader rows(co_await weir::this_task(), all.function(), options);
    const auto begin = weir::reactor::current().now();
    const int right = co_await ask_for_all(rows, 100);
    CO_CHECK_EQUAL(right, 100);
    CO_CHECK_EQUAL(all.loads.size(), 4U);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1s));
}

CO_TEST(whoever_can_ask_in_this_turn_is_in_without_a_system_call_between) {
    table all;
    loader rows(co_await weir::this_task(), all.function());
    const auto before = weir::reactor::current().stats().enters;
    const auto [a, b, c] = co_await weir::when_all(ask(rows, 1), ask_after_turns(20, rows, 2),
                                                   ask_after_turns(5, rows, 3));
    CO_REQUIRE((a.has_value() && b.has_value() && c.has_value()));
    CO_CHECK_EQUAL(*a + *b + *c, "123");
    CO_CHECK_EQUAL(all.loads.size(), 1U);
    CO_CHECK_EQUAL(all.enters, before);
}

CO_TEST(equal_keys_are_loaded_once_and_who_comes_later_is_in_the_next_load) {
    table all;
    loader rows(co_await weir::this_task(), all.function());
    const auto [a, b, c, late] = co_await weir::when_all(ask(rows, 7), ask(rows, 8), ask(rows, 7),
                                                         ask_after(500ms, rows, 7));
    CO_REQUIRE((a.has_value() && b.has_value() && c.has_value() && late.has_value()));
    CO_CHECK_EQUAL(*a + *b + *c + *late, "7877");
    CO_REQUIRE(all.loads.size() == 2);
    CO_CHECK_EQUAL(all.loads[0], "7 8 ");
    CO_CHECK_EQUAL(all.loads[1], "7 ");
}

CO_TEST(a_delay_collects_until_it_is_over_or_the_load_is_full) {
    table all;
    data_loader_options options;
    options.max_delay = 10ms;
    options.max_keys = 3;
    loader rows(co_await weir::this_task(), all.function(), options);
    const auto begin = weir::reactor::current().now();
    static_cast<void>(
        co_await weir::when_all(ask(rows, 1), ask_after(8ms, rows, 2), ask_after(12ms, rows, 3)));
    CO_REQUIRE(all.loads.size() == 2);
    CO_CHECK_EQUAL(all.loads[0], "1 2 ");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1022ms));
    const auto again = weir::reactor::current().now();
    static_cast<void>(
        co_await weir::when_all(ask(rows, 1), ask_after(2ms, rows, 2), ask_after(2ms, rows, 3)));
    CO_CHECK_EQUAL(all.loads.size(), 3U);
    CO_CHECK(is_about(weir::reactor::current().now() - again, 1002ms));
}

CO_TEST(the_delay_counts_from_the_first_key_that_is_still_wanted) {
    table all;
    data_loader_options options;
    options.max_delay = 10ms;
    loader rows(co_await weir::this_task(), all.function(), options);
    const auto begin = weir::reactor::current().now();
    static_cast<void>(co_await weir::when_all(ask_for(rows, 1, 5ms), ask_after(8ms, rows, 2),
                                              ask_after(15ms, rows, 3)));
    CO_REQUIRE(all.loads.size() == 1);
    CO_CHECK_EQUAL(all.loads[0], "2 3 ");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1018ms));
}

CO_TEST(each_key_has_its_own_outcome) {
    table all;
    loader rows(co_await weir::this_task(), all.function());
    const auto [good, bad] = co_await weir::when_all(ask(rows, 1), ask(rows, -1));
    CO_CHECK(good.has_value());
    CO_REQUIRE(!bad.has_value());
    CO_CHECK(bad.error() == std::errc::argument_out_of_domain);
    CO_CHECK_EQUAL(all.loads.size(), 1U);
}

CO_TEST(one_that_gives_up_disturbs_nobody) {
    table all;
    loader rows(co_await weir::this_task(), all.function());
    const auto [late, good, same] =
        co_await weir::when_all(ask_for(rows, 1, 500ms), ask(rows, 2), ask(rows, 1));
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == std::errc::timed_out);
    CO_REQUIRE((good.has_value() && same.has_value()));
    CO_CHECK_EQUAL(*good + *same, "21");
}

CO_TEST(a_key_that_nobody_waits_for_any_more_is_not_loaded) {
    table all;
    data_loader_options options;
    options.max_delay = 10ms;
    loader rows(co_await weir::this_task(), all.function(), options);
    const auto [gone, good] = co_await weir::when_all(ask_for(rows, 1, 5ms), ask(rows, 2));
    CO_CHECK(!gone.has_value());
    CO_CHECK(good.has_value());
    CO_REQUIRE(all.loads.size() == 1);
    CO_CHECK_EQUAL(all.loads[0], "2 ");
    const auto alone = co_await ask_for(rows, 3, 5ms);
    CO_CHECK(!alone.has_value());
    static_cast<void>(co_await weir::sleep_for(1s));
    CO_CHECK_EQUAL(all.loads.size(), 1U);
    CO_CHECK_EQUAL(rows.asked(), 0U);
}

CO_TEST(the_last_that_gives_up_stops_the_load_and_waits_for_its_end) {
    table all;
    loader rows(co_await weir::this_task(), all.function());
    const auto begin = weir::reactor::current().now();
    const auto [a, b] = co_await weir::when_all(ask_for(rows, 1, 200ms), ask_for(rows, 2, 500ms));
    CO_CHECK(!a.has_value());
    CO_REQUIRE(!b.has_value());
    CO_CHECK(b.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(all.ended, 1);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 500ms));
    const auto anew = co_await ask(rows, 1);
    CO_CHECK(anew.has_value());
}

CO_TEST(an_answer_of_the_wrong_size_is_an_error_of_its_own_for_all) {
    const auto forget_one =
        [](std::span<const int> keys) -> weir::task<weir::result<loader::answer>> {
        co_return loader::answer(keys.size() - 1, weir::result<std::string>("row"));
    };
    loader rows(co_await weir::this_task(), forget_one);
    const auto [a, b] = co_await weir::when_all(ask(rows, 1), ask(rows, 2));
    CO_REQUIRE((!a.has_value() && !b.has_value()));
    CO_CHECK(a.error() == weir::flow::errc::wrong_answer_size);
    CO_CHECK(b.error() == weir::flow::errc::wrong_answer_size);
}

CO_TEST(an_error_and_an_exception_of_the_load_reach_all_that_wait) {
    const auto refuse = [](std::span<const int> keys) -> weir::task<weir::result<loader::answer>> {
        if (keys.front() == 0) throw std::runtime_error("no table");
        co_return weir::fail(std::errc::connection_refused);
    };
    loader rows(co_await weir::this_task(), refuse);
    const auto [a, b] = co_await weir::when_all(ask(rows, 1), ask(rows, 2));
    CO_REQUIRE((!a.has_value() && !b.has_value()));
    CO_CHECK(a.error() == std::errc::connection_refused);
    CO_CHECK(b.error() == std::errc::connection_refused);
    int caught = 0;
    const auto ask_and_catch = [&](int key) -> weir::task<> {
        try {
            static_cast<void>(co_await ask(rows, key));
        } catch (const std::runtime_error&) {
            ++caught;
        }
    };
    static_cast<void>(co_await weir::when_all(ask_and_catch(0), ask_and_catch(5)));
    CO_CHECK_EQUAL(caught, 2);
    // A function that cannot even give a task.
    loader broken(co_await weir::this_task(),
                  [](std::span<const int>) -> weir::task<weir::result<loader::answer>> {
                      throw std::runtime_error("no memory");
                  });
    bool thrown = false;
    try {
        static_cast<void>(co_await ask(broken, 1));
    } catch (const std::runtime_error&) {
        thrown = true;
    }
    CO_CHECK(thrown);
    CO_CHECK_EQUAL(broken.in_flight(), 0U);
}

BOOST_AUTO_TEST_SUITE_END()
