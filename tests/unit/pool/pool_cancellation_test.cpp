// SPDX-License-Identifier: Apache-2.0
// Whoever is stopped, whenever: no resource is lost, and none is lent that may still speak to
// somebody else.
#include "gadgets.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/when_all.hpp>

#include <optional>

BOOST_AUTO_TEST_SUITE(pool_cancellation_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::test;

/// Begins a conversation that takes a second, and ends it if it may.
weir::task<weir::result<void>> talk(gadget_pool& with) {
    auto lease = co_await weir::ok(with.acquire());
    lease.begin_conversation();
    co_await weir::ok(weir::sleep_for(1s));
    lease.end_conversation();
    co_return weir::result<void>();
}

/// A factory whose resources know themselves if a reply is under way.
class knowing_factory : public plain_factory {
public:
    using plain_factory::plain_factory;
    [[nodiscard]] bool is_in_step(const gadget& one) const {
        return !at_->out_of_step.contains(one.number());
    }
};

}  // namespace

CO_TEST(what_was_opened_for_one_that_gave_up_goes_to_the_next) {
    workshop shop;
    shop.open_takes = 2s;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    const auto [late, number] =
        co_await weir::when_all(refused_within(1s, gadgets), use(gadgets, 1s));
    CO_CHECK(late == std::errc::timed_out);
    CO_CHECK_EQUAL(number, 1);
    CO_CHECK_EQUAL(shop.attempts, 1);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(what_was_opened_for_nobody_any_more_is_kept) {
    workshop shop;
    shop.open_takes = 2s;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    static_cast<void>(co_await refused_within(1s, gadgets));
    static_cast<void>(co_await weir::sleep_for(2s));
    CO_CHECK_EQUAL(gadgets.statistics().idle, 1U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(one_that_was_handed_over_in_the_moment_of_the_stop_is_not_lost) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    static_cast<void>(co_await gadgets.warm_up(1));
    auto held = gadgets.try_acquire();
    weir::stop_source impatience;
    const auto waiting = [&]() -> weir::task<> {
        auto asked = use(gadgets, 0s);
        const int got = co_await weir::with_stop(impatience, std::move(asked));
        CO_CHECK_EQUAL(got, 1);  // completed beats cancelled
    };
    const auto give_and_stop = [&]() -> weir::task<> {
        held.reset();
        impatience.request_stop();
        co_return;
    };
    static_cast<void>(co_await weir::when_all(waiting(), give_and_stop()));
    CO_CHECK_EQUAL(gadgets.statistics().lent, 0U);
    held.reset();
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_lease_that_comes_back_in_mid_conversation_is_closed) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    const auto cut = co_await weir::with_timeout(500ms, talk(gadgets));
    CO_CHECK(!cut && cut.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(shop.alive, 0);
    CO_CHECK_EQUAL(gadgets.statistics().poisoned, 1U);
    const auto whole = co_await talk(gadgets);
    CO_CHECK(whole.has_value());
    CO_CHECK_EQUAL(shop.alive, 1);
    const int number = co_await use(gadgets, 0s);
    CO_CHECK_EQUAL(number, 2);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(of_several_conversations_each_must_have_ended) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    for (int ended = 0; ended <= 2; ++ended) {
        auto lease = co_await gadgets.acquire();
        if (!lease) break;
        lease->begin_conversation();
        lease->begin_conversation();
        for (int i = 0; i < ended; ++i) lease->end_conversation();
    }
    CO_CHECK_EQUAL(gadgets.statistics().poisoned, 2U);
    CO_CHECK_EQUAL(gadgets.statistics().idle, 1U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_poisoned_lease_is_closed) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(shop), room_for(1));
    {
        auto lease = co_await gadgets.acquire();
        if (lease) lease->poison();
    }
    CO_CHECK_EQUAL(shop.alive, 0);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_protocol_that_knows_its_step_needs_no_marks) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), knowing_factory(shop), room_for(1));
    static_cast<void>(co_await weir::with_timeout(500ms, talk(gadgets)));
    CO_CHECK_EQUAL(gadgets.statistics().idle, 1U);  // it says that nothing is under way
    shop.out_of_step.insert(1);
    static_cast<void>(co_await use(gadgets, 1s));
    CO_CHECK_EQUAL(gadgets.statistics().poisoned, 1U);
    CO_CHECK_EQUAL(shop.alive, 0);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_validation_for_one_that_gave_up_goes_on_for_the_next) {
    workshop shop;
    shop.validation_takes = 900ms;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), room_for(1));
    static_cast<void>(co_await gadgets.warm_up(1));
    static_cast<void>(co_await weir::sleep_for(2s));
    const auto [late, number] =
        co_await weir::when_all(refused_within(500ms, gadgets), use(gadgets, 0s));
    CO_CHECK(late == std::errc::timed_out);
    CO_CHECK_EQUAL(number, 1);
    CO_CHECK_EQUAL(shop.validated, 1);
    static_cast<void>(co_await gadgets.drain());
}

BOOST_AUTO_TEST_SUITE_END()
