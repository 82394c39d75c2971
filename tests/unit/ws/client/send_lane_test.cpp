// SPDX-License-Identifier: Apache-2.0
// send_lane: senders wait in line for room, and nobody waits for ever.
#include "ws/client/send_lane.hpp"
#include "co_test.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/ws/client/client_error.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(send_lane_test)

namespace {

using namespace std::chrono_literals;
using weir::task;
using weir::ws::client_errc;
using weir::ws::correlation;
using weir::ws::correlation_limits;
using weir::ws::correlation_table;
using weir::ws::outgoing;
using weir::ws::detail::send_lane;
using weir::ws::detail::waiting_request;

weir::ws::outbox_options room_for(std::size_t messages) {
    weir::ws::outbox_options options;
    options.max_messages = messages;
    return options;
}

class scene {
public:
    explicit scene(std::size_t messages)
        : table(correlation_limits()),
          lane(room_for(messages), table, [this](std::size_t count) { dropped += count; }) {}
    correlation_table table;
    std::size_t dropped = 0;
    send_lane lane;
};

task<> push(send_lane& lane, std::string what, std::string& log) {
    const auto pushed = co_await lane.push(outgoing(what), nullptr);
    log += pushed ? what : "<" + pushed.error().message() + ">";
}

/// Takes `count` messages, one a second.
task<std::string> drain(send_lane& lane, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) {
        static_cast<void>(co_await weir::sleep_for(1s));
        const auto next = co_await lane.next();
        if (!next) break;
        all += lane.leave().payload();
    }
    co_return all;
}

}  // namespace

CO_TEST(senders_wait_for_room_in_the_order_of_their_calls) {
    scene here(1);
    std::string log;
    weir::task_group group(co_await weir::this_task(), 10);
    const auto send = [&](std::string what) { return push(here.lane, std::move(what), log); };
    for (char each = 'a'; each <= 'd'; ++each) {
        static_cast<void>(group.try_spawn(send, std::string(1, each)));
    }
    CO_CHECK_EQUAL(log, "a");
    const std::string drained = co_await drain(here.lane, 4);
    CO_CHECK_EQUAL(drained, "abcd");
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(log, "abcd");
}

CO_TEST(who_waits_for_room_is_told_when_there_never_will_be) {
    scene here(1);
    std::string log;
    auto shut = [](send_lane& lane) -> task<> {
        static_cast<void>(co_await weir::sleep_for(1s));
        lane.shut(client_errc::closed);
    };
    auto all = weir::when_all(push(here.lane, "a", log), push(here.lane, "b", log),
                              push(here.lane, "c", log), shut(here.lane));
    static_cast<void>(co_await all);
    const std::string closed = '<' + make_error_code(client_errc::closed).message() + '>';
    CO_CHECK_EQUAL(log, "a" + closed + closed);
    // What is there still leaves.
    const std::string drained = co_await drain(here.lane, 1);
    CO_CHECK_EQUAL(drained, "a");
}

CO_TEST(a_message_larger_than_the_lane_is_refused_at_once) {
    weir::ws::outbox_options tiny;
    tiny.max_bytes = 3;
    correlation_table table{correlation_limits()};
    send_lane lane(tiny, table, {});
    const auto pushed = co_await lane.push(outgoing("four"), nullptr);
    CO_CHECK(!pushed &&
             (pushed.error() == std::errc::message_size || weir::is_stopped(pushed.error())));
}

CO_TEST(a_request_that_leaves_takes_its_message_along) {
    scene here(5);
    {
        waiting_request gone(here.table, correlation::by_id("1"));
        const auto added = here.table.add(gone, weir::reactor::current().now());
        CO_REQUIRE(added);
        const auto pushed = co_await here.lane.push(outgoing("gone"), &gone);
        CO_REQUIRE(pushed);
        CO_CHECK_EQUAL(here.lane.box().size(), 1U);
    }
    CO_CHECK(here.lane.box().empty());
    CO_CHECK_EQUAL(here.table.size(), 0U);
    CO_CHECK_EQUAL(here.table.late(), 0U);
    CO_CHECK_EQUAL(here.dropped, 0U);
}

CO_TEST(a_request_whose_message_is_dropped_is_told_why) {
    scene here(5);
    waiting_request lost(here.table, correlation::by_id("1"));
    const auto added = here.table.add(lost, weir::reactor::current().now());
    CO_REQUIRE(added);
    const auto pushed = co_await here.lane.push(outgoing("lost"), &lost);
    CO_REQUIRE(pushed);
    here.lane.drop_all(client_errc::message_dropped);
    const auto outcome = co_await lost.outcome();
    CO_CHECK(!outcome && outcome.error() == client_errc::message_dropped);
    CO_CHECK_EQUAL(here.dropped, 1U);
}

BOOST_AUTO_TEST_SUITE_END()
