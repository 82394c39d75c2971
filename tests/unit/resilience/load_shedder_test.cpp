// SPDX-License-Identifier: Apache-2.0
// load_shedder: who begins, who waits how long, and who is refused. Under load: overload_test.
#include <weir/resilience/load_shedder.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(load_shedder_test)

namespace {

using namespace std::chrono_literals;
using weir::refusal;
using weir::rate::priority;
using weir::resilience::load_shedder;
using weir::resilience::shedder_options;
using weir::test::is_about;

weir::task<weir::result<int>> slow(std::chrono::nanoseconds time) {
    co_await weir::ok(weir::sleep_for(time));
    co_return 1;
}
/// Calls what takes so long; appends `name`, with a minus when it was refused.
weir::task<> call(load_shedder& shedder, std::chrono::nanoseconds time, priority urgency,
                  std::string& log, std::string name) {
    const auto work = [time] { return slow(time); };
    const auto done = co_await shedder.call(work, urgency);
    if (done) log += name + " ";
    if (!done && done.error() == refusal::overloaded) log += "-" + name + " ";
}

/// Calls at once, each with a name.
class calls {
public:
    explicit calls(weir::task_view owner, load_shedder& shedder)
        : group(owner, 100), shedder_(shedder) {}
    void begin(std::chrono::nanoseconds time, priority urgency, std::string name) {
        CO_CHECK(group.try_spawn(call, std::ref(shedder_), time, urgency, std::ref(log), name));
    }
    std::string log;
    weir::task_group group;

private:
    load_shedder& shedder_;
};

}  // namespace

CO_TEST(background_work_is_refused_from_the_threshold_on) {
    load_shedder shedder(shedder_options(10));
    calls all(co_await weir::this_task(), shedder);
    for (int i = 0; i < 8; ++i) all.begin(1s, priority::normal, "n");
    all.begin(1s, priority::background, "b");
    CO_CHECK(shedder.utilisation() == 0.9);
    all.begin(1s, priority::background, "b");
    CO_CHECK_EQUAL(all.log, "-b ");
    all.begin(1s, priority::normal, "n");
    CO_CHECK_EQUAL(shedder.in_flight(), 10U);
    CO_CHECK_EQUAL(shedder.waiting(), 0U);
    static_cast<void>(co_await all.group.join());
    CO_CHECK_EQUAL(shedder.in_flight(), 0U);
    CO_CHECK_EQUAL(shedder.refused(), 1U);
}

CO_TEST(a_burst_waits_in_the_order_of_priority_and_coming) {
    load_shedder shedder(shedder_options(1));
    calls all(co_await weir::this_task(), shedder);
    all.begin(10ms, priority::normal, "1");
    all.begin(10ms, priority::normal, "3");
    all.begin(10ms, priority::normal, "4");
    all.begin(10ms, priority::urgent, "2");
    static_cast<void>(co_await all.group.join());
    CO_CHECK_EQUAL(all.log, "1 2 3 4 ");
}

CO_TEST(who_waits_longer_than_an_interval_is_refused_while_nothing_moves) {
    load_shedder shedder(shedder_options(1));
    calls all(co_await weir::this_task(), shedder);
    const auto begin = weir::reactor::current().now();
    all.begin(10s, priority::normal, "1");
    const auto work = [] { return slow(1s); };
    const auto refused = co_await shedder.call(work);
    CO_REQUIRE(!refused.has_value());
    CO_CHECK(refused.error() == refusal::overloaded);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 100ms));
    CO_CHECK_EQUAL(shedder.waiting(), 0U);
    static_cast<void>(co_await all.group.join());
    CO_CHECK_EQUAL(all.log, "1 ");
}

CO_TEST(in_a_standing_line_nobody_waits_longer_than_a_moment) {
    shedder_options options(1);
    options.delay.interval = 100ms;
    load_shedder shedder(options);
    calls all(co_await weir::this_task(), shedder);
    all.begin(60ms, priority::normal, "1");
    all.begin(60ms, priority::normal, "2");
    static_cast<void>(co_await weir::sleep_for(50ms));
    all.begin(60ms, priority::normal, "3");
    static_cast<void>(co_await weir::sleep_for(51ms));
    CO_CHECK(shedder.is_overloaded());
    CO_CHECK(shedder.retry_after() > 100ms);
    all.begin(60ms, priority::normal, "4");
    static_cast<void>(co_await all.group.join());
    // The fourth would have waited 79 ms, the third has for 70 when its turn comes.
    CO_CHECK_EQUAL(all.log, "1 -4 2 -3 ");
    CO_CHECK(!shedder.is_overloaded());
}

CO_TEST(a_full_line_refuses_at_once) {
    shedder_options options(1);
    options.max_waiting = 1;
    load_shedder shedder(options);
    calls all(co_await weir::this_task(), shedder);
    all.begin(10ms, priority::normal, "1");
    all.begin(10ms, priority::normal, "2");
    all.begin(10ms, priority::urgent, "3");
    CO_CHECK_EQUAL(all.log, "-3 ");
    static_cast<void>(co_await all.group.join());
    CO_CHECK_EQUAL(all.log, "-3 1 2 ");
}

CO_TEST(who_gives_up_in_the_line_takes_no_place) {
    load_shedder shedder(shedder_options(1));
    calls all(co_await weir::this_task(), shedder);
    all.begin(50ms, priority::normal, "1");
    const auto work = [] { return slow(1s); };
    const auto late = co_await weir::with_timeout(20ms, shedder.call(work));
    CO_REQUIRE(!late.has_value());
    CO_CHECK(late.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(shedder.waiting(), 0U);
    static_cast<void>(co_await all.group.join());
    CO_CHECK_EQUAL(shedder.in_flight(), 0U);
}

BOOST_AUTO_TEST_SUITE_END()
