// SPDX-License-Identifier: Apache-2.0
// shard: messages and calls between threads allocate nothing in the steady state.
#include <weir/io/runtime.hpp>

#include <weir/coro/context.hpp>
#include <weir/coro/context_view.hpp>
#include <weir/coro/with_value.hpp>
#include <weir/io/sleep.hpp>
#include <weir/state/state.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(shard_test)

namespace {

weir::runtime_options two_shards() {
    weir::runtime_options options;
    options.shards = 2;
    options.stall_threshold = 0ns;
    options.reactor.sq_entries = 256;
    options.reactor.cq_entries = 1024;
    return options;
}

using greeting = weir::state<std::string>;

/// What a task on another shard sees, before and after it waits there.
weir::task<std::string> greeting_there(std::string name) {
    const auto self = co_await weir::this_task();
    const std::string first = self.contains<greeting>() ? **self.find<greeting>() : "nothing";
    static_cast<void>(co_await weir::sleep_for(1ms));
    // Copied there: the count is shared by both threads.
    const greeting& now = co_await weir::context<greeting>();
    const greeting copy = now;
    co_return first + " " + *copy + " " + name;
}
weir::task<std::string> ask_with_and_without(weir::shard& other) {
    const auto view = co_await weir::this_context<greeting, int>();
    auto without = other.run(&greeting_there, std::string("Ada"));
    const auto nothing = co_await without;
    auto with = other.run(weir::carrying(view, &greeting_there), std::string("Ada"));
    const auto carried = co_await with;
    // It is still here after both.
    const greeting& here = co_await weir::context<greeting>();
    co_return *nothing + "/" + *carried + "/" + *here;
}

}  // namespace

BOOST_AUTO_TEST_CASE(context_crosses_only_where_it_is_carried_and_stays_here) {
    weir::runtime runtime(two_shards());
    std::string seen[2];
    auto main = [&](weir::shard& here) -> weir::task<> {
        weir::shard& other = here.sibling(1 - here.index());
        const greeting own(here.index() == 0 ? "moin" : "servus");
        seen[here.index()] = co_await weir::with_value(own, ask_with_and_without(other));
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(seen[0] == "nothing  Ada/moin moin Ada/moin");
    BOOST_TEST(seen[1] == "nothing  Ada/servus servus Ada/servus");
}

BOOST_AUTO_TEST_CASE(outside_of_a_runtime_there_is_no_current_shard) {
    BOOST_TEST(weir::shard::current_or_null() == nullptr);
}

BOOST_AUTO_TEST_CASE(move_only_arguments_and_results_cross) {
    weir::runtime runtime(two_shards());
    int value = 0;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        auto twice = [](std::unique_ptr<int> n) { return std::make_unique<int>(*n * 2); };
        auto call = here.sibling(1).run(twice, std::make_unique<int>(21));
        weir::result<std::unique_ptr<int>> answer = co_await call;
        value = **answer;
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(value == 42);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_callable_is_not_wrapped_twice) {
    weir::runtime runtime(two_shards());
    std::error_code error;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        auto refuse = []() -> weir::result<int> { return weir::fail(std::errc::bad_message); };
        auto call = here.sibling(1).run(refuse);
        const weir::result<int> answer = co_await call;
        error = answer.error();
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST((error == std::errc::bad_message));
}

BOOST_AUTO_TEST_CASE(a_callable_that_is_dropped_at_the_end_is_still_destroyed) {
    auto probe = std::make_shared<int>(0);
    {
        weir::runtime runtime(two_shards());
        auto main = [&](weir::shard& here) -> weir::task<> {
            weir::shard& other = here.sibling(1 - here.index());
            for (int i = 0; i < 100; ++i) static_cast<void>(other.post([probe] {}));
            co_return;
        };
        BOOST_TEST(runtime.run(main).has_value());
        BOOST_TEST(!runtime.at(0).post([probe] {}));
    }
    BOOST_TEST(probe.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
