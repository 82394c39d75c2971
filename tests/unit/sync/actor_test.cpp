// SPDX-License-Identifier: Apache-2.0
// actor: one request at a time, its reply to who asked, and nobody left waiting.
#include <weir/sync/actor.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(actor_test)

namespace {

using namespace std::chrono_literals;
using weir::test::is_about;
using adder = weir::actor<int, int>;

/// Adds up what it is asked to, a second each; says the sum.
class sum {
public:
    weir::task<weir::result<int>> add(int value) {
        ++at_work;
        most_at_work = std::max(most_at_work, at_work);
        const auto slept = co_await weir::sleep_for(1s);
        --at_work;
        if (!slept) co_return weir::fail(slept.error());
        if (value < 0) co_return weir::fail(std::errc::argument_out_of_domain);
        if (value == 0) throw std::logic_error("nothing to add");
        total += value;
        co_return total;
    }
    auto handler() {
        return [this](int value) { return add(value); };
    }
    int total = 0;
    int at_work = 0;
    int most_at_work = 0;
};

weir::task<weir::result<int>> call(adder& to, int value) { co_return co_await to.call(value); }
weir::task<weir::result<void>> cast(adder& to, int value) { co_return co_await to.cast(value); }
weir::task<> close_after(adder& which, std::chrono::nanoseconds delay) {
    static_cast<void>(co_await weir::sleep_for(delay));
    which.close();
}

}  // namespace

CO_TEST(requests_are_handled_one_by_one_and_answered_in_order) {
    adder desk(10);
    sum all;
    const auto [a, b, c, left, closed, served] =
        co_await weir::when_all(call(desk, 1), call(desk, 2), call(desk, 3), cast(desk, 4),
                                close_after(desk, 1ms), desk.serve(all.handler()));
    CO_REQUIRE((a.has_value() && b.has_value() && c.has_value()));
    CO_CHECK_EQUAL(*a, 1);
    CO_CHECK_EQUAL(*b, 3);
    CO_CHECK_EQUAL(*c, 6);
    CO_CHECK(left.has_value());
    CO_CHECK(served.has_value());
    CO_CHECK_EQUAL(all.total, 10);
    CO_CHECK_EQUAL(all.most_at_work, 1);
}

CO_TEST(an_error_of_a_handler_is_the_callers_and_not_the_end) {
    adder desk(10);
    sum all;
    const auto [bad, good, closed, served] = co_await weir::when_all(
        call(desk, -1), call(desk, 2), close_after(desk, 1ms), desk.serve(all.handler()));
    CO_REQUIRE(!bad.has_value());
    CO_CHECK(bad.error() == std::errc::argument_out_of_domain);
    CO_REQUIRE(good.has_value());
    CO_CHECK_EQUAL(*good, 2);
    CO_CHECK(served.has_value());
}

CO_TEST(a_caller_that_gives_up_disturbs_nobody) {
    adder desk(10);
    sum all;
    const auto impatient = [&]() -> weir::task<weir::result<int>> {
        co_return co_await weir::with_timeout(500ms, desk.call(1));
    };
    const auto [late, good, closed, served] = co_await weir::when_all(
        impatient(), call(desk, 2), close_after(desk, 1ms), desk.serve(all.handler()));
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == std::errc::timed_out);
    CO_REQUIRE(good.has_value());
    CO_CHECK_EQUAL(*good, 3);
}

CO_TEST(callers_are_refused_when_nobody_serves_any_more) {
    adder desk(10);
    sum all;
    const auto serve_shortly = [&]() -> weir::task<weir::result<void>> {
        co_return co_await weir::with_timeout(1500ms, desk.serve(all.handler()));
    };
    const auto begin = weir::reactor::current().now();
    const auto [first, second, third, served] =
        co_await weir::when_all(call(desk, 1), call(desk, 2), call(desk, 3), serve_shortly());
    CO_REQUIRE(first.has_value());
    CO_CHECK_EQUAL(*first, 1);
    CO_REQUIRE(!second.has_value());
    CO_REQUIRE(!third.has_value());
    CO_CHECK(third.error() == std::errc::broken_pipe);
    CO_CHECK(!served.has_value());
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1500ms));
    const auto after = co_await desk.call(4);
    CO_REQUIRE(!after.has_value());
    CO_CHECK(after.error() == std::errc::broken_pipe);
}

