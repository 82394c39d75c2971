// SPDX-License-Identifier: Apache-2.0
// pool against chance: many tasks that acquire, talk, are stopped at any moment, from a seed; a
// service that fails, breaks and is slow; bounds that change. Whatever happens, nothing is lost,
// doubled or leaked, nobody overtakes, and nobody hears what was said to somebody else.
#include "gadgets.hpp"

#include <weir/base/random.hpp>
#include <weir/coro/stop.hpp>
#include <weir/sync/task_group.hpp>

#include <cstdint>
#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(pool_property_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::test;

/// A connection on which replies come in the order of the requests, late or not.
class wire {
public:
    explicit wire(workshop& from) : body(from) {}
    gadget body;
    int holder = 0;    // who has it
    int expected = 0;  // whose reply is the next to come; 0 = none is under way
};

class story {
public:
    explicit story(std::uint64_t seed) : chance(seed) {
        options = room_for(1 + chance.below(5));
        options.min = chance.below(options.max + 1);
        options.overflow = chance.below(3);
        options.max_lifetime = 500ms;
        options.lifetime_jitter = 0.5;
        options.idle_timeout = 20ms;
        options.validate_after = 5ms;
        options.validate_idle_every = 10ms;
        options.open_timeout = 15ms;
        options.reopen_delays = weir::resilience::backoff_policy::exponential(1ms, 10ms);
        options.order = chance.chance(0.5) ? weir::idle_order::lifo : weir::idle_order::fifo;
        options.seed = seed;
        most = options.max + options.overflow;
        tasks = 2 + chance.below(12);
    }

    weir::random chance;
    weir::pool_options options;
    workshop shop;
    weir::pool<wire>* wires = nullptr;
    std::size_t most;   // that may exist
    std::size_t tasks;  // that borrow
    bool marks_conversations = true;
    int asked = 0;        // tickets drawn
    int served_last = 0;  // the highest ticket of those that were served after they had waited
    int steps = 0;        // counts whenever somebody runs, to see who had to wait
    // What has happened, so that the story can be seen to be one.
    int served = 0;
    int waited = 0;
    int gave_up = 0;
    int cut = 0;  // in mid-conversation
    // What must not happen.
    int overtakings = 0;
    int shared = 0;  // given to one while another has it
    int foreign_replies = 0;
};

class wire_factory {
public:
    explicit wire_factory(story& all) noexcept : all_(&all) {}

    [[nodiscard]] weir::task<weir::result<wire>> open() {
        if (all_->chance.chance(0.2)) co_return weir::fail(std::errc::connection_refused);
        co_await weir::ok(weir::sleep_for(all_->chance.between(0ms, 20ms)));
        if (all_->chance.chance(0.1)) co_return weir::fail(std::errc::connection_refused);
        co_return wire(all_->shop);
    }
    [[nodiscard]] weir::task<bool> validate(wire& one) {
        if (one.holder != 0) ++all_->shared;
        static_cast<void>(co_await weir::sleep_for(all_->chance.between(0ms, 2ms)));
        co_return all_->chance.chance(0.9);
    }
    [[nodiscard]] weir::task<> close(wire one) {
        if (one.holder != 0) ++all_->shared;
        static_cast<void>(co_await weir::sleep_for(all_->chance.between(0ms, 2ms)));
    }

private:
    story* all_;
};

/// Says something and waits for the reply to it. Whoever leaves earlier leaves the reply there.
weir::task<weir::result<void>> converse(story& all, weir::pool<wire>::lease& with, int caller) {
    if (all.marks_conversations) with.begin_conversation();
    if (with->expected == 0) with->expected = caller;
    co_await weir::ok(weir::sleep_for(all.chance.between(0ms, 3ms)));
    if (with->expected != caller) ++all.foreign_replies;
    with->expected = 0;
    if (all.marks_conversations) with.end_conversation();
    co_return weir::result<void>();
}

