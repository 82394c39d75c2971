// SPDX-License-Identifier: Apache-2.0
// event_bus against a count: random subscribers, lags and ends from a seed. Whatever happens, what
// a subscriber gets and what it hears to have missed add up to what was published.
#include <weir/sync/event_bus.hpp>

#include "co_test.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <optional>
#include <random>

BOOST_AUTO_TEST_SUITE(event_bus_property_test)

namespace {

using namespace std::chrono_literals;
using weir::when_lagging;
using bus = weir::event_bus<int>;

class story {
public:
    explicit story(unsigned seed) : random(seed) {}
    [[nodiscard]] bool chance(unsigned one_in) { return random() % one_in == 0; }

    std::mt19937 random;
    bus numbers;
    int published = 0;  // 1, 2, 3 ...
    int wrong = 0;
};

weir::task<> pause(story& all) {
    for (auto turns = all.random() % 4; turns > 0; --turns) {
        static_cast<void>(co_await weir::yield());
    }
    if (all.chance(10)) {
        static_cast<void>(co_await weir::sleep_for(std::chrono::milliseconds(all.random() % 5)));
    }
}
bus::subscription subscribe(story& all, when_lagging policy) {
    const std::size_t capacity = 1 + all.random() % 5;
    if (all.chance(2)) return all.numbers.subscribe(capacity, policy);
    return all.numbers.subscribe(capacity, policy, [](const int& queued, const int& newer) {
        return queued % 3 == newer % 3;
    });
}
/// Reads and adds up, until the end or a sudden leave.
weir::task<> listen(story& all, when_lagging policy) {
    co_await pause(all);
    std::optional<int> last;  // a publisher that waits does not know yet what is out
    bus::subscription mine = subscribe(all, policy);
    const bool leaves = all.chance(4);
    for (;;) {
        co_await pause(all);
        if (leaves && all.chance(10)) co_return;
        auto next = co_await weir::with_timeout(1ms, mine.next());
        if (!next && next.error() == std::errc::timed_out) continue;
        if (!next && next.error() != std::errc::no_buffer_space) co_return;  // stopped
        if (!next) {
            all.wrong += policy != when_lagging::close;
            co_return;
        }
        const int missed = static_cast<int>(next->missed());
        all.wrong += missed > 0 && policy == when_lagging::wait;
        const int reached = *next ? **next : all.published + 1;
        all.wrong += last && *last + missed + 1 != reached;
        if (!*next) co_return;
        last = reached;
    }
}
weir::task<weir::result<void>> publish_one(story& all) {
    co_return co_await all.numbers.publish(all.published + 1);
}
weir::task<> publish_many(story& all) {
    for (int i = 0; i < 200; ++i) {
        if (all.chance(3)) co_await pause(all);
        const auto sent = co_await weir::with_timeout(1ms, publish_one(all));
        if (sent) ++all.published;
    }
    all.numbers.close();
}

weir::task<> tell(story& all) {
    weir::task_group group(co_await weir::this_task(), 10);
    for (const auto policy : {when_lagging::wait, when_lagging::drop_oldest,
                              when_lagging::drop_newest, when_lagging::close}) {
        static_cast<void>(group.try_spawn(listen, std::ref(all), policy));
        if (all.chance(2)) static_cast<void>(group.try_spawn(listen, std::ref(all), policy));
    }
    static_cast<void>(group.try_spawn(publish_many, std::ref(all)));
    static_cast<void>(co_await group.join());
}

}  // namespace

CO_TEST(what_comes_and_what_is_missed_add_up_to_what_was_published) {
    for (unsigned seed = 1; seed <= 100; ++seed) {
        story all(seed);
        co_await tell(all);
        if (all.wrong != 0) BOOST_TEST_MESSAGE("seed " << seed);
        CO_CHECK_EQUAL(all.wrong, 0);
        CO_CHECK(all.published > 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