CO_TEST(an_exception_of_a_handler_reaches_who_serves_and_refuses_the_callers) {
    adder desk(10);
    sum all;
    bool caught = false;
    const auto serve = [&]() -> weir::task<> {
        try {
            static_cast<void>(co_await desk.serve(all.handler()));
        } catch (const std::logic_error&) {
            caught = true;
        }
    };
    const auto [first, second, served] =
        co_await weir::when_all(call(desk, 0), call(desk, 1), serve());
    CO_CHECK(caught);
    CO_REQUIRE(!first.has_value());
    CO_CHECK(first.error() == std::errc::broken_pipe);
    CO_CHECK(!second.has_value());
}

CO_TEST(a_full_mailbox_does_what_its_policy_says) {
    adder dropping(1, weir::when_full::drop_oldest);
    sum all;
    const auto [dropped, kept, closed, served] =
        co_await weir::when_all(call(dropping, 1), call(dropping, 2), close_after(dropping, 1ms),
                                dropping.serve(all.handler()));
    CO_REQUIRE(!dropped.has_value());
    CO_CHECK(dropped.error() == std::errc::broken_pipe);
    CO_REQUIRE(kept.has_value());
    CO_CHECK_EQUAL(*kept, 2);
    adder rejecting(1, weir::when_full::reject);
    static_cast<void>(co_await rejecting.cast(1));
    const auto refused = co_await rejecting.call(2);
    CO_REQUIRE(!refused.has_value());
    CO_CHECK(refused.error() == std::errc::no_buffer_space);
}

CO_TEST(a_request_without_a_reply_only_succeeds_or_fails) {
    weir::actor<std::unique_ptr<int>> desk(1);
    int seen = 0;
    const auto look = [&seen](std::unique_ptr<int> value) -> weir::task<weir::result<void>> {
        seen = *value;
        co_return weir::result<void>();
    };
    const auto ask = [&desk]() -> weir::task<weir::result<void>> {
        auto asked = desk.call(std::make_unique<int>(5));
        const auto outcome = co_await std::move(asked);
        desk.close();
        co_return outcome;
    };
    const auto [asked, served] = co_await weir::when_all(ask(), desk.serve(look));
    CO_CHECK(asked.has_value());
    CO_CHECK(served.has_value());
    CO_CHECK_EQUAL(seen, 5);
}

CO_TEST(a_million_messages_leave_nothing_behind) {
    adder desk(64);
    int sum = 0;
    const auto add = [&sum](int value) -> weir::task<weir::result<int>> {
        sum += value;
        co_return sum;
    };
    // Nine are cast, the tenth is a call and waits for its reply.
    const auto ask = [&desk](int count) -> weir::task<weir::result<void>> {
        for (int i = 1; i <= count; ++i) {
            if (i % 10 != 0)
                co_await weir::ok(desk.cast(1));
            else
                static_cast<void>(co_await weir::ok(desk.call(1)));
        }
        co_return weir::result<void>();
    };
    bool has_lost = true;
    std::uint64_t taken = 0;
    const auto ask_much = [&]() -> weir::task<weir::result<void>> {
        const int part = weir::test::is_disturbed() ? 100 : 100'000;
        co_await weir::ok(ask(part));  // the loop has made its turns then, and has all it needs
        const auto before = weir::test::memory_state::now();
        const weir::test::allocation_count count;
        for (int i = 0; i < 10; ++i) co_await weir::ok(ask(part));
        taken = count.value();
        has_lost = weir::test::memory_state::now().has_lost_since(before);
        desk.close();
        co_return weir::result<void>();
    };
    const auto [asked, served] = co_await weir::when_all(ask_much(), desk.serve(add));
    CO_CHECK(asked.has_value());
    CO_CHECK_EQUAL(sum, 1'100'000);
    CO_CHECK(!has_lost);
    // A call takes one block for its reply, a cast none.
    const bool is_counted = weir::test::allocations_are_counted();
    CO_CHECK_EQUAL(taken, is_counted ? 100'000U : 0U);
}

BOOST_AUTO_TEST_SUITE_END()