weir::task<weir::result<void>> borrow(story& all) {
    const int caller = ++all.asked;
    const bool others_wait = all.wires->statistics().waiting > 0;
    const int step = ++all.steps;
    auto lease = co_await all.wires->acquire();
    const bool is_at_once = all.steps++ == step;
    if (!lease) {
        ++all.gave_up;
        co_return weir::fail(lease.error());
    }
    ++all.served;
    if (is_at_once ? others_wait : caller < all.served_last) ++all.overtakings;
    if (!is_at_once) {
        ++all.waited;
        all.served_last = caller;
    }
    if ((*lease)->holder != 0) ++all.shared;
    (*lease)->holder = caller;
    const auto talked = co_await converse(all, *lease, caller);
    (*lease)->holder = 0;
    ++all.steps;
    if (!talked) ++all.cut;
    if (all.chance.chance(0.02)) lease->poison();
    co_return talked;
}

weir::task<> borrow_often(story& all, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        auto borrowing = borrow(all);
        if (all.chance.chance(0.4)) {
            const auto patience = all.chance.between(0ns, 8ms);
            static_cast<void>(co_await weir::with_timeout(patience, std::move(borrowing)));
        } else {
            static_cast<void>(co_await std::move(borrowing));
        }
        if (all.chance.chance(0.1)) {
            static_cast<void>(co_await weir::sleep_for(all.chance.between(0ms, 40ms)));
        }
        const auto stopped = co_await weir::check_stopped();
        if (!stopped) co_return;
    }
}
weir::task<> resize_often(story& all) {
    for (int i = 0; i < 20; ++i) {
        const auto slept = co_await weir::sleep_for(all.chance.between(0ms, 40ms));
        if (!slept) co_return;
        const std::size_t max = 1 + all.chance.below(all.options.max);
        all.wires->resize(all.chance.below(max + 1), max);
    }
}

weir::task<weir::pool_statistics> tell(story& all, int rounds) {
    weir::pool<wire> wires(co_await weir::this_task(), wire_factory(all), all.options);
    all.wires = &wires;
    weir::task_group group(co_await weir::this_task(), all.tasks + 1);
    for (std::size_t i = 0; i < all.tasks; ++i) {
        static_cast<void>(group.try_spawn(borrow_often, std::ref(all), rounds));
    }
    static_cast<void>(group.try_spawn(resize_often, std::ref(all)));
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(wires.statistics().lent, 0U);
    CO_CHECK_EQUAL(wires.statistics().waiting, 0U);
    static_cast<void>(co_await wires.drain());
    all.wires = nullptr;
    co_return wires.statistics();
}

}  // namespace

CO_TEST(nothing_is_lost_doubled_or_leaked_and_nobody_overtakes_or_hears_another) {
    int served = 0;
    int given_up = 0;
    int cut = 0;
    int waited = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        story all(seed);
        const auto counted = co_await tell(all, 400);
        const bool is_right = counted.opened == counted.closed &&
                              counted.acquired == std::uint64_t(all.served) &&
                              all.shop.alive == 0 && std::size_t(all.shop.most_alive) <= all.most &&
                              all.overtakings == 0 && all.shared == 0 && all.foreign_replies == 0;
        if (!is_right && !is_disturbed()) BOOST_TEST_MESSAGE("seed " << seed);
        CO_CHECK_EQUAL(counted.opened, counted.closed);
        CO_CHECK_EQUAL(counted.acquired, std::uint64_t(all.served));
        CO_CHECK_EQUAL(all.shop.alive, 0);
        CO_CHECK(std::size_t(all.shop.most_alive) <= all.most);
        CO_CHECK_EQUAL(all.overtakings, 0);
        CO_CHECK_EQUAL(all.shared, 0);
        CO_CHECK_EQUAL(all.foreign_replies, 0);
        CO_CHECK(is_right);
        served += all.served;
        given_up += all.gave_up;
        cut += all.cut;
        waited += all.waited;
    }
    // The stories were not idle ones.
    CO_CHECK(served > 100'000 && waited > 50'000 && given_up > 50'000 && cut > 10'000);
}

CO_TEST(without_marks_replies_do_go_to_the_wrong_one) {
    int foreign_replies = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        story all(seed);
        all.marks_conversations = false;
        static_cast<void>(co_await tell(all, 50));
        foreign_replies += all.foreign_replies;
    }
    CO_CHECK(foreign_replies > 0);
}

BOOST_AUTO_TEST_SUITE_END()
